"""Full text search in a snapshot.

Several tries (`typed/reading.py`), each only when the one before found nothing. A film called exactly what was typed
always comes first.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from chalicelib.catalog.adapters.snapshot.formats import read_restrictions
from chalicelib.catalog.adapters.snapshot.overlay import Reader
from chalicelib.catalog.adapters.snapshot.people import People, of_people
from chalicelib.catalog.adapters.snapshot.titles import ids_by_key, ids_near_key, near_terms
from chalicelib.catalog.availability import is_shown
from chalicelib.catalog.model import FilmQuery, InvalidPositionError, Showing
from chalicelib.catalog.titles.normalize import is_latin, sound_of, words
from chalicelib.catalog.titles.stems import stem
from chalicelib.catalog.typed.kind_words import YEAR
from chalicelib.catalog.typed.reading import Term, Try, slips_allowed, title_slips_allowed, tries_of

type Position = tuple[float | int | str | None, ...]

EXACT_BONUS, NEAR_BONUS = 1_000.0, 500.0  # bm25 of a query stays below some tens
KIND_SCORE = 60.0  # of a film of the genre asked for: as much as a rare word of a name
# Text match and fame multiply, so that votes decide between like matches and cannot lift an unlike one.
RELEVANCE = (
    f"CASE WHEN f.id IN ({{exact}}) THEN {EXACT_BONUS} + 100 * f.popularity "
    f"WHEN f.id IN ({{near}}) THEN {NEAR_BONUS} + 100 * f.popularity "
    "ELSE b.text * (0.4 + f.popularity) END"
)


class Hit(NamedTuple):
    """A film's row, encoded, with the position behind it."""

    doc: bytes
    position: Position


class Hits(NamedTuple):
    """Hits, and whether each has all that was asked for."""

    hits: list[Hit]
    is_every: bool


class _Found(NamedTuple):
    """What a try has found: the FTS5 expression, that of the kind asked for, films called so and nearly so."""

    match: str
    kind: str
    exact: list[int]
    near: list[int]


def search_rows(db: Reader, query: FilmQuery) -> Hits:
    """One page of hits and one more, if there is one, best first."""
    tries = tries_of(query.text)
    number, after = _position(query.after)
    if not tries:
        return Hits(_browse(db, query, after), is_every=True)
    if number not in (None, *(one.number for one in tries)):
        raise InvalidPositionError("The cursor was not issued here.", "cursor")
    people = People(db)
    for one in tries:
        if number in (None, one.number) and (found := _found(db, people, query, one)):
            return Hits(_page(db, query, one, found, after), one.is_every)
    return Hits([], is_every=False)


def _found(db: Reader, people: People, query: FilmQuery, one: Try) -> _Found | None:
    """None when no film answers the try."""
    exact = _visible(db, query, _exact(db, one.text)) if one.is_literal else []
    near = list[int]()
    if one.slips and (farthest := title_slips_allowed(one.text, is_every=one.is_every)):
        near = ids_near_key(db, one.text, 10, farthest)
        near = _visible(db, query, [i for i in near if i not in exact])
    if one.titled and not near:
        return None
    match = _match(db, people, one)
    if not (exact or near or (match and _any(db, query, match))):
        return None
    kind = " AND ".join(f"({_tagged(term)})" for term in one.terms) if one.is_about_kinds else ""
    kind = match if one.is_about_people else kind
    return _Found(match, kind, exact, near)


def _exact(db: Reader, text: str) -> list[int]:
    """Films called exactly that; of "Robocop 2014" those called Robocop of that year."""
    said = words(text)
    ids = ids_by_key(db, text)
    if len(said) > 1 and YEAR.fullmatch(said[-1]):
        bare = ids_by_key(db, " ".join(said[:-1]))
        marks = ", ".join("?" * len(bare))
        sql = f"SELECT id FROM films WHERE id IN ({marks}) AND year = ?"
        ids += [row[0] for row in db.execute(sql, [*bare, int(said[-1])])]
    return ids


