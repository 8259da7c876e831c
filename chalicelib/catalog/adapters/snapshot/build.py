"""Films → one SQLite file with everything precomputed: keys, stems, sounds, weights.

The file is written once and never changed; readers open it read-only (`catalog.py`).
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from chalicelib.catalog.flat_fields import document_of
from chalicelib.catalog.model import Film
from chalicelib.catalog.similarity import tags_of
from chalicelib.catalog.titles.aliases import MARKS, keys_of, names_of, searchable
from chalicelib.catalog.titles.normalize import is_cyrillic, sound_of, words
from chalicelib.catalog.titles.stems import stem
from chalicelib.catalog.top import film_weight, novelty, popularity
from chalicelib.catalog.typed.spoken import keys_of_name

FORMAT = 2  # part of a snapshot's name: older code never opens what it cannot read

SCHEMA = """
PRAGMA page_size = 8192;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE films (
  id INTEGER PRIMARY KEY, film_id TEXT NOT NULL UNIQUE, year INTEGER, rating REAL, weight REAL,
  popularity REAL NOT NULL, genres TEXT NOT NULL, doc BLOB NOT NULL,
  by_standing REAL NOT NULL, by_rating REAL NOT NULL, by_year INTEGER NOT NULL, by_added REAL NOT NULL);
CREATE TABLE sources (source_id TEXT PRIMARY KEY, film INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE keys (key TEXT NOT NULL, film INTEGER NOT NULL, PRIMARY KEY (key, film)) WITHOUT ROWID;
CREATE TABLE backward_keys (key TEXT NOT NULL, film INTEGER NOT NULL, PRIMARY KEY (key, film)) WITHOUT ROWID;
CREATE TABLE terms (term TEXT PRIMARY KEY, films INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE backward_terms (term TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE heard (key TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (key, word)) WITHOUT ROWID;
CREATE VIRTUAL TABLE texts USING fts5(
  names, stems, sounds, people, description, tags,
  content='', prefix='2 3', tokenize="unicode61 remove_diacritics 0 tokenchars '&+_'");
CREATE VIRTUAL TABLE name_terms USING fts5vocab('texts', 'col');
"""
INDEXES = """
CREATE INDEX films_by_weight ON films (weight DESC, film_id) WHERE weight IS NOT NULL;
CREATE INDEX films_by_standing ON films (by_standing DESC, film_id);
CREATE INDEX films_by_rating ON films (by_rating DESC, film_id);
CREATE INDEX films_by_year ON films (by_year DESC, film_id);
CREATE INDEX films_by_added ON films (by_added DESC, film_id);
"""


def build_snapshot(films: Iterable[Film], path: Path) -> int:
    """Writes the snapshot to a path that does not exist yet. Returns how many films it holds.

    The last one of several films with one id is kept.
    """
    with closing(sqlite3.connect(path)) as db:
        db.executescript(SCHEMA)
        count = 0
        with db:
            for number, film in enumerate(_last_of_each(films), 1):
                insert(db, number, film)
                count = number
            db.execute("INSERT INTO texts(texts) VALUES ('optimize')")
            db.execute("INSERT INTO terms SELECT term, MAX(doc) FROM name_terms WHERE col IN ('names', 'people') "
                       "GROUP BY term")  # fmt: skip
            db.executemany("INSERT INTO backward_terms VALUES (?)",
                           [(term[::-1],) for (term,) in db.execute("SELECT term FROM terms")])  # fmt: skip
            db.executescript(INDEXES)
        db.execute("ANALYZE")
        db.commit()
    return count


def _last_of_each(films: Iterable[Film]) -> Iterator[Film]:
    return iter({film.film_id: film for film in films}.values())


def insert(db: sqlite3.Connection, number: int, film: Film) -> None:
    """Adds a film under a row number that is free, to a snapshot of this version or an earlier one."""
    row = _row(number, film)
    columns = [name for name in _columns(db) if name in row]  # 0.1 does not know when films came
    sql = f"INSERT INTO films ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    db.execute(sql, [row[name] for name in columns])
    db.executemany("INSERT OR IGNORE INTO sources VALUES (?, ?)",
                   [(source, number) for source in {film.source_id, film.imdb_id} if source])  # fmt: skip
    keys = keys_of(film)
    db.executemany("INSERT INTO keys VALUES (?, ?)", [(key, number) for key in keys])
    db.executemany(
        "INSERT INTO backward_keys VALUES (?, ?)",
        [(key[::-1], number) for key in keys if key[0] not in MARKS],
    )
    db.execute("INSERT INTO texts(rowid, names, stems, sounds, people, description, tags) VALUES (?, ?, ?, ?, ?, ?, ?)",
               (number, *texts_of(film)))  # fmt: skip
    if has_table(db, "heard"):
        heard = {(key, word) for person in (*film.directors, *film.actors)
                 for word in words(person) for key in keys_of_name(word)}  # fmt: skip
        db.executemany("INSERT OR IGNORE INTO heard VALUES (?, ?)", sorted(heard))


def has_table(db: sqlite3.Connection, name: str) -> bool:
    """Whether the snapshot is of a version that has the table."""
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).fetchone() is not None


def _columns(db: sqlite3.Connection) -> list[str]:
    return [name for (name,) in db.execute("SELECT name FROM pragma_table_info('films')")]


def _row(number: int, film: Film) -> dict[str, object]:
    weight, fame = film_weight(film), popularity(film)
    return {
        "id": number,
        "film_id": film.film_id,
        "year": film.year,
        "rating": film.imdb_rating,
        "weight": weight,
        "popularity": fame,
        "genres": "|" + "|".join(genre.lower() for genre in film.genres) + "|",
        "doc": msgspec.json.encode(document_of(film)),
        "by_standing": (weight or 0.0) + fame,
        "by_rating": -1.0 if weight is None else weight,
        "by_year": -1 if film.year is None else film.year,
        "by_added": novelty(film),
    }


def texts_of(film: Film) -> tuple[str, str, str, str, str, str]:
    """What the full text index holds of a film, folded: names, their stems, how Russian ones sound, people,
    description, and what "similar" looks for."""
    names = [word for name in names_of(film) for word in searchable(name).split(" ")]
    people = [word for person in (*film.directors, *film.actors) for word in words(person)]
    return (
        " ".join(names),
        " ".join(dict.fromkeys(stem(word) for word in names)),
        " ".join(dict.fromkeys(sound_of(word) for word in (*names, *people) if is_cyrillic(word))),
        " ".join(people),
        " ".join(stem(word) for word in words(film.description)) if film.description else "",
        " ".join(tags_of(film)),
    )
