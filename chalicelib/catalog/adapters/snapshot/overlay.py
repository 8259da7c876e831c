"""A snapshot with the films changed since it was built, as one SQLite database that is asked like any other.

The changes are a transaction that is never committed: they live in the connection's own memory, and the file stays as
it is, byte for byte, whatever the process dies of. So every query sees them, the full text index included, and no
query knows of them; a copy of the file, up to 110 MB of a worker's disk, is not needed.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from chalicelib.catalog.adapters.snapshot.build import insert, texts_of
from chalicelib.catalog.adapters.snapshot.formats import Format, format_of
from chalicelib.catalog.adapters.snapshot.pointer import Change
from chalicelib.catalog.flat_fields import film_of_json
from chalicelib.catalog.model import Film


class Reader(sqlite3.Connection):
    """A snapshot that is open. Closed with the catalogue that reads it, if nobody has closed it before."""

    form: Format

    def __del__(self) -> None:
        self.close()


def opened(path: Path, changes: Sequence[Change] = ()) -> Reader:
    """The snapshot at `path` with these changes. Raises `sqlite3.OperationalError` when it cannot be opened."""
    # Without locks: nobody writes to the file, and two workers of an emulator have it open with different changes.
    how = "mode=rw&nolock=1" if changes else "mode=ro&immutable=1"
    db = sqlite3.connect(
        f"file:{path}?{how}",
        uri=True,
        check_same_thread=False,
        cached_statements=256,
        isolation_level=None,
        factory=Reader,
    )
    db.form = format_of(db)
    db.execute("PRAGMA mmap_size = 268435456")
    if changes:
        db.execute("PRAGMA journal_mode = MEMORY")
        db.execute("PRAGMA cache_spill = OFF")  # nothing reaches the file before a commit, and none comes
        db.execute("BEGIN IMMEDIATE")
        _apply(db, changes)
    return db


def _apply(db: Reader, changes: Sequence[Change]) -> None:
    """A film that goes leaves its keys and texts behind: they lead to no row, and every query joins the films."""
    (number,) = db.execute("SELECT coalesce(max(id), 0) FROM films").fetchone()
    for change in changes:
        held = db.execute("SELECT id, doc FROM films WHERE film_id = ?", (db.form.key_of(change.film_id),)).fetchone()
        if held:
            db.execute("DELETE FROM films WHERE id = ?", (held[0],))
            old = db.form.film(held[1])
            db.execute("DELETE FROM sources WHERE source_id IN (?, ?) AND film = ?",
                       (old.source_id, old.imdb_id or "", held[0]))  # fmt: skip
        if (document := change.document) is not None:
            number += 1
            film = film_of_json(document)
            insert(db, db.form, number, film)
            if db.form.is_packed and film.description is not None:
                db.execute("INSERT INTO told VALUES (?, ?)", (number, film.description))
            _add_terms(db, film)


def _add_terms(db: sqlite3.Connection, film: Film) -> None:
    """What a mistyped word is compared with."""
    names, _, _, people, *_ = texts_of(film)
    terms = {*names.split(" "), *people.split(" ")} - {""}
    db.executemany("INSERT OR IGNORE INTO terms VALUES (?, 1)", [(term,) for term in terms])
    db.executemany("INSERT OR IGNORE INTO backward_terms VALUES (?)", [(term[::-1],) for term in terms])
