"""The embedded catalogue: an immutable SQLite snapshot, fetched from S3 and read in the worker's own process.

For the default local run and for sites that don't want to pay for a search cluster. A snapshot is replaced as a whole,
so no reader ever sees half of one. Single changes lie beside it until they are folded into the next one.
"""

import logging
import random
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path

import msgspec

from chalicelib.catalog.adapters.snapshot.build import build_snapshot
from chalicelib.catalog.adapters.snapshot.descriptions import (
    Block,
    Built,
    all_descriptions,
    beside,
    block_with,
    opened_block,
)
from chalicelib.catalog.adapters.snapshot.formats import read_words
from chalicelib.catalog.adapters.snapshot.overlay import Reader, opened
from chalicelib.catalog.adapters.snapshot.pointer import (
    FOLD_CHANGES,
    Held,
    Pointer,
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
from chalicelib.catalog.flat_fields import document_of
from chalicelib.catalog.model import (
    CatalogChangedError,
    CatalogFacts,
    CatalogUnavailableError,
    Film,
    FilmNotFoundError,
    FilmPage,
    FilmQuery,
    TooManyChangesError,
    without_description,
)
from chalicelib.catalog.similarity import most_alike, tags_compared, told_stems
from chalicelib.compare_and_swap import Attempts

log = logging.getLogger(__name__)

ALIKE_CANDIDATES = 400  # retrieved by shared tags before `most_alike` looks closely
TAGS_MAX = 60  # of several films together; more say nothing new
# A change is lost to another one written between its read and its write, 20 to 50 ms: at 5 a second one in five.
ATTEMPTS = 25
PAUSE_SECONDS = 0.2  # at most, between two attempts: writers who have met must not meet again
BLOCKS_KEPT = 32  # of descriptions: 1 MB, some 1,500 films
FILMS_KEPT = 2_000  # of those that pages name, unpacked: 4 MB, and a fifth of a look at the home page
NOBODY = (sys.maxsize, "")  # behind the last film
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
        self._connection: Reader | None = None
        self._films: dict[str, Film] = {}  # of the snapshot at hand, those asked for last at the end
        self._descriptions = lru_cache(maxsize=BLOCKS_KEPT)(self._read_block)
        self._lock = threading.RLock()

    def search(self, query: FilmQuery) -> FilmPage:
        with self._reading() as db:
            hits, is_every = search_rows(db, query)
        shown = hits[: query.limit]
        films = tuple(db.form.film(hit.doc) for hit in shown)
        return FilmPage(films, "all" if is_every else "close", shown[-1].position if len(hits) > query.limit else None)

    def get(self, film_id: str) -> Film:
        with self._reading() as db:
            version = self._version[0] if self._version else ""
            row = db.execute("SELECT id, doc FROM films WHERE film_id = ?", (db.form.key_of(film_id),)).fetchone()
            if row is None:
                raise FilmNotFoundError("There is no such film.")
            number, film = row[0], db.form.held_film(row[1])
            if not db.form.is_packed:
                return film
            told = db.execute("SELECT description FROM told WHERE film = ?", (number,)).fetchone()
            block = block_with(db, number)
        if told:
            return msgspec.structs.replace(film, description=told[0])
        return (
            msgspec.structs.replace(film, description=self._descriptions(version, block).get(number)) if block else film
        )

    def get_many(self, film_ids: Sequence[str]) -> dict[str, Film]:
        with self._reading() as db:
            found = {film_id: film for film_id in film_ids if (film := self._films.pop(film_id, None))}
            if missing := [film_id for film_id in film_ids if film_id not in found]:
                films = [db.form.film(doc) for doc, _ in _rows(db, missing)]
                found |= {film.film_id: film for film in films}
            self._films |= found
            for film_id in list(islice(self._films, max(0, len(self._films) - FILMS_KEPT))):
                del self._films[film_id]
        return found

    def find_by_source_ids(self, source_ids: Sequence[str]) -> dict[str, Film]:
        sql = ("SELECT s.source_id, f.doc FROM sources s JOIN films f ON f.id = s.film "
               "WHERE s.source_id IN (SELECT value FROM json_each(?))")  # fmt: skip
        with self._reading() as db:
            return {key: db.form.film(doc) for key, doc in db.execute(sql, (_json(source_ids),))}

    def find_by_title(self, title: str, limit: int = 50) -> list[Film]:
        return self.find_by_titles([title], limit)[0]

    def find_by_titles(self, titles: Sequence[str], limit: int = 50, exact: bool = False) -> list[list[Film]]:
        with self._reading() as db:
            return [self._titled(db, title, limit, exact) for title in titles]

    def similar(self, film_ids: Sequence[str], limit: int = 20) -> list[Film]:
        with self._reading() as db:
            asked = _held(db, film_ids)
            films = [film for film, _ in asked]
            match = " OR ".join(f'tags : "{tag}"' for tag in tags_compared(films)[:TAGS_MAX])
            if not match:
                return []
            sql = (f"SELECT f.doc, {db.form.words} FROM texts JOIN films f ON f.id = texts.rowid WHERE texts MATCH ? "
                   "ORDER BY bm25(texts) * (0.4 + f.popularity), f.film_id LIMIT ?")  # fmt: skip
            rows = db.execute(sql, (match, ALIKE_CANDIDATES + len(films))).fetchall()
        found = [(db.form.held_film(doc), words) for doc, words in rows]
        words = {film.film_id: held for film, held in (*asked, *found)}

        def stems_of(film: Film) -> frozenset[Hashable]:
            held = words[film.film_id]
            return told_stems(film) if held is None else read_words(held)

        alike = most_alike(films, (film for film, _ in found), limit, stems_of)
        return list(map(without_description, alike))

    def top(self, limit: int = 100) -> list[Film]:
        sql = "SELECT doc FROM films WHERE by_rating >= 0 ORDER BY by_rating DESC, film_id LIMIT ?"  # -1: nobody has
        with self._reading() as db:
            return [db.form.film(row[0]) for row in db.execute(sql, (limit,))]

    def facts(self) -> CatalogFacts:
        held = self._place.find_current()
        with self._reading() as db:
            (films,) = db.execute("SELECT count(*) FROM films").fetchone()
        changes = held.pointer.changes if held else ()
        return CatalogFacts(
            films=films,
            loaded_at=held.pointer.loaded_at if held else None,
            withdrawn=sum(change.document is None for change in changes),
        )

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
        path = self._place.fetch(held.pointer, self._let_go)
        with closing(_asked(path, held)) as db:
            base = held.pointer
            self._put_in_place(
                merged(self._whole(db, base), films),
                base.last_change,
                lambda now: now is not None and is_same_snapshot(now.pointer, base),
            )

    def _whole(self, db: Reader, pointer: Pointer) -> Iterator[Film]:
        """Every film of a snapshot with its description."""
        told: Iterator[tuple[int, str]] = iter(())
        if db.form.is_packed:
            told = all_descriptions(db, partial(self._place.read_descriptions, pointer.sha256))
        number, description = next(told, NOBODY)
        for row, doc in db.execute("SELECT id, doc FROM films ORDER BY id"):
            while number < row:  # of a film that has gone
                number, description = next(told, NOBODY)
            film = db.form.held_film(doc)
            yield msgspec.structs.replace(film, description=description) if number == row else film

    def _read_block(self, version: str, block: Block) -> dict[int, str]:
        return opened_block(block, self._place.read_descriptions(version, block.start, block.size))

    def _put_in_place(self, films: Iterable[Film], includes: int, is_right: Callable[[Held | None], bool]) -> int:
        """Builds a snapshot and makes it the one that counts (`install_built`). Returns how many films it holds."""
        with tempfile.TemporaryDirectory(prefix="kinosovet-build-") as folder:
            built = Path(folder) / "catalog.sqlite"
            count = build_snapshot(films, built)
            self.install_built(Built(built, beside(built)), count, includes, is_right)
        return count

    def install_built(
        self, built: Built, films: int, includes: int, is_right: Callable[[Held | None], bool] = lambda _: True
    ) -> None:
        """Makes a finished snapshot the one that counts; changes after the number that it `includes` stay beside it.

        Raises:
            CatalogChangedError: what counts by now `is_right` no more, or others kept writing; nothing is changed.
        """
        version = self._place.put_built(built)
        attempts = Attempts(ATTEMPTS, CatalogChangedError)
        while True:
            now = self._place.find_current()
            if not is_right(now):
                raise CatalogChangedError("The film catalogue has been replaced meanwhile. Try again.")
            with attempts:
                new = moved(now.pointer if now else None, version, films, includes, datetime.now(UTC))
                self._place.put_current(new, now and now.tag)
                break
            self._pause()
        self._place.forget_old(version, *([now.pointer.sha256] if now else []))
        self._looked_at = float("-inf")

    @staticmethod
    def _titled(db: Reader, title: str, limit: int, exact: bool) -> list[Film]:
        ids = ids_by_key(db, title)
        if not exact:
            ids = list(dict.fromkeys([*ids, *ids_near_key(db, title, limit)]))
        rows = dict(db.execute("SELECT id, doc FROM films WHERE id IN (SELECT value FROM json_each(?))",
                               (_json(ids),)).fetchall()) if ids else {}  # fmt: skip
        return [db.form.film(rows[i]) for i in ids if i in rows][:limit]  # a changed film's old keys lead nowhere

    @contextmanager
    def _reading(self) -> Iterator[Reader]:
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
                new = _asked(self._place.fetch(pointer, self._let_go), held)
                self._let_go()
                self._connection, self._version = new, version
        if self._connection is not None:
            self._looked_at = began

    def _let_go(self) -> None:
        """Closes the snapshot at hand once no other thread reads it, so that its file gives its room back."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = self._version = None
                self._films.clear()


def _asked(path: Path, held: Held) -> Reader:
    """The snapshot with its changes, ready to be asked."""
    try:
        db = opened(path, held.pointer.changes)
    except sqlite3.OperationalError as error:  # another worker of an emulator has removed it already
        raise CatalogUnavailableError("The film catalogue is being loaded. Try again soon.") from error
    add_rule(db)
    db.create_function("film_key", 1, db.form.key_of, deterministic=True)
    return db


def _held(db: Reader, film_ids: Sequence[str]) -> list[tuple[Film, bytes | None]]:
    """The films held among these ids, each with what is kept of its description's words (`formats.words_of`)."""
    return [(db.form.held_film(doc), words) for doc, words in _rows(db, film_ids)]


def _rows(db: Reader, film_ids: Sequence[str]) -> sqlite3.Cursor:
    sql = f"SELECT f.doc, {db.form.words} FROM films f WHERE f.film_id IN (SELECT film_key(value) FROM json_each(?))"
    return db.execute(sql, (_json(film_ids),))


def _json(values: Sequence[object]) -> str:
    return msgspec.json.encode(values).decode()
