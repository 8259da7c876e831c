"""Full text search in a snapshot.

Three tries, each only when the one before found nothing: all words as written (stems, prefixes, sounds); all words
with typos allowed; any word. A film called exactly what was typed always comes first.
"""

import re
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

import msgspec

from chalicelib.catalog.adapters.snapshot.titles import ids_by_key, ids_near_key, near_terms
from chalicelib.catalog.availability import is_shown
from chalicelib.catalog.model import FilmQuery, InvalidPositionError, Showing
from chalicelib.catalog.titles.normalize import is_latin, sound_of, words
from chalicelib.catalog.titles.stems import stem

type Position = tuple[float | int | str | None, ...]

# Weights of names, stems, sounds, people, description, tags in bm25, by trial on the judged queries (tests/search).
BM25 = "bm25(texts, 10.0, 5.0, 3.0, 4.0, 0.5, 1.0)"
EXACT_BONUS, NEAR_BONUS = 1_000.0, 500.0  # bm25 of a query stays below some tens
# Text match and fame multiply, so that votes decide between like matches and cannot lift an unlike one.
RELEVANCE = (
    f"CASE WHEN f.id IN ({{exact}}) THEN {EXACT_BONUS} + 100 * f.popularity "
    f"WHEN f.id IN ({{near}}) THEN {NEAR_BONUS} + 100 * f.popularity "
    "ELSE b.text * (0.4 + f.popularity) END"
)
_YEAR = re.compile(r"(18[89]\d|19\d\d|20[0-4]\d)")


class Hit(NamedTuple):
    """A film's row, encoded, with the position behind it."""

    doc: bytes
    position: Position


def search_rows(db: sqlite3.Connection, query: FilmQuery) -> list[Hit]:
    """One page of hits and one more, if there is one, best first."""
    said = words(query.text)
    if not said:
        return _browse(db, query)
    exact = _visible(db, query, _exact(db, query.text, said))
    for attempt in range(3):
        match = _match(db, said, attempt)
        near = [i for i in ids_near_key(db, query.text, 10) if i not in exact] if attempt == 1 else []
        near = _visible(db, query, near)
        if exact or near or (match and _any(db, query, match)):
            hits = f"SELECT rowid AS id, -{BM25} AS text FROM texts WHERE texts MATCH ?" if match \
                else "SELECT id, 0.0 AS text FROM films WHERE ? IS NULL"  # fmt: skip
            return _page(db, query, hits, [match], exact, near)
    return []


def _exact(db: sqlite3.Connection, text: str, said: Sequence[str]) -> list[int]:
    """Films called exactly that; of "Robocop 2014" those called Robocop of that year."""
    ids = ids_by_key(db, text)
    if len(said) > 1 and _YEAR.fullmatch(said[-1]):
        bare = ids_by_key(db, " ".join(said[:-1]))
        marks = ", ".join("?" * len(bare))
        sql = f"SELECT id FROM films WHERE id IN ({marks}) AND year = ?"
        ids += [row[0] for row in db.execute(sql, [*bare, int(said[-1])])]
    return ids


def _match(db: sqlite3.Connection, said: Sequence[str], attempt: int) -> str:
    """The FTS5 expression of an attempt."""
    groups = []
    for place, word in enumerate(said):
        ways = _ways(word, last=place == len(said) - 1)
        if attempt >= 1:
            ways += [f'names : "{term}" OR people : "{term}"' for term in near_terms(db, word)]
        groups.append("(" + " OR ".join(ways) + ")")
    return (" OR " if attempt == 2 else " AND ").join(groups)


def _ways(word: str, *, last: bool) -> list[str]:
    """How one word may be meant: itself, its stem, a person, a Russian word's sound, a word's start, a year."""
    ways = [f'{{names people}} : "{word}"', f'{{stems description}} : "{stem(word)}"']
    if is_latin(word):
        ways.append(f'sounds : "{sound_of(word)}"' + ("*" if last and len(word) > 2 else ""))
    if last and len(word) > 1:
        ways.append(f'{{names people}} : "{word}"*')
    if _YEAR.fullmatch(word):
        ways.append(f'tags : "y_{word}"')
    return ways


def _any(db: sqlite3.Connection, query: FilmQuery, match: str) -> bool:
    condition, values = _allowed(query)
    sql = f"SELECT 1 FROM texts JOIN films f ON f.id = texts.rowid WHERE texts MATCH ? AND {condition} LIMIT 1"
    return db.execute(sql, (match, *values)).fetchone() is not None


def _visible(db: sqlite3.Connection, query: FilmQuery, ids: Sequence[int]) -> list[int]:
    """Those of the films that may be shown, in their order."""
    condition, values = _allowed(query)
    shown = {row[0] for row in db.execute(f"SELECT id FROM films f WHERE id IN ({_list(ids)}) AND {condition}", values)}
    return [i for i in ids if i in shown]