def _match(db: Reader, people: People, one: Try) -> str:
    """The FTS5 expression of a try."""
    last = len(one.terms) - 1
    said = [_term(db, people, one, term, last=place == last) for place, term in enumerate(one.terms)]
    groups = [f"({term})" for term in said if term]
    if one.is_every and len(groups) < len(said):
        return ""
    return (" AND " if one.is_every else " OR ").join(groups)


def _term(db: Reader, people: People, one: Try, term: Term, *, last: bool) -> str:
    if term.is_name:
        return of_people(people.meant(term.words, sure=one.sure))
    parts = []
    for place, word in enumerate(term.words):
        ways = _ways(word, last=last and place == len(term.words) - 1)
        if one.may_be_name(term) and (meant := people.meant((word,), sure=one.sure)):
            ways.append(of_people(meant))
        if one.slips:
            allowed = slips_allowed(word) if one.is_every else 2
            ways += [f'names : "{near}" OR people : "{near}"' for near in near_terms(db, word, allowed)]
        parts.append("(" + " OR ".join(ways) + ")")
    said = " AND ".join(parts)
    return f"({said}) OR {_tagged(term)}" if term.tags else said


def _tagged(term: Term) -> str:
    return " OR ".join(f'tags : "{tag}"' for tag in term.tags)


def _ways(word: str, *, last: bool) -> list[str]:
    """How one word may be meant: itself, its stem, a person, what sounds alike, a word's start."""
    ways = [f'{{names people}} : "{word}"', f'{{stems description}} : "{stem(word)}"']
    if is_latin(word):
        ways.append(f'sounds : "{sound_of(word)}"' + ("*" if last and len(word) > 2 else ""))
    if last and len(word) > 1 and not word.isdigit():
        ways.append(f'{{names people}} : "{word}"*')
    return ways


def _any(db: Reader, query: FilmQuery, match: str) -> bool:
    where, values = _filters(db, query)
    sql = f"SELECT 1 FROM texts JOIN films f ON f.id = texts.rowid WHERE texts MATCH ? AND {where} LIMIT 1"
    return db.execute(sql, (match, *values)).fetchone() is not None


def _visible(db: Reader, query: FilmQuery, ids: Sequence[int]) -> list[int]:
    """Those of the films that may be shown and pass the filters, in their order."""
    where, values = _filters(db, query)
    shown = {row[0] for row in db.execute(f"SELECT id FROM films f WHERE id IN ({_list(ids)}) AND {where}", values)}
    return [i for i in ids if i in shown]


def _allowed(db: Reader, query: FilmQuery) -> tuple[str, tuple[object, ...]]:
    """The rule of `availability.py` as a condition on `films f`."""
    if query.showing is None:
        return "1", ()
    return f"shown({db.form.restrictions}, ?, ?, ?)", (
        query.showing.at.timestamp(),
        query.showing.age_limit,
        query.showing.region,
    )


def add_rule(db: Reader) -> None:
    """Teaches a connection the rule: what it looks at is read in less than 2 µs."""
    db.create_function("shown", 4, _is_shown, deterministic=True)


@lru_cache(maxsize=16)
def _showing(at: float, age_limit: int | None, region: str | None) -> Showing:
    return Showing(at=datetime.fromtimestamp(at, UTC), age_limit=age_limit, region=region)


def _is_shown(restricted: int | bytes | None, at: float, age_limit: int | None, region: str | None) -> bool:
    return is_shown(read_restrictions(restricted), _showing(at, age_limit, region))


