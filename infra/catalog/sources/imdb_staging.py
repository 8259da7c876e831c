"""IMDb's own TSV files → a staging database on disk, row by row: memory stays flat however many rows there are.

https://developer.imdb.com/non-commercial-datasets/ describes the files. Only films are staged, and of akas, crew,
principals and names only rows that belong to one: two bitmaps say which (40 million ids are 5 MB).
"""

import gzip
import io
import itertools
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

from tqdm import tqdm

from infra.catalog.sources.rows import Refusal

NONE = r"\N"
FILM_TYPES = frozenset(["movie", "tvMovie", "video", "tvSpecial", "short"])
ACTORS_MAX, DIRECTORS_MAX, AKAS_MAX = 5, 3, 10
TITLE_LETTERS_MAX = 500
INSERT_ROWS = 10_000
RUSSIAN, ENGLISH = frozenset(["RU", "SUHH"]), frozenset(["US", "GB", "XWW"])

SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16000;
CREATE TABLE films (id INTEGER PRIMARY KEY, title TEXT, original TEXT, year INTEGER, genres TEXT);
CREATE TABLE ratings (id INTEGER PRIMARY KEY, rating REAL, votes INTEGER);
CREATE TABLE akas (id INTEGER, place INTEGER, kind TEXT, title TEXT, PRIMARY KEY (id, place)) WITHOUT ROWID;
CREATE TABLE directors (id INTEGER PRIMARY KEY, people TEXT);
CREATE TABLE actors (id INTEGER, place INTEGER, person INTEGER, PRIMARY KEY (id, place)) WITHOUT ROWID;
CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT);
"""


class Bitmap:
    """A set of numbers from 0 on, a bit each."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, number: int) -> None:
        byte = number >> 3
        if byte >= len(self._bits):
            self._bits.extend(bytes(byte + 1 - len(self._bits) + 65_536))
        self._bits[byte] |= 1 << (number & 7)

    def __contains__(self, number: int) -> bool:
        byte = number >> 3
        return byte < len(self._bits) and bool(self._bits[byte] >> (number & 7) & 1)


class BadRowError(ValueError):
    """A row that IMDb would not have written."""


type Parse = Callable[[list[str]], Sequence[object] | None]


