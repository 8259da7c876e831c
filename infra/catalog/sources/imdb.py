"""IMDb's TSV files → films, in one ordered pass over the staging database."""

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from chalicelib.catalog.film_row import Row, film_of
from chalicelib.catalog.model import Film
from chalicelib.catalog.titles.normalize import is_cyrillic
from infra.catalog.sources.imdb_staging import ACTORS_MAX, AKAS_MAX, Staging
from infra.catalog.sources.rows import Refusal


def read_imdb(folder: Path, min_votes: int = 0) -> Iterator[Film | Refusal]:
    """Every film of title.basics with what the other files say of it; `min_votes` leaves little-known ones out."""
    with (
        tempfile.TemporaryDirectory(prefix="kinosovet-imdb-") as temporary,
        closing(sqlite3.connect(Path(temporary) / "staging.sqlite")) as db,
    ):
        yield from Staging(folder, db).fill()
        yield from _films(db, min_votes)


def _films(db: sqlite3.Connection, min_votes: int) -> Iterator[Film]:
    akas = _Ordered(db, "SELECT id, kind, title FROM akas ORDER BY id, place")
    actors = _Ordered(db, "SELECT a.id, n.name FROM actors a JOIN names n ON n.id = a.person ORDER BY a.id, a.place")
    names = db.cursor()
    sql = ("SELECT f.id, f.title, f.original, f.year, f.genres, r.rating, r.votes, d.people FROM films f "
           "LEFT JOIN ratings r ON r.id = f.id LEFT JOIN directors d ON d.id = f.id ORDER BY f.id")  # fmt: skip
    for number, title, original, year, genres, rating, votes, people in db.execute(sql):
        known, cast = akas.of(number), actors.of(number)
        if (votes or 0) < min_votes:
            continue
        directors = [names.execute("SELECT name FROM names WHERE id = ?", (int(person),)).fetchone()
                     for person in (people or "").split(",") if person]  # fmt: skip
        row = Row(
            id=f"tt{number:07}",
            title=title,
            title_ru=_most_said([name for kind, name in known if kind == "ru" and is_cyrillic(name)]),
            title_en=title if any(kind == "en" and name == title for kind, name in known) else None,
            original_title=original,
            alternative_titles=_others(known, title, original),
            year=year,
            genres=tuple((genres or "").split(",")) if genres else (),
            directors=tuple(row[0] for row in directors if row),
            actors=tuple(name for (name,) in cast[:ACTORS_MAX]),
            imdb_rating=rating,
            imdb_votes=votes,
        )
        yield film_of(row)


class _Ordered:
    """Rows sorted by film, read along with the films: one row ahead in memory."""

    def __init__(self, db: sqlite3.Connection, sql: str) -> None:
        self._rows = iter(db.cursor().execute(sql))
        self._ahead: Any = next(self._rows, None)

    def of(self, number: int) -> list[Any]:
        """The rows of this film; to be asked in ascending order."""
        found = []
        while self._ahead is not None and self._ahead[0] <= number:
            if self._ahead[0] == number:
                found.append(self._ahead[1:])
            self._ahead = next(self._rows, None)
        return found


def _most_said(names: list[str]) -> str | None:
    """The name said most often, the first of equals."""
    return Counter(names).most_common(1)[0][0] if names else None


def _others(known: list[Any], title: str, original: str | None) -> tuple[str, ...]:
    """Other names, Russian and English first."""
    ordered = sorted(known, key=lambda row: row[0] == "")
    return tuple(dict.fromkeys(name for _, name in ordered if name not in (title, original)))[:AKAS_MAX]
