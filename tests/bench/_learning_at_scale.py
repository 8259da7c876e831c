"""The daily learning's own statements on DuckDB, over as many made-up likes as are wanted, and what AWS would take.

Films of a hundred tastes, popular ones far more often (Zipf), and users who drift from taste to taste.
"""

import gzip
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from chalicelib.catalog.film_ids import film_id_of
from chalicelib.feedback.standing import Proof
from chalicelib.recommendations.item_similarity.sql import MADE_OF, kept_sql
from infra.deploy.template.learning import FEEDBACK_ATTRIBUTES
from tests.bench._product import DuckEngine, learned_site
from tests.factories import NOW

FILMS, TASTES = 20_000, 100
LIKES_PER_USER = 50  # MovieLens' small set has 77
AT_ONCE = 1_000_000  # made at a time
MEMORY = "2500MB"  # of 4 GB: DuckDB goes beyond its limit, and the model's own memory comes on top
MICROSECONDS_APART = 6 * 3_600 * 1_000_000
PRICES_OF = "USD, us-east-1, January 2025; written down without looking them up anew"
PRICES = {
    "athena_per_tb_scanned": 5.0,  # https://aws.amazon.com/athena/pricing/
    "dynamodb_export_per_gb": 0.10,  # https://aws.amazon.com/dynamodb/pricing/on-demand/
    "dynamodb_million_write_units": 0.625,  # the same
}
GB = 1e9  # what the prices count in
ITEM_OVER_JSON = 1.1  # a stored item against its attributes' names and values: 100 bytes and the local index