class Staging:
    """Fills the staging database; `refusals` are the bad rows of all files in order."""

    def __init__(self, folder: Path, db: sqlite3.Connection) -> None:
        self.folder, self.db = folder, db
        self.films, self.people = Bitmap(), Bitmap()
        db.executescript(SCHEMA)

    def fill(self) -> Iterator[Refusal]:
        """Stages every file; yields the rows refused."""
        yield from self._stage("title.basics", 9, "films VALUES (?, ?, ?, ?, ?)", self._basics)
        yield from self._stage("title.ratings", 3, "ratings VALUES (?, ?, ?)", self._ratings)
        yield from self._stage("title.akas", 8, "akas VALUES (?, ?, ?, ?)", self._akas)
        yield from self._stage("title.crew", 3, "directors VALUES (?, ?)", self._crew)
        yield from self._stage("title.principals", 6, "actors VALUES (?, ?, ?)", self._principals)
        yield from self._stage("name.basics", 6, "names VALUES (?, ?)", self._names)

    def _stage(self, name: str, columns: int, target: str, parse: Parse) -> Iterator[Refusal]:
        path = find_file(self.folder, name)
        if path is None:
            if name == "title.basics":
                raise FileNotFoundError(f"{self.folder} holds no title.basics.tsv(.gz)")
            return
        refused: list[Refusal] = []

        def rows() -> Iterator[Sequence[object]]:
            for line, text in enumerate(lines_of(path), 1):
                if line == 1:
                    continue  # the header
                fields = text.rstrip("\n").split("\t")
                try:
                    if len(fields) != columns:
                        raise BadRowError(f"{len(fields)} columns instead of {columns}")
                    if (row := parse(fields)) is not None:
                        yield row
                except ValueError as error:
                    refused.append(Refusal(line, str(error), path.name))

        for batch in itertools.batched(rows(), INSERT_ROWS, strict=False):
            self.db.executemany(f"INSERT OR IGNORE INTO {target}", batch)
            yield from refused
            refused.clear()
        yield from refused
        self.db.commit()

    def _basics(self, fields: list[str]) -> Sequence[object] | None:
        tconst, kind, title, original, adult, year, _, _, genres = fields
        number = id_of(tconst, "tt")
        if kind not in FILM_TYPES or adult == "1":
            return None
        if title in ("", NONE) or len(title) > TITLE_LETTERS_MAX:
            raise BadRowError("no title, or one beyond 500 letters")
        self.films.add(number)
        return number, title, None if original in (title, NONE) else original, year_of(year), \
            None if genres == NONE else genres  # fmt: skip

    def _ratings(self, fields: list[str]) -> Sequence[object] | None:
        number, rating, votes = id_of(fields[0], "tt"), float(fields[1]), int(fields[2])
        if not 0 <= rating <= 10 or votes < 0:
            raise BadRowError("a rating beyond 10, or votes below 0")
        return (number, rating, votes) if number in self.films else None

    def _akas(self, fields: list[str]) -> Sequence[object] | None:
        number, place, title, region, language = id_of(fields[0], "tt"), int(fields[1]), *fields[2:5]
        if number not in self.films or title in ("", NONE) or len(title) > TITLE_LETTERS_MAX or "working" in fields[5]:
            return None
        if region in RUSSIAN or language == "ru":
            return number, place, "ru", title
        if region in ENGLISH or language == "en":
            return number, place, "en", title
        return number, place, "", title

    def _crew(self, fields: list[str]) -> Sequence[object] | None:
        number = id_of(fields[0], "tt")
        if number not in self.films or fields[1] == NONE:
            return None
        people = [id_of(person, "nm") for person in fields[1].split(",")[:DIRECTORS_MAX]]
        for person in people:
            self.people.add(person)
        return number, ",".join(map(str, people))

    def _principals(self, fields: list[str]) -> Sequence[object] | None:
        number, place, person = id_of(fields[0], "tt"), int(fields[1]), id_of(fields[2], "nm")
        if number not in self.films or fields[3] not in ("actor", "actress", "self") or place > 2 * ACTORS_MAX:
            return None
        self.people.add(person)
        return number, place, person

    def _names(self, fields: list[str]) -> Sequence[object] | None:
        number = id_of(fields[0], "nm")
        return (number, fields[1]) if number in self.people and fields[1] != NONE else None


def id_of(text: str, prefix: str) -> int:
    """The number in tt0111161 or nm0000151."""
    if not (text.startswith(prefix) and re.fullmatch(r"\d{7,9}", text[2:])):
        raise BadRowError(f"{text[:20]!r} is no id")
    return int(text[2:])


def year_of(text: str) -> int | None:
    """A year or nothing."""
    if text == NONE:
        return None
    if not re.fullmatch(r"1[89]\d\d|20\d\d", text):
        raise BadRowError(f"{text[:20]!r} is no year")
    return int(text)


def find_file(folder: Path, name: str) -> Path | None:
    """The file, packed or not."""
    return next((path for path in (folder / f"{name}.tsv.gz", folder / f"{name}.tsv") if path.exists()), None)


def lines_of(path: Path) -> Iterator[str]:
    """The lines, unpacked on the way, with a progress bar over the file's bytes."""
    with path.open("rb") as raw, tqdm(total=path.stat().st_size, desc=path.name, unit="B", unit_scale=True,
                                      disable=None) as bar:  # fmt: skip
        packed: IO[bytes] = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw  # type: ignore[assignment]
        for number, line in enumerate(io.TextIOWrapper(packed, encoding="utf-8", newline="\n")):
            if number % 20_000 == 0:
                bar.update(raw.tell() - bar.n)
            yield line
        bar.update(path.stat().st_size - bar.n)
