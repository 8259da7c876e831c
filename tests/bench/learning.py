"""What learning costs in time and memory as likes grow, and what ranking one heavy user costs.

    python -m tests.bench.learning [--likes 100000,1000000] [--seed N]

Likes are generated: films of a hundred tastes, popular ones far more often, users who drift from taste to taste. Each
size is learned in a process of its own, by the product's SQL text on DuckDB with two threads. The last line is JSON:
{"runs": [{"likes", "pairs_at_most", "seconds", "memory_mb", "films", "packed_mb"}], "seconds_growth", "likes_growth",
"ranking": {"likes", "cpu_ms_p50", "cpu_ms_p95", "dynamodb_round_trips"}}.
"""

import argparse
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.model import Film
from chalicelib.recommendations.ranking.candidates import collect
from chalicelib.recommendations.ranking.scoring import rank
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.settings import Settings
from tests.bench._product import DuckEngine, learned_site
from tests.factories import NOW, feedback_with, film_with

FILMS, TASTES = 20_000, 100
LIKES_PER_USER = 50  # MovieLens' small set has 77
HISTORY = 500
WINDOW = 50  # as in the SQL text
ROUNDS = 60
GENRES = ("Action", "Comedy", "Crime", "Drama", "Fantasy", "Horror", "Romance", "Sci-Fi", "Thriller", "War")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--likes", default="100000,1000000")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    runs = []
    for likes in map(int, given.likes.split(",")):
        runs.append(_in_own_process(_learn, likes, given.seed))
        print(runs[-1], file=sys.stderr)
    ranking = _in_own_process(_rank, int(given.likes.split(",")[0]), given.seed)
    first, last = runs[0], runs[-1]
    report = {
        "runs": runs,
        "seconds_growth": round(last["seconds"] / first["seconds"], 2),
        "cpu_seconds_growth": round(last["cpu_seconds"] / first["cpu_seconds"], 2),
        "likes_growth": round(last["likes"] / first["likes"], 2),
        "ranking": ranking,
    }
    print(json.dumps(report))


def _in_own_process(work: Any, *given: Any) -> Any:
    """Memory is measured as the process's peak, so each work gets a fresh one."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, given)


def _histories(likes: int, seed: int) -> "np.ndarray[Any, Any]":
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


def _likes_table(engine: Any, likes: int, seed: int) -> int:
    import pandas as pd

    histories = _histories(likes, seed)
    users, times = np.indices(histories.shape)
    frame = pd.DataFrame({"u": users.ravel(), "f": histories.ravel(), "t": times.ravel()})
    frame = frame.drop_duplicates(["u", "f"]).head(likes)
    frame["film_id"] = np.array([_film_id(number) for number in range(FILMS)])[frame["f"]]
    frame["user_id"] = frame["u"].astype(str)
    engine.register("given", frame)
    engine.execute("CREATE TABLE interactions AS SELECT user_id, film_id, 1 AS liked, t AS rated_at FROM given")
    return len(frame)


def _learn(likes: int, seed: int) -> dict[str, float]:
    import duckdb

    with tempfile.TemporaryDirectory() as spill:
        engine: Any = duckdb.connect(config={"threads": 2, "memory_limit": "2GB", "temp_directory": spill})
        real = _likes_table(engine, likes, seed)
        before = _peak_mb()
        began, began_cpu = time.perf_counter(), time.process_time()
        site = learned_site(DuckEngine(engine), held_out=False)
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - began_cpu
    return {
        "likes": real,
        "pairs_at_most": real * WINDOW,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(cpu_seconds, 1),
        "memory_mb": round(_peak_mb()),
        "of_it_before_mb": round(before),
        "films": len(site.ids),
        "packed_mb": round(sum(len(near) + len(whole) for _, near, whole in site.films()) / 1e6, 1),
    }


def _rank(likes: int, seed: int) -> dict[str, float]:
    """The CPU time from feedback to the list that `rebuild` ranks, the embedded catalogue's work and unpacking
    included. Round trips: one batch of `len(sources) + 1` keys, one more in a process's first call (as the store's
    own test counts)."""
    import duckdb

    engine: Any = duckdb.connect(config={"threads": 2, "memory_limit": "2GB"})
    _likes_table(engine, likes, seed)
    site = learned_site(DuckEngine(engine), held_out=False)
    engine.close()
    random = np.random.default_rng(seed)
    spent = []
    with tempfile.TemporaryDirectory() as folder:
        catalog = EmbeddedCatalog(f"sqlite:///{Path(folder)}/catalog.sqlite")
        catalog.replace_all(_film(number, random) for number in range(FILMS))
        for number in range(ROUNDS + 3):
            history = np.unique(_histories(20 * HISTORY, seed + number).ravel())
            feedback = [
                feedback_with(
                    film_id=_film_id(film), title="x", rating="like", updated_at=NOW - timedelta(minutes=place)
                )
                for place, film in enumerate(random.choice(history, HISTORY, replace=False).tolist())
            ]
            began = time.process_time()
            taste = taste_of(feedback, NOW)
            rank(taste, collect(taste, catalog, site.similarities), Settings().ranked_max)
            spent.append((time.process_time() - began) * 1_000)
    warm = spent[3:]
    return {
        "likes": HISTORY,
        "cpu_ms_p50": round(float(np.percentile(warm, 50)), 1),
        "cpu_ms_p95": round(float(np.percentile(warm, 95)), 1),
        "dynamodb_round_trips": 2,
        "dynamodb_round_trips_warm": 1,
        "load_average": round(os.getloadavg()[0], 1),
    }


def _film(number: int, random: "np.random.Generator") -> Film:
    genres = tuple(random.choice(GENRES, 2, replace=False).tolist())
    return film_with(
        film_id=_film_id(number),
        title=f"Film {number}",
        year=int(random.integers(1950, 2025)),
        genres=genres,
        directors=(f"Director {number // 10}",),
        imdb_rating=float(random.integers(40, 90)) / 10,
        imdb_votes=int(random.integers(100, 1_000_000)),
    )


def _film_id(number: int) -> str:
    return film_id_of(f"generated{number}")


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