def _browse(db: Reader, query: FilmQuery, after: tuple[float, str] | None) -> list[Hit]:
    """Without words: the films as an index has them in order."""
    column = {"relevance": "by_standing", "rating": "by_rating", "year": "by_year", "new": _by_added(db)}[query.sort]
    where, values = _filters(db, query)
    sql = f"SELECT f.doc, f.{column}, f.film_id FROM films f WHERE {where}"
    if after is not None:
        score, film_id = after
        sql += f" AND f.{column} <= ? AND (f.{column} < ? OR f.film_id > ?)"
        values += [score, score, db.form.key_of(film_id)]
    sql += f" ORDER BY f.{column} DESC, f.film_id LIMIT ?"
    rows = db.execute(sql, [*values, query.limit + 1])
    return [Hit(doc, (score, db.form.film_id_of(key))) for doc, score, key in rows]


def _page(db: Reader, query: FilmQuery, one: Try, found: _Found, after: tuple[float, str] | None) -> list[Hit]:
    order = {"relevance": RELEVANCE, "rating": "f.by_rating", "year": "f.by_year", "new": f"f.{_by_added(db)}"}[
        query.sort
    ]
    chosen = [*found.exact, *found.near]
    extra = f" UNION ALL SELECT id, 0.0 FROM films WHERE id IN ({_list(chosen)})" if chosen else ""
    where, values = _filters(db, query)
    given = [found.match]
    if found.kind:
        extra += f" UNION ALL SELECT rowid, {KIND_SCORE} FROM texts WHERE texts MATCH ?"
        given.append(found.kind)
    score = order.format(exact=_list(found.exact), near=_list(found.near))
    sql = (
        f"WITH hits AS MATERIALIZED (SELECT rowid AS id, -{db.form.bm25} AS text FROM texts WHERE texts MATCH ?), "
        f"found AS (SELECT id, text FROM hits{extra}), "
        "best AS (SELECT id, MAX(text) AS text FROM found GROUP BY id), "
        f"scored AS (SELECT f.doc, f.film_id, {score} AS score "
        f"FROM best b JOIN films f ON f.id = b.id WHERE {where}) "
        "SELECT doc, score, film_id FROM scored"
    )
    values = [*given, *values]
    if after is not None:
        last, film_id = after
        sql += " WHERE score < ? OR (score = ? AND film_id > ?)"
        values += [last, last, db.form.key_of(film_id)]
    sql += " ORDER BY score DESC, film_id LIMIT ?"
    rows = db.execute(sql, [*values, query.limit + 1])
    return [Hit(doc, (one.number, score, db.form.film_id_of(key))) for doc, score, key in rows]


def _filters(db: Reader, query: FilmQuery) -> tuple[str, list[object]]:
    allowed, showing = _allowed(db, query)
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
    for tags, wanted in (*((group, "IN") for group in query.tags), (query.without_tags, "NOT IN")):
        if tags or wanted == "IN":
            conditions.append(f"f.id {wanted} (SELECT rowid FROM texts WHERE texts MATCH ?)")
            values.append(_any_tag(tags))
    return " AND ".join([*conditions, allowed]), [*values, *showing]  # the rule last: it costs most


def _any_tag(tags: Sequence[str]) -> str:
    """FTS5's expression for films with one of the tags; for none of them where there are none."""
    quoted = (tag.replace('"', "") for tag in tags)
    return " OR ".join(f'tags : "{tag}"' for tag in quoted) or 'tags : "nothing_has_it"'


def _by_added(db: Reader) -> str:
    """A snapshot of 0.1 does not say when films came: there the year stands for it."""
    columns = {row[1] for row in db.execute("PRAGMA table_info(films)")}
    return "by_added" if "by_added" in columns else "by_year"


def _position(after: Position | None) -> tuple[int | None, tuple[float, str] | None]:
    """The number of the try that a page position belongs to, and where in it; positions of 0.1 do not say the try."""
    match after:
        case None:
            return None, None
        case (float() | int() as score, str() as film_id):
            return None, (float(score), film_id)
        case (int() as number, float() | int() as score, str() as film_id):
            return number, (float(score), film_id)
    raise InvalidPositionError("The cursor was not issued here.", "cursor")


def _list(ids: Sequence[int]) -> str:
    """Row ids as an SQL list; they are our own integers."""
    return ", ".join(str(int(i)) for i in ids)
