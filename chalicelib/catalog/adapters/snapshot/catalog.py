"""The embedded catalogue: an immutable SQLite snapshot, fetched from S3 and read in the worker's own process.

For the default local run and for sites that don't want to pay for a search cluster. A snapshot is replaced as a whole,
so no reader ever sees half of one. Single changes lie beside it until they are folded into the next one.
"""

import gc
import logging
import random
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from chalicelib.catalog.adapters.snapshot.build import build_snapshot
from chalicelib.catalog.adapters.snapshot.overlay import opened
from chalicelib.catalog.adapters.snapshot.pointer import (
    FOLD_CHANGES,
    Held,
    changed,
    is_full,
    is_same_snapshot,
    is_to_be_folded,
    merged,
    moved,
)
from chalicelib.catalog.adapters.snapshot.search import add_rule, search_rows
from chalicelib.catalog.adapters.snapshot.storage import place_of
from chalicelib.catalog.adapters.snapshot.titles import ids_by_key, ids_near_key
from chalicelib.catalog.flat_fields import document_of, film_of_json
from chalicelib.catalog.model import (
    CatalogChangedError,
    CatalogUnavailableError,
    Film,
    FilmNotFoundError,
    FilmPage,
    FilmQuery,
    TooManyChangesError,
)
from chalicelib.catalog.similarity import most_alike, tags_compared
from chalicelib.compare_and_swap import Attempts

log = logging.getLogger(__name__)

ALIKE_CANDIDATES = 400  # retrieved by shared tags before `most_alike` looks closely
TAGS_MAX = 60  # of several films together; more say nothing new
# A change is lost to another one written between its read and its write, 20 to 50 ms: at 5 a second one in five.
ATTEMPTS = 25
PAUSE_SECONDS = 0.2  # at most, between two attempts: writers who have met must not meet again
FOLD_SECONDS = 60  # until somebody looks whether changes are to be folded in


