"""Films → one SQLite file with everything precomputed: keys, stems, sounds, weights; and their descriptions beside it.

The files are written once and never changed; readers open them read-only (`catalog.py`).
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from chalicelib.catalog.adapters.snapshot.descriptions import SCHEMA as DESCRIPTIONS
from chalicelib.catalog.adapters.snapshot.descriptions import beside, write_descriptions
from chalicelib.catalog.adapters.snapshot.formats import (
    FORMAT,
    TEXTS,
    Format,
    format_for,
    restrictions_of,
    words_of,
)
from chalicelib.catalog.model import Film
from chalicelib.catalog.similarity import tags_of
from chalicelib.catalog.titles.aliases import MARKS, keys_of, names_of, searchable
from chalicelib.catalog.titles.normalize import is_cyrillic, sound_of, words
from chalicelib.catalog.titles.stems import stem
from chalicelib.catalog.top import film_weight, novelty, popularity
from chalicelib.catalog.typed.spoken import keys_of_name

SCHEMA = f"""
PRAGMA user_version = {FORMAT};
PRAGMA page_size = 8192;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE films (
  id INTEGER PRIMARY KEY, film_id BLOB NOT NULL UNIQUE, year INTEGER, rating REAL, popularity REAL NOT NULL,
  genres TEXT NOT NULL, restricted, doc BLOB NOT NULL, words BLOB,
  by_standing REAL NOT NULL, by_rating REAL NOT NULL, by_year INTEGER NOT NULL, by_added REAL NOT NULL);
CREATE TABLE packing (dictionary BLOB NOT NULL);
CREATE TABLE sources (source_id TEXT PRIMARY KEY, film INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE keys (key TEXT NOT NULL, film INTEGER NOT NULL, PRIMARY KEY (key, film)) WITHOUT ROWID;
CREATE TABLE backward_keys (key TEXT NOT NULL, film INTEGER NOT NULL, PRIMARY KEY (key, film)) WITHOUT ROWID;
CREATE TABLE terms (term TEXT PRIMARY KEY, films INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE backward_terms (term TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE heard (key TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (key, word)) WITHOUT ROWID;
CREATE VIRTUAL TABLE texts USING fts5(
  {", ".join(TEXTS)}, content='', tokenize="unicode61 remove_diacritics 0 tokenchars '&+_'");
CREATE VIRTUAL TABLE name_terms USING fts5vocab('texts', 'col');
{DESCRIPTIONS}
"""
INDEXES = """
CREATE INDEX films_by_standing ON films (by_standing DESC);
CREATE INDEX films_by_rating ON films (by_rating DESC);
CREATE INDEX films_by_year ON films (by_year DESC);
CREATE INDEX films_by_added ON films (by_added DESC);
"""


def build_snapshot(films: Iterable[Film], path: Path) -> int:
    """Writes the snapshot to a path that does not exist yet, and `beside` it the descriptions. Returns how many films
    it holds.

    The last one of several films with one id is kept.
    """
    last_of_each = list({film.film_id: film for film in films}.values())
    form = format_for(last_of_each)
    with closing(sqlite3.connect(path)) as db:
        db.executescript(SCHEMA)
        with db:
            db.execute("INSERT INTO packing VALUES (?)", (form.dictionary,))
            for number, film in enumerate(last_of_each, 1):
                insert(db, form, number, film)
            told = (
                (number, one.description) for number, one in enumerate(last_of_each, 1) if one.description is not None
            )
            db.executemany("INSERT INTO blocks VALUES (?, ?, ?, ?, ?)", write_descriptions(told, beside(path)))
            db.execute("INSERT INTO texts(texts) VALUES ('optimize')")
            db.execute("INSERT INTO terms SELECT term, MAX(doc) FROM name_terms WHERE col IN ('names', 'people') "
                       "GROUP BY term")  # fmt: skip
            db.executemany("INSERT INTO backward_terms VALUES (?)",
                           [(term[::-1],) for (term,) in db.execute("SELECT term FROM terms")])  # fmt: skip
            db.executescript(INDEXES)
        db.execute("ANALYZE")
        db.commit()
        db.execute("VACUUM")
    return len(last_of_each)


def insert(db: sqlite3.Connection, form: Format, number: int, film: Film) -> None:
    """Adds a film under a row number that is free, to a snapshot of any format. In format 3 where its description is to
    be read is for the caller to say."""
    row = _row(form, number, film)
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


def _row(form: Format, number: int, film: Film) -> dict[str, object]:
    weight, fame = film_weight(film), popularity(film)
    return {
        "id": number,
        "film_id": form.key_of(film.film_id),
        "year": film.year,
        "rating": film.imdb_rating,
        "weight": weight,  # in format 2
        "popularity": fame,
        "genres": "|" + "|".join(genre.lower() for genre in film.genres) + "|",
        "restricted": restrictions_of(film),
        "doc": form.packed(film),
        "words": words_of(film),
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