def histories(likes: int, seed: int) -> "np.ndarray[Any, Any]":
    """Film numbers by user and time: a user stays with a taste for about ten likes."""
    random = np.random.default_rng(seed)
    users = 2 * likes // LIKES_PER_USER  # some draws repeat a film; the surplus is cut off
    shape = (users, LIKES_PER_USER)
    changes = random.random(shape) < 0.1
    changes[:, 0] = True
    taste = np.maximum.accumulate(np.where(changes, np.arange(LIKES_PER_USER), 0), axis=1)
    taste = random.integers(0, TASTES, shape)[np.arange(users)[:, None], taste]
    place = np.minimum(random.zipf(1.3, shape), FILMS // TASTES) - 1
    films: np.ndarray[Any, Any] = taste * (FILMS // TASTES) + place
    return films


def film_id(number: int) -> str:
    return film_id_of(f"generated{number}")


def make_likes(folder: Path, likes: int, seed: int) -> int:
    """Writes them as Parquet files. Returns how many."""
    import duckdb
    import pandas as pd

    ids = np.array([film_id(number) for number in range(FILMS)])
    made = 0
    with duckdb.connect() as db:
        for part, start in enumerate(range(0, likes, AT_ONCE)):
            some = histories(min(AT_ONCE, likes - start), seed + part)
            users, times = np.indices(some.shape)
            frame = pd.DataFrame({"u": users.ravel(), "f": some.ravel(), "t": times.ravel()})
            frame = frame.drop_duplicates(["u", "f"]).head(likes - start)
            frame["film_id"] = ids[frame["f"]]
            db.register("given", frame)
            user = f"CAST(CAST(md5(CONCAT({part}, '-', u)) AS uuid) AS varchar)"
            at = f"1700000000000000 + (u % 700) * 86400000000 + t * {MICROSECONDS_APART}"
            db.execute(
                f"COPY (SELECT {user} AS user_id, film_id, CAST(1 AS integer) AS liked, "  # noqa: S608 - ours
                f"CAST({at} AS bigint) AS rated_at FROM given) TO '{folder}/{part}.parquet' (FORMAT parquet)"
            )
            made += len(frame)
    return made


def learn_at_scale(folder: Path) -> dict[str, Any]:
    """From the files of likes to a model, by the statements that Athena runs. Memory is the process's peak."""
    import duckdb

    seconds: dict[str, float] = {}
    stored: dict[str, int] = {}
    began_cpu = time.process_time()
    with tempfile.TemporaryDirectory() as spill:
        db: Any = duckdb.connect(f"{spill}/db", config={"threads": 2, "memory_limit": MEMORY, "temp_directory": spill})
        db.execute("SET preserve_insertion_order = false")
        db.execute(f"CREATE VIEW interactions AS SELECT * FROM '{folder}/*.parquet'")  # noqa: S608 - ours
        kind = "STRUCT(" + ", ".join(f"{name} STRUCT(s VARCHAR)" for name in FEEDBACK_ATTRIBUTES) + ")"
        db.execute(f"CREATE TABLE exported (item {kind}, export varchar)")
        for name, statement in zip(MADE_OF, kept_sql("none", Proof(7, 3), NOW), strict=True):
            began = time.perf_counter()
            db.execute(statement.replace(f"INSERT INTO {name}", f"CREATE TABLE {name} AS", 1))
            seconds[name] = round(time.perf_counter() - began, 1)
            file = Path(spill) / f"{name}.parquet"
            db.execute(f"COPY {name} TO '{file}' (FORMAT parquet, COMPRESSION snappy)")
            stored[name] = file.stat().st_size
            file.unlink()
            print(f"  {name}: {seconds[name]} s, {stored[name]:,} bytes, peak {peak_mb():.0f} MB", file=sys.stderr)
        began = time.perf_counter()
        site = learned_site(DuckEngine(db), held_out=False, table=None)
        seconds["model"] = round(time.perf_counter() - began, 1)
        sizes = [len(near) + len(whole) for _, near, whole in site.films()]
        db.close()
    return {
        "seconds": round(sum(seconds.values()), 1),
        "cpu_seconds": round(time.process_time() - began_cpu, 1),
        "seconds_by_part": seconds,
        "memory_mb": round(peak_mb()),
        "stored_bytes": stored,
        "films": len(sizes),
        "packed_mb": round(sum(sizes) / 1e6, 1),
        "write_units": sum(max(1, -(-size // 1024)) for size in sizes),
    }


def export_bytes_per_like(sample: int = 20_000, seed: int = 7) -> tuple[float, float]:
    """Of an export's gzipped lines as DynamoDB writes them, and of the items themselves."""
    lines = "".join(json.dumps({"Item": item}, ensure_ascii=False) + "\n" for item in _items(sample, seed)).encode()
    plain = sum(len(name) + len(value["S"]) for item in _items(sample, seed) for name, value in item.items())
    return len(gzip.compress(lines)) / sample, ITEM_OVER_JSON * plain / sample


def _items(count: int, seed: int) -> Iterator[dict[str, dict[str, str]]]:
    random = np.random.default_rng(seed)
    for number, film in enumerate(histories(count, seed).ravel()[:count].tolist()):
        user = film_id_of(f"user{number // LIKES_PER_USER}")
        moment = f"2026-{random.integers(1, 12):02}-{random.integers(1, 28):02}T12:{number % 60:02}:00.{number:06}Z"
        yield {
            "user_id": {"S": user},
            "film_id": {"S": film_id(film)},
            "rating": {"S": "like"},
            "title_ru": {"S": f"Название фильма {film}"},
            "title_en": {"S": f"The title of film {film}"},
            "language": {"S": "ru"},
            "updated_at": {"S": moment},
            "rated_at": {"S": moment},
        }


def extrapolated(run: dict[str, Any], likes: int) -> dict[str, Any]:
    """What so many likes would take, from a run of fewer: seconds and whatever grows with likes in proportion, which is
    too much for pairs of films, whose number has an end."""
    times = likes / run["likes"]
    line, item = export_bytes_per_like()
    stored = run["stored_bytes"]
    growing = {"histories", "pairs"}
    sizes = {name: size * (times if name in growing else 1) for name, size in stored.items()}
    read = {name: sum(sizes.get(one, 0) for one in made_of) for name, made_of in MADE_OF.items()}
    read["histories"] = line * likes
    read["answers"] = sizes["histories"] + 2 * (2 * sizes["films"] + sizes["nearest"] + sizes["shared"] + sizes["days"])
    exported = item * likes
    money = {
        "export": exported / GB * PRICES["dynamodb_export_per_gb"],
        "athena": sum(read.values()) / 1e12 * PRICES["athena_per_tb_scanned"],
        "writes": run["write_units"] / 1e6 * PRICES["dynamodb_million_write_units"],
    }
    return {
        "likes": likes,
        "from_likes": run["likes"],
        "cpu_seconds": round(run["cpu_seconds"] * times),
        "scanned_bytes": {name: round(size) for name, size in read.items()},
        "exported_bytes": round(exported),
        "money_a_run": {name: round(value, 3) for name, value in money.items()}
        | {"all": round(sum(money.values()), 2)},
        "prices": PRICES,
        "prices_of": PRICES_OF,
    }


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