def _allowed(query: FilmQuery) -> tuple[str, tuple[object, ...]]:
    """The rule of `availability.py` as a condition on `films f`."""
    if query.showing is None:
        return "1", ()
    return "shown(f.doc, ?, ?, ?)", (query.showing.at.timestamp(), query.showing.age_limit, query.showing.region)


def add_rule(db: sqlite3.Connection) -> None:
    """Teaches a connection the rule; a film's document is read for it in about 2 µs."""
    db.create_function("shown", 4, _is_shown, deterministic=True)


class _Restrictions(msgspec.Struct, frozen=True, gc=False):
    """What the rule looks at in a film's document."""

    age_rating: int | None = None
    available_from: datetime | None = None
    available_until: datetime | None = None
    regions: tuple[str, ...] = ()


_restrictions = msgspec.json.Decoder(_Restrictions)


@lru_cache(maxsize=16)
def _showing(at: float, age_limit: int | None, region: str | None) -> Showing:
    return Showing(at=datetime.fromtimestamp(at, UTC), age_limit=age_limit, region=region)


def _is_shown(doc: bytes, at: float, age_limit: int | None, region: str | None) -> bool:
    return is_shown(_restrictions.decode(doc), _showing(at, age_limit, region))


def _browse(db: sqlite3.Connection, query: FilmQuery) -> list[Hit]:
    """Without words: the films as an index has them in order."""
    column = {"relevance": "by_standing", "rating": "by_rating", "year": "by_year", "new": _by_added(db)}[query.sort]
    where, values = _filters(query)
    sql = f"SELECT f.doc, f.{column}, f.film_id FROM films f WHERE {where}"
    if query.after is not None:
        score, film_id = _position(query.after)
        sql += f" AND f.{column} <= ? AND (f.{column} < ? OR f.film_id > ?)"
        values += [score, score, film_id]
    sql += f" ORDER BY f.{column} DESC, f.film_id LIMIT ?"
    return [Hit(doc, (score, film_id)) for doc, score, film_id in db.execute(sql, [*values, query.limit + 1])]


def _page(
    db: sqlite3.Connection, query: FilmQuery, hits: str, given: list[object], exact: Sequence[int], near: Sequence[int]
) -> list[Hit]:
    order = {"relevance": RELEVANCE, "rating": "f.by_rating", "year": "f.by_year", "new": f"f.{_by_added(db)}"}[
        query.sort
    ]
    chosen = [*exact, *near]
    extra = f" UNION ALL SELECT id, 0.0 FROM films WHERE id IN ({_list(chosen)})" if chosen else ""
    where, values = _filters(query)
    sql = (
        f"WITH hits AS MATERIALIZED ({hits}), found AS (SELECT id, text FROM hits{extra}), "
        "best AS (SELECT id, MAX(text) AS text FROM found GROUP BY id), "
        f"scored AS (SELECT f.doc, f.film_id, {order.format(exact=_list(exact), near=_list(near))} AS score "
        f"FROM best b JOIN films f ON f.id = b.id WHERE {where}) "
        "SELECT doc, score, film_id FROM scored"
    )
    values = [*given, *values]
    if query.after is not None:
        score, film_id = _position(query.after)
        sql += " WHERE score < ? OR (score = ? AND film_id > ?)"
        values += [score, score, film_id]
    sql += " ORDER BY score DESC, film_id LIMIT ?"
    return [Hit(doc, (score, film_id)) for doc, score, film_id in db.execute(sql, [*values, query.limit + 1])]


def _filters(query: FilmQuery) -> tuple[str, list[object]]:
    allowed, showing = _allowed(query)
    conditions, values = list[str](), list[object]()
    for condition, value in (
        ("instr(f.genres, ?) > 0", f"|{query.genre.lower()}|" if query.genre else None),
        ("f.year >= ?", query.year_from),
        ("f.year <= ?", query.year_to),
        ("f.rating >= ?", query.min_rating),
    ):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    return " AND ".join([*conditions, allowed]), [*values, *showing]  # the rule last: it costs most


def _by_added(db: sqlite3.Connection) -> str:
    """A snapshot of 0.1 does not say when films came: there the year stands for it."""
    columns = {row[1] for row in db.execute("PRAGMA table_info(films)")}
    return "by_added" if "by_added" in columns else "by_year"


def _position(after: Position) -> tuple[float, str]:
    match after:
        case (float() | int() as score, str() as film_id):
            return float(score), film_id
    raise InvalidPositionError("The cursor was not issued here.", "cursor")


def _list(ids: Sequence[int]) -> str:
    """Row ids as an SQL list; they are our own integers."""
    return ", ".join(str(int(i)) for i in ids)