class EmbeddedCatalog:
    """A `Catalog` (see `port.py`) over the snapshot at `s3://BUCKET/PREFIX` or `sqlite:///PATH`."""

    def __init__(
        self,
        url: str,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[], None] = lambda: time.sleep(random.uniform(0, PAUSE_SECONDS)),  # noqa: S311 - no secret
    ) -> None:
        self._place = place_of(url)
        self._clock, self._pause = clock, pause
        self._looked_at = float("-inf")
        self._version: tuple[str, int, int] | None = None
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.RLock()

    def search(self, query: FilmQuery) -> FilmPage:
        with self._reading() as db:
            hits, is_every = search_rows(db, query)
        shown = hits[: query.limit]
        films = tuple(film_of_json(hit.doc) for hit in shown)
        return FilmPage(films, "all" if is_every else "close", shown[-1].position if len(hits) > query.limit else None)

    def get(self, film_id: str) -> Film:
        film = self.get_many([film_id]).get(film_id)
        if film is None:
            raise FilmNotFoundError("There is no such film.")
        return film

    def get_many(self, film_ids: Sequence[str]) -> dict[str, Film]:
        sql = "SELECT film_id, doc FROM films WHERE film_id IN (SELECT value FROM json_each(?))"
        with self._reading() as db:
            return {key: film_of_json(doc) for key, doc in db.execute(sql, (_json(film_ids),))}

    def find_by_source_ids(self, source_ids: Sequence[str]) -> dict[str, Film]:
        sql = ("SELECT s.source_id, f.doc FROM sources s JOIN films f ON f.id = s.film "
               "WHERE s.source_id IN (SELECT value FROM json_each(?))")  # fmt: skip
        with self._reading() as db:
            return {key: film_of_json(doc) for key, doc in db.execute(sql, (_json(source_ids),))}

    def find_by_title(self, title: str, limit: int = 50) -> list[Film]:
        return self.find_by_titles([title], limit)[0]

    def find_by_titles(self, titles: Sequence[str], limit: int = 50, exact: bool = False) -> list[list[Film]]:
        with self._reading() as db:
            return [self._titled(db, title, limit, exact) for title in titles]

    def similar(self, film_ids: Sequence[str], limit: int = 20) -> list[Film]:
        films = list(self.get_many(film_ids).values())
        if not films:
            return []
        tags = tags_compared(films)
        if not tags:
            return []
        match = " OR ".join(f'tags : "{tag}"' for tag in tags[:TAGS_MAX])
        sql = ("SELECT f.doc FROM texts JOIN films f ON f.id = texts.rowid WHERE texts MATCH ? "
               "ORDER BY bm25(texts) * (0.4 + f.popularity), f.film_id LIMIT ?")  # fmt: skip
        with self._reading() as db:
            rows = db.execute(sql, (match, ALIKE_CANDIDATES + len(films))).fetchall()
        return most_alike(films, (film_of_json(row[0]) for row in rows), limit)

    def top(self, limit: int = 100) -> list[Film]:
        sql = "SELECT doc FROM films WHERE weight IS NOT NULL ORDER BY weight DESC, film_id LIMIT ?"
        with self._reading() as db:
            return [film_of_json(row[0]) for row in db.execute(sql, (limit,))]

    def replace_all(self, films: Iterable[Film]) -> int:
        return self._put_in_place(films, self.last_change(), lambda _: True)

    def last_change(self) -> int:
        """The number of the newest single change: what changes later is newer than a source that is read from now."""
        held = self._place.find_current()
        return held.pointer.last_change if held else 0

    def upsert(self, films: Iterable[Film]) -> int:
        return self._change({film.film_id: film for film in films})

    def withdraw(self, film_ids: Iterable[str]) -> int:
        return self._change(dict.fromkeys(film_ids))

    def fold_changes(self) -> int:
        held = self._place.find_current()
        if held is None or not is_to_be_folded(held.pointer):
            return 0
        try:
            self._fold(held, {})
        except CatalogChangedError:  # somebody else has put another snapshot in place: it may hold them already
            log.info("changes are not folded in: another snapshot came meanwhile")
            return 0
        return len(held.pointer.changes)

    def _change(self, films: Mapping[str, Film | None]) -> int:
        """Notes changes beside the snapshot; so many that they are worth one become a new snapshot."""
        attempts = Attempts(ATTEMPTS, CatalogChangedError)
        while films:
            with attempts:
                held = self._place.find_current()
                if held is None:
                    self._put_in_place((), 0, lambda now: now is None)
                elif len(films) >= FOLD_CHANGES:
                    self._fold(held, films)
                    break
                else:
                    self._note(held, films)
                    break
            self._pause()
        self._looked_at = float("-inf")  # this worker sees it at once, the others within half a minute
        return len(films)

    def _note(self, held: Held, films: Mapping[str, Film | None]) -> None:
        documents = {
            film_id: None if film is None else msgspec.json.encode(document_of(film)) for film_id, film in films.items()
        }
        pointer = changed(held.pointer, documents)
        if is_full(pointer):
            said = "Too many changes at once: they are being worked into the catalogue. Try again in a minute."
            raise TooManyChangesError(said, FOLD_SECONDS)
        self._place.put_current(pointer, held.tag)

    def _fold(self, held: Held, films: Mapping[str, Film | None]) -> None:
        """Builds the next snapshot from one, its changes and more of them.

        Raises:
            CatalogChangedError: another snapshot has come meanwhile; nothing is changed.
        """
        path = self._place.fetch(held.pointer.sha256, self._let_go)
        with closing(_asked(path, held)) as db:
            rows = db.execute("SELECT doc FROM films ORDER BY id")
            base = held.pointer
            self._put_in_place(
                merged((film_of_json(row[0]) for row in rows), films),
                base.last_change,
                lambda now: now is not None and is_same_snapshot(now.pointer, base),
            )

    def _put_in_place(self, films: Iterable[Film], includes: int, is_right: Callable[[Held | None], bool]) -> int:
        """Builds a snapshot and makes it the one that counts (`publish`). Returns how many films it holds."""
        with tempfile.TemporaryDirectory(prefix="kinosovet-build-") as folder:
            built = Path(folder) / "catalog.sqlite"
            count = build_snapshot(films, built)
            self.publish(built, count, includes, is_right)
        return count

    def publish(
        self, built: Path, films: int, includes: int, is_right: Callable[[Held | None], bool] = lambda _: True
    ) -> None:
        """Makes a finished snapshot the one that counts; changes after the number that it `includes` stay beside it.

        Raises:
            CatalogChangedError: what counts by now `is_right` no more, or others kept writing; nothing is changed.
        """
        version = self._place.store(built)
        attempts = Attempts(ATTEMPTS, CatalogChangedError)
        while True:
            now = self._place.find_current()
            if not is_right(now):
                raise CatalogChangedError("The film catalogue has been replaced meanwhile. Try again.")
            with attempts:
                self._place.put_current(moved(now.pointer if now else None, version, films, includes), now and now.tag)
                break
            self._pause()
        self._place.forget_old(version, *([now.pointer.sha256] if now else []))
        self._looked_at = float("-inf")

    @staticmethod
    def _titled(db: sqlite3.Connection, title: str, limit: int, exact: bool) -> list[Film]:
        ids = ids_by_key(db, title)
        if not exact:
            ids = list(dict.fromkeys([*ids, *ids_near_key(db, title, limit)]))
        rows = dict(db.execute("SELECT id, doc FROM films WHERE id IN (SELECT value FROM json_each(?))",
                               (_json(ids),)).fetchall()) if ids else {}  # fmt: skip
        return [film_of_json(rows[i]) for i in ids if i in rows][:limit]  # a changed film's old keys lead nowhere

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """The snapshot that counts now, looked for at most every `look_every_seconds`. An old one is better than none
        while the place does not answer.

        For one thread at a time: the rule is Python code that SQLite calls while it holds the connection, and a second
        thread that asks for the connection would hold what that code has to wait for.
        """
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
            yield self._connection

    def _look(self) -> None:
        began = self._clock()  # what is written while this look goes on may escape it
        held = self._place.find_current()
        if held is not None:
            pointer = held.pointer
            version = (pointer.sha256, pointer.generation, pointer.last_change)
            if version != self._version:
                new = _asked(self._place.fetch(pointer.sha256, self._let_go), held)
                self._let_go()
                self._connection, self._version = new, version
        if self._connection is not None:
            self._looked_at = began

    def _let_go(self) -> None:
        """Closes the snapshot at hand, unless a request of another thread still reads it: then it is closed after that.

        A connection and its cache of statements refer to each other, so it would stay open, and its file keep its room,
        until the collector came by.
        """
        if self._connection is not None:
            self._connection = self._version = None
            gc.collect()


def _asked(path: Path, held: Held) -> sqlite3.Connection:
    """The snapshot with its changes, ready to be asked."""
    try:
        db = opened(path, held.pointer.changes)
    except sqlite3.OperationalError as error:  # another worker of an emulator has removed it already
        raise CatalogUnavailableError("The film catalogue is being loaded. Try again soon.") from error
    add_rule(db)
    return db


def _json(values: Sequence[object]) -> str:
    return msgspec.json.encode(values).decode()
