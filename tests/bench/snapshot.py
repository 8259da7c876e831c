"""What a snapshot weighs and costs a worker that starts, for as many films as the demo has and for 100,000.

    python -m tests.bench.snapshot [--films 9453 100000]

The films are made up (`_many_films.py`), of the length of real ones, each with a description. The snapshot lies in an
S3 in this process (moto), so `cold_fetch_s` is what a worker does with it (unpack, check, write, open) and no network:
what that takes is `snapshot_mb` at its speed. Times are of a processor, at the median. The last line is one JSON
object, by number of films:

    snapshot_mb, descriptions_mb     as they lie in the bucket
    disk_mb, held_mb                 on a worker's disk; at the most, over ten reloads in a row
    build_s                          of the loader
    cold_fetch_s, cold_ask_s         until the first question can be asked; with a list of candidates and their films
    opened_ms, similar_ms            a film opened with its description; the films like it
    search_ms, typed_ms              of a title's word; of its first two letters, as somebody types
"""

import argparse
import json
import os
import random
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Any

import boto3
from moto import mock_aws

from chalicelib.catalog.adapters.snapshot.build import build_snapshot
from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.adapters.snapshot.descriptions import Built, beside
from chalicelib.catalog.model import Film, FilmQuery
from tests.bench._many_films import many_films

BUCKET = "films"
URL = f"s3://{BUCKET}/catalog"
MB = 10**6
ROUNDS, ASKED, RELOADS = 3, 40, 10
KEPT = 4  # objects: of the present snapshot and the one before


class _Clock:
    """Each look comes half a minute after the last one."""

    now = 0.0

    def __call__(self) -> float:
        self.now += 30
        return self.now


def figures(count: int, folder: Path) -> dict[str, float]:
    """All figures for so many films."""
    films = list(many_films(count))
    built = Built(folder / "built.sqlite", beside(folder / "built.sqlite"))
    build_s = _seconds(lambda: build_snapshot(films, built.snapshot))
    disk_mb = built.snapshot.stat().st_size / MB
    EmbeddedCatalog(URL).install_built(built, count, 0)
    sizes = {one["Key"].rpartition(".")[2]: one["Size"] / MB for one in _listed()}
    asked = random.Random(1).sample(films, ASKED)
    fetches = [_fetched(asked, folder / f"worker{number}") for number in range(ROUNDS)]
    with _worker(folder / "asked") as catalog:
        told = {
            "opened_ms": _each(asked, lambda one: catalog.get(one.film_id)),
            "similar_ms": _each(asked, lambda one: catalog.similar([one.film_id])),
            "search_ms": _each(asked, lambda one: catalog.search(FilmQuery(text=_word(one)))),
            "typed_ms": _each(asked, lambda one: catalog.search(FilmQuery(text=_word(one)[:2]))),
        }
        assert all(catalog.get(one.film_id) == one for one in asked)
    return {
        "snapshot_mb": round(sizes["gz"], 1),
        "descriptions_mb": round(sizes["descriptions"], 1),
        "disk_mb": round(disk_mb, 1),
        "held_mb": round(_held(built, count, folder / "reloads"), 1),
        "build_s": round(build_s, 1),
        "cold_fetch_s": round(median(fetch for fetch, _ in fetches), 2),
        "cold_ask_s": round(median(ask for _, ask in fetches), 2),
        **told,
    }


def _fetched(asked: Sequence[Film], folder: Path) -> tuple[float, float]:
    """CPU until the snapshot is at hand, and until the first films have been read from it."""
    with _worker(folder) as catalog:
        fetch = _seconds(lambda: catalog.get_many(()))
        return fetch, fetch + _seconds(lambda: [catalog.get_many([one.film_id for one in asked]), catalog.top(400)])


def _held(built: Built, count: int, folder: Path) -> float:
    """MB on a worker's disk at the most, while the catalogue is replaced by another one of its size again and again."""
    with _worker(folder) as catalog, _watched(folder) as seen:
        for number in range(1, RELOADS + 1):
            with closing(sqlite3.connect(built.snapshot)) as db:
                db.execute(f"PRAGMA application_id = {number}")  # another file
            EmbeddedCatalog(URL).install_built(built, count, 0)
            catalog.get_many(())
            for old in _listed()[:-KEPT]:
                boto3.client("s3").delete_object(Bucket=BUCKET, Key=old["Key"])
    return max(seen)


@contextmanager
def _watched(folder: Path) -> Iterator[list[float]]:
    """MB in the folder, looked at every 5 ms."""
    seen, over = [0.0], threading.Event()

    def look() -> None:
        while not over.wait(0.005):
            with suppress(FileNotFoundError):
                seen.append(sum(one.stat().st_size for one in folder.rglob("*") if one.is_file()) / MB)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


@contextmanager
def _worker(folder: Path) -> Iterator[EmbeddedCatalog]:
    """A catalogue with a temporary disk of its own."""
    folder.mkdir()
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield EmbeddedCatalog(URL, _Clock())
    finally:
        tempfile.tempdir = before


def _listed() -> list[Any]:
    """The snapshots' objects, the oldest first."""
    listed: list[Any] = boto3.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    return sorted((one for one in listed if "current" not in one["Key"]), key=lambda one: one["LastModified"])


def _word(film: Film) -> str:
    return film.titles.main.split()[0]


def _each(films: Sequence[Film], ask: Callable[[Film], object]) -> float:
    """Milliseconds at the median."""
    return round(median(_seconds(lambda one=film: ask(one)) for film in films) * 1000, 1)  # type: ignore[misc]


def _seconds(do: Callable[[], object]) -> float:
    began = time.process_time()
    do()
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=int, nargs="+", default=[9_453, 100_000])
    given = parser.parse_args()
    os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
    told: dict[str, dict[str, float]] = {}
    for count in given.films:
        with mock_aws(), tempfile.TemporaryDirectory() as folder:
            boto3.client("s3").create_bucket(Bucket=BUCKET)
            told[str(count)] = figures(count, Path(folder))
        print(f"{count:7} films: {told[str(count)]}", flush=True)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
