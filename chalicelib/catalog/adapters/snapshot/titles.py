"""Retrieval by title from a snapshot: the same key, or a key some letters away.

A title with one wrong letter has its first or its last half intact, so two range reads (of the keys, and of the keys
written backwards) find it without touching the rest of the catalogue.
"""

import sqlite3
from collections.abc import Iterable, Sequence

from chalicelib.catalog.titles.aliases import lookup_keys, raw_key
from chalicelib.catalog.titles.normalize import title_key

RANGE_ROWS_MAX = 4_000  # of one range: only halves of two letters ever reach it
_LAST = "\U0010ffff"


def ids_by_key(db: sqlite3.Connection, title: str) -> list[int]:
    """Row ids of films one of whose names has the very same key, the best known first."""
    keys = list(lookup_keys(title))
    marks = ", ".join("?" * len(keys))
    sql = f"SELECT DISTINCT f.id FROM keys k JOIN films f ON f.id = k.film WHERE k.key IN ({marks}) " \
          "ORDER BY f.popularity DESC, f.film_id"  # fmt: skip
    return [row[0] for row in db.execute(sql, keys)]


def ids_near_key(db: sqlite3.Connection, title: str, limit: int, farthest_of_all: int = 4) -> list[int]:
    """Row ids of films with a key at most a few letters away, nearest first."""
    near: list[tuple[int, int]] = []
    for key in {title_key(title), raw_key(title)}:
        if len(key) < 3:
            continue
        farthest = min(max_distance(len(key)), farthest_of_all)
        found: dict[str, set[int]] = {}
        for text, film in _range(db, "keys", key, farthest):
            found.setdefault(text, set()).add(film)
        for text, film in _range(db, "backward_keys", key[::-1], farthest):
            found.setdefault(text[::-1], set()).add(film)
        hits = _nearest(key, found, farthest, limit)
        near += [(int(distance), film) for text, distance, _ in hits for film in found[text]]
    return list(dict.fromkeys(film for _, film in sorted(near)))[:limit]


def max_distance(length: int) -> int:
    """How many letters may differ at retrieval: generous, for the matcher decides."""
    return 1 if length < 6 else 2 if length < 12 else 4


def _range(db: sqlite3.Connection, table: str, key: str, farthest: int) -> Sequence[tuple[str, int]]:
    half = key[: max(2, len(key) // 2 - 1)]  # two letters swapped in the middle must not spoil both halves
    sql = f"SELECT key, film FROM {table} WHERE key >= ? AND key < ? AND length(key) BETWEEN ? AND ? LIMIT ?"
    bounds = (half, half + _LAST, len(key) - farthest, len(key) + farthest, RANGE_ROWS_MAX)
    return db.execute(sql, bounds).fetchall()


def _nearest(word: str, texts: Iterable[str], farthest: int, limit: int | None) -> list[tuple[str, int, int]]:
    """Texts at most so many letters away, nearest first, with that number."""
    # Not above: a rebuild reads films and looks for no title. Who does (the API, `ask`) has loaded the matcher's.
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    return process.extract(word, list(texts), scorer=OSA.distance, score_cutoff=farthest, limit=limit)


def near_terms(db: sqlite3.Connection, word: str, farthest: int, limit: int = 6) -> list[str]:
    """Words of names and people at most so many letters (of a short word one) from a word, nearest and most frequent
    first."""
    farthest = min(farthest, 1 if len(word) <= 5 else 2)
    if len(word) < 3 or word.isdigit() or not farthest:
        return []
    half = word[: max(1, len(word) // 2)]
    back = word[::-1][: max(1, len(word) // 2)]
    counts = dict(db.execute("SELECT term, films FROM terms WHERE term >= ? AND term < ?", (half, half + _LAST)))
    for (term,) in db.execute(
        "SELECT term FROM backward_terms WHERE term >= ? AND term < ?", (back, back + _LAST)
    ).fetchall():
        counts.setdefault(term[::-1], 1)
    near = _nearest(word, counts, farthest, None)
    near.sort(key=lambda hit: (hit[1], -counts[hit[0]], hit[0]))
    return [term for term, _, _ in near[:limit]]
