"""Whose names sound like what was typed, in a snapshot; asked several times in one search."""

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from chalicelib.catalog.adapters.snapshot.overlay import Reader
from chalicelib.catalog.typed.spoken import SURE_FILMS_MIN, alike, joined, keys_asked_for, names_meant, people_meant

CAST_FILMS = 150  # the best known films whose people are looked at


class _Cast(msgspec.Struct, frozen=True, gc=False):
    """Who is in a film's document."""

    directors: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()


_cast = msgspec.json.Decoder(_Cast)


class People:
    """The people of a snapshot, for one search."""

    def __init__(self, db: Reader) -> None:
        self._db = db
        self._alike: dict[str, dict[str, int]] = {}

    def meant(self, said: Sequence[str], *, sure: bool) -> list[str]:
        """Names, whole or one word of them, that sound like these folded words together."""
        return self._meant(said, sure=sure) or (self._meant(joined(said), sure=sure) if joined(said) != said else [])

    def _meant(self, said: Sequence[str], *, sure: bool) -> list[str]:
        names = [self._names(word) for word in said]
        if len(said) == 1:
            return self._known(names_meant(said[0], names[0], sure=True)) if sure else names_meant(said[0], names[0])
        if not all(names):
            return []
        match = " AND ".join(f"({of_people(some)})" for some in names)
        sql = ("SELECT f.doc FROM texts JOIN films f ON f.id = texts.rowid WHERE texts MATCH ? "
               "ORDER BY f.popularity DESC, f.film_id LIMIT ?")  # fmt: skip
        casts = [_cast.decode(self._db.form.document(row[0])) for row in self._db.execute(sql, (match, CAST_FILMS))]
        return people_meant((one for cast in casts for one in (*cast.directors, *cast.actors)), names, sure=sure)

    def _known(self, names: Sequence[str]) -> list[str]:
        """Those that are in several films."""
        sql = f"SELECT term FROM terms WHERE films >= ? AND term IN ({', '.join('?' * len(names))})"
        return sorted(row[0] for row in self._db.execute(sql, (SURE_FILMS_MIN, *names)))

    def _names(self, word: str) -> dict[str, int]:
        if word not in self._alike:
            keys = sorted(keys_asked_for(word))
            sql = f"SELECT DISTINCT word FROM heard WHERE key IN ({', '.join('?' * len(keys))})"
            try:
                self._alike[word] = alike(word, (row[0] for row in self._db.execute(sql, keys)))
            except sqlite3.OperationalError:  # a snapshot of 0.1 cannot tell
                self._alike[word] = {}
        return self._alike[word]


def of_people(names: Iterable[str]) -> str:
    """FTS5's expression for films with somebody so called."""
    return " OR ".join(f'people : "{name}"' for name in names)
