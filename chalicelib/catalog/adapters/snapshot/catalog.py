"""The embedded catalogue: an immutable SQLite snapshot, fetched from S3 and read in the worker's own process.

For the default local run and for sites that don't want to pay for a search cluster. A snapshot is replaced as a whole,
so no reader ever sees half of one.
"""

import gc
import itertools
import logging
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from chalicelib.catalog.adapters.snapshot.build import build_snapshot
from chalicelib.catalog.adapters.snapshot.search import add_rule, search_rows
from chalicelib.catalog.adapters.snapshot.storage import place_of
from chalicelib.catalog.adapters.snapshot.titles import ids_by_key, ids_near_key
from chalicelib.catalog.flat_fields import film_of_json
from chalicelib.catalog.model import CatalogUnavailableError, Film, FilmNotFoundError, FilmPage, FilmQuery
from chalicelib.catalog.similarity import most_alike, tags_of

log = logging.getLogger(__name__)

ALIKE_CANDIDATES = 400  # retrieved by shared tags before `most_alike` looks closely
TAGS_MAX = 60  # of several films together; more say nothing new


class _Reader(sqlite3.Connection):
    """Closed when its last user lets go: a request may still read the old snapshot while a newer one is opened."""

    def __del__(self) -> None:
        self.close()


class EmbeddedCatalog:
    """A `Catalog` (see `port.py`) over the snapshot at `s3://BUCKET/PREFIX` or `sqlite:///PATH`."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._place = place_of(url)
        self._clock = clock
        self._looked_at = float("-inf")
        self._version: str | None = None
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    def search(self, query: FilmQuery) -> FilmPage:
        hits = search_rows(self._db(), query)
        shown = hits[: query.limit]
        films = tuple(film_of_json(hit.doc) for hit in shown)
        return FilmPage(films, shown[-1].position if len(hits) > query.limit else None)

    def get(self, film_id: str) -> Film:
        film = self.get_many([film_id]).get(film_id)
        if film is None:
            raise FilmNotFoundError("There is no such film.")
        return film

    def get_many(self, film_ids: Sequence[str]) -> dict[str, Film]:
        sql = "SELECT film_id, doc FROM films WHERE film_id IN (SELECT value FROM json_each(?))"
        return {key: film_of_json(doc) for key, doc in self._db().execute(sql, (_json(film_ids),))}

    def find_by_source_ids(self, source_ids: Sequence[str]) -> dict[str, Film]:
        sql = ("SELECT s.source_id, f.doc FROM sources s JOIN films f ON f.id = s.film "
               "WHERE s.source_id IN (SELECT value FROM json_each(?))")  # fmt: skip
        return {key: film_of_json(doc) for key, doc in self._db().execute(sql, (_json(source_ids),))}

    def find_by_title(self, title: str, limit: int = 50) -> list[Film]:
        return self.find_by_titles([title], limit)[0]

    def find_by_titles(self, titles: Sequence[str], limit: int = 50, exact: bool = False) -> list[list[Film]]:
        db = self._db()
        return [self._titled(db, title, limit, exact) for title in titles]

    def similar(self, film_ids: Sequence[str], limit: int = 20) -> list[Film]:
        films = list(self.get_many(film_ids).values())
        if not films:
            return []
        tags = list(dict.fromkeys(tag for film in films for tag in tags_of(film) if not tag.startswith("y_")))
        if not tags:
            return []
        match = " OR ".join(f'tags : "{tag}"' for tag in tags[:TAGS_MAX])
        sql = ("SELECT f.doc FROM texts JOIN films f ON f.id = texts.rowid WHERE texts MATCH ? "
               "ORDER BY bm25(texts) * (0.4 + f.popularity), f.film_id LIMIT ?")  # fmt: skip
        rows = self._db().execute(sql, (match, ALIKE_CANDIDATES + len(films)))
        return most_alike(films, (film_of_json(row[0]) for row in rows), limit)

    def top(self, limit: int = 100) -> list[Film]:
        sql = "SELECT doc FROM films WHERE weight IS NOT NULL ORDER BY weight DESC, film_id LIMIT ?"
        return [film_of_json(row[0]) for row in self._db().execute(sql, (limit,))]

    def replace_all(self, films: Iterable[Film]) -> int:
        with tempfile.TemporaryDirectory(prefix="kinosovet-build-") as folder:
            built = Path(folder) / "catalog.sqlite"
            count = build_snapshot(films, built)
            self._place.publish(built, count)
        self._looked_at = float("-inf")
        return count

    def upsert(self, films: Iterable[Film]) -> int:
        new = {film.film_id: film for film in films}
        held = (film_of_json(row[0]) for row in self._db().execute("SELECT doc FROM films ORDER BY id"))
        self.replace_all(itertools.chain((film for film in held if film.film_id not in new), new.values()))
        return len(new)

    @staticmethod
    def _titled(db: sqlite3.Connection, title: str, limit: int, exact: bool) -> list[Film]:
        ids = ids_by_key(db, title)
        if not exact:
            ids = list(dict.fromkeys([*ids, *ids_near_key(db, title, limit)]))
        rows = dict(db.execute("SELECT id, doc FROM films WHERE id IN (SELECT value FROM json_each(?))",
                               (_json(ids[:limit]),)).fetchall()) if ids else {}  # fmt: skip
        return [film_of_json(rows[i]) for i in ids[:limit]]

    def _db(self) -> sqlite3.Connection:
        """The snapshot that counts now, looked for at most every `look_every_seconds`. An old one is better than none
        while the place does not answer."""
        with self._lock:
            if self._clock() - self._looked_at >= self._place.look_every_seconds:
                try:
                    self._look()
                except CatalogUnavailableError:
                    if self._connection is None:
                        raise
                    log.warning("the catalogue's place does not answer; an older snapshot serves on")
                    self._looked_at = self._clock()
            if self._connection is None:
                raise CatalogUnavailableError("The film catalogue has not been loaded yet.")
            return self._connection

    def _look(self) -> None:
        version = self._place.current()
        if version is not None and version != self._version:
            path = self._place.fetch(version, self._let_go)
            new = _opened(path)
            self._let_go()
            self._connection, self._version = new, version
        if self._connection is not None:
            self._looked_at = self._clock()

    def _let_go(self) -> None:
        """Closes the snapshot at hand, unless a request of another thread still reads it: then it is closed after that.

        A connection and its cache of statements refer to each other, so it would stay open, and its file keep its room,
        until the collector came by.
        """
        if self._connection is not None:
            self._connection = self._version = None
            gc.collect()


def _opened(path: Path) -> sqlite3.Connection:
    try:
        db = sqlite3.connect(
            f"file:{path}?mode=ro&immutable=1",
            uri=True,
            check_same_thread=False,
            cached_statements=256,
            factory=_Reader,
        )
        db.execute("PRAGMA mmap_size = 268435456")
    except sqlite3.OperationalError as error:  # another worker of an emulator has removed it already
        raise CatalogUnavailableError("The film catalogue is being loaded. Try again soon.") from error
    add_rule(db)
    return db


def _json(values: Sequence[object]) -> str:
    return msgspec.json.encode(values).decode()
