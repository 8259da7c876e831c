"""What learning costs in time, memory and money as likes grow, and what ranking one heavy user costs.

    python -m tests.bench.learning [--likes 100000,1000000,10000000] [--to 100000000] [--seed N]

Each size is learned in a process of its own, by the statements that Athena runs, on DuckDB with two threads within
4 GB; the largest is extrapolated. The last line is JSON: {"runs": [{"likes", "pairs_at_most", "seconds", "cpu_seconds",
"seconds_by_part", "memory_mb", "stored_bytes", "films", "packed_mb", "write_units"}], "extrapolated": {"likes",
"cpu_seconds", "scanned_bytes", "exported_bytes", "money_a_run", "prices"}, "seconds_growth", "cpu_seconds_growth",
"likes_growth", "ranking": {"likes", "cpu_ms_p50", "cpu_ms_p95", "dynamodb_round_trips"}}.
"""

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.model import Film
from chalicelib.recommendations.ranking.candidates import collect
from chalicelib.recommendations.ranking.scoring import rank
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.settings import Settings
from tests.bench._learning_at_scale import FILMS, extrapolated, film_id, histories, learn_at_scale, make_likes
from tests.bench._product import DuckEngine, learned_site
from tests.factories import NOW, feedback_with, film_with

HISTORY = 500
WINDOW = 50  # as in the SQL text
ROUNDS = 60
RANKED_FROM_MAX = 1_000_000  # likes that the ranking's model is learned from, within memory: it grows with films alone
GENRES = ("Action", "Comedy", "Crime", "Drama", "Fantasy", "Horror", "Romance", "Sci-Fi", "Thriller", "War")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--likes", default="100000,1000000,10000000")
    parser.add_argument("--to", type=int, default=100_000_000, help="how many likes the largest run is extrapolated to")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    runs = []
    for likes in map(int, given.likes.split(",")):
        print(f"{likes:,} likes", file=sys.stderr)
        runs.append(_run(likes, given.seed))
        print(runs[-1], file=sys.stderr)
    ranking = _in_own_process(_rank, min(int(given.likes.split(",")[0]), RANKED_FROM_MAX), given.seed)
    first, last = runs[0], runs[-1]
    report = {
        "runs": runs,
        "extrapolated": extrapolated(last, given.to),
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


def _run(likes: int, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        made = _in_own_process(make_likes, Path(folder), likes, seed)
        learned = _in_own_process(learn_at_scale, Path(folder))
    return {"likes": made, "pairs_at_most": made * WINDOW, **learned}


def _rank(likes: int, seed: int) -> dict[str, float]:
    """The CPU time from feedback to the list that `rebuild` ranks, the embedded catalogue's work and unpacking
    included. Round trips: one batch of `len(sources) + 1` keys, one more in a process's first call (as the store's
    own test counts)."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        make_likes(Path(folder), likes, seed)
        engine: Any = duckdb.connect(config={"threads": 2, "memory_limit": "2GB", "temp_directory": folder})
        engine.execute(f"CREATE TABLE interactions AS SELECT * FROM '{folder}/*.parquet'")  # noqa: S608 - ours
        site = learned_site(DuckEngine(engine), held_out=False)
        engine.close()
    random = np.random.default_rng(seed)
    spent = []
    with tempfile.TemporaryDirectory() as folder:
        catalog = EmbeddedCatalog(f"sqlite:///{Path(folder)}/catalog.sqlite")
        catalog.replace_all(_film(number, random) for number in range(FILMS))
        for number in range(ROUNDS + 3):
            history = np.unique(histories(20 * HISTORY, seed + number).ravel())
            feedback = [
                feedback_with(
                    film_id=film_id(film), title="x", rating="like", updated_at=NOW - timedelta(minutes=place)
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
        film_id=film_id(number),
        title=f"Film {number}",
        year=int(random.integers(1950, 2025)),
        genres=genres,
        directors=(f"Director {number // 10}",),
        imdb_rating=float(random.integers(40, 90)) / 10,
        imdb_votes=int(random.integers(100, 1_000_000)),
    )


if __name__ == "__main__":
    main()
