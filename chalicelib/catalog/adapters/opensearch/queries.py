"""What is asked of OpenSearch, as plain data. Pure.

The same three tries as in the embedded catalogue: all words as written, all words with typos, any word.
"""

import re
from collections.abc import Sequence

from chalicelib.catalog.availability import UNKNOWN_COUNTS_AS
from chalicelib.catalog.model import FilmQuery, InvalidPositionError, Showing
from chalicelib.catalog.titles.aliases import lookup_keys, raw_key
from chalicelib.catalog.titles.normalize import fold, is_latin, sound_of, title_key, words

type Body = dict[str, object]

ATTEMPTS = 3
EXACT_BONUS, NEAR_BONUS = 1_000.0, 500.0  # scores of texts stay below some tens
_YEAR = re.compile(r"(18[89]\d|19\d\d|20[0-4]\d)")


def search_body(query: FilmQuery, attempt: int, position: Sequence[float | str] | None) -> Body:
    """The request for one page and one film more."""
    said = words(query.text)
    by_words = "_score" if said else "by_standing"
    order = {"rating": "by_rating", "year": "by_year", "new": "by_added", "relevance": by_words}[query.sort]
    body: Body = {
        "size": query.limit + 1,
        "query": {"bool": {"must": [_text(query.text, said, attempt)] if said else [], "filter": _filters(query)}},
        "sort": [_descending(order), {"film_id": "asc"}],
        "track_scores": order == "_score",
        "track_total_hits": False,
    }
    return body | ({"search_after": list(position)} if position is not None else {})


def _descending(order: str) -> Body:
    """An index of 0.1 does not know when films came: there all are equally new."""
    return {order: "desc"} if order != "by_added" else {order: {"order": "desc", "unmapped_type": "double"}}


def position_of(query: FilmQuery) -> tuple[int, list[float | str] | None]:
    """The attempt and the sort values that a page position holds; the first attempt without one."""
    match query.after:
        case None:
            return 0, None
        case (int() as attempt, float() | int() as score, str() as film_id) if 0 <= attempt < ATTEMPTS:
            return attempt, [score, film_id]
    raise InvalidPositionError("The cursor was not issued here.", "cursor")


def _text(text: str, said: Sequence[str], attempt: int) -> Body:
    ways: list[Body] = [_famed({"constant_score": {"filter": _exact(text, said), "boost": EXACT_BONUS}})]
    if attempt == 1:
        near = {"bool": {"should": _near(text)}}
        ways.append(_famed({"constant_score": {"filter": near, "boost": NEAR_BONUS}}))
    each = [_word(word, attempt, last=place == len(said) - 1) for place, word in enumerate(said)]
    ways.append(_famed({"bool": {"should" if attempt == 2 else "must": each}}))
    return {"bool": {"should": ways, "minimum_should_match": 1}}


def _famed(query: Body) -> Body:
    """The score times the film's fame: votes decide between like matches and cannot lift an unlike one."""
    fame = {"field": "fame", "missing": 0.4}
    return {"function_score": {"query": query, "field_value_factor": fame, "boost_mode": "multiply"}}


def _exact(text: str, said: Sequence[str]) -> Body:
    """Films called exactly that; of "Robocop 2014" those called Robocop of that year."""
    ways: list[Body] = [{"terms": {"keys": _own_keys(text)}}]
    if len(said) > 1 and _YEAR.fullmatch(said[-1]):
        bare = {"terms": {"keys": _own_keys(" ".join(said[:-1]))}}
        ways.append({"bool": {"filter": [bare, {"term": {"year": int(said[-1])}}]}})
    return {"bool": {"should": ways}}


def _own_keys(text: str) -> list[str]:
    return sorted({title_key(text), raw_key(text)})


def _near(text: str) -> list[Body]:
    """Keys one or two letters away."""
    return [
        {"fuzzy": {"keys": {"value": key, "fuzziness": 1 if len(key) < 6 else 2, "max_expansions": 50}}}
        for key in _own_keys(text)
        if len(key) > 2
    ]


def _word(word: str, attempt: int, *, last: bool) -> Body:
    """One word: as it is, its stem, a person, a Russian word's sound, a word's start, a year."""
    ways: list[Body] = [
        _match("names", word, 10),
        _match("names.stems", word, 5),
        _match("people", word, 4),
        _match("description", word, 0.5),
    ]
    if is_latin(word):
        ways.append(_match("sounds", sound_of(word), 3))
        if last and len(word) > 2:
            ways.append(_match("sounds.starts", sound_of(word), 1.5))
    if last and len(word) > 1:
        ways += [_match("names.starts", word, 4), _match("people.starts", word, 2)]
    if _YEAR.fullmatch(word):
        ways.append({"term": {"year": {"value": int(word), "boost": 3}}})
    if attempt >= 1 and len(word) > 2 and not word.isdigit():
        fuzziness = 1 if len(word) <= 5 else 2
        ways += [
            {"fuzzy": {field: {"value": word, "fuzziness": fuzziness, "max_expansions": 30, "boost": boost}}}
            for field, boost in (("names", 4), ("people", 2))
        ]
    return {"dis_max": {"queries": ways, "tie_breaker": 0.3}}


def _match(field: str, word: str, boost: float) -> Body:
    return {"match": {field: {"query": word, "boost": boost}}}


def _filters(query: FilmQuery) -> list[Body]:
    filters: list[Body] = []
    if query.genre:
        filters.append({"term": {"genres": query.genre.lower()}})
    if query.year_from is not None or query.year_to is not None:
        ends = {"gte": query.year_from, "lte": query.year_to}
        filters.append({"range": {"year": {end: year for end, year in ends.items() if year is not None}}})
    if query.min_rating is not None:
        filters.append({"range": {"rating": {"gte": query.min_rating}}})
    return filters + (_allowed(query.showing) if query.showing else [])


def _allowed(showing: Showing) -> list[Body]:
    """The rule of `availability.py`; the contract suite asks both of the same films."""
    at = int(showing.at.timestamp() * 1000)
    forbidden: list[Body] = [
        {"range": {"available_from": {"gt": at, "format": "epoch_millis"}}},
        {"range": {"available_until": {"lte": at, "format": "epoch_millis"}}},
    ]
    if showing.region:
        elsewhere = [{"exists": {"field": "regions"}}, {"bool": {"must_not": [{"term": {"regions": showing.region}}]}}]
        forbidden.append({"bool": {"filter": elsewhere}})
    if showing.age_limit is not None:
        forbidden.append({"range": {"age_rating": {"gt": showing.age_limit}}})
        if showing.age_limit < UNKNOWN_COUNTS_AS:
            forbidden.append({"bool": {"must_not": [{"exists": {"field": "age_rating"}}]}})
    return [{"bool": {"must_not": forbidden}}]


def titled_body(title: str, limit: int, *, exact: bool) -> Body:
    """Films by title, for matching: by key, and unless `exact` by keys and words that are near."""
    keys = sorted(lookup_keys(title))
    same: Body = {"constant_score": {"filter": {"terms": {"keys": keys}}, "boost": EXACT_BONUS}}
    ways = [_famed(same)] if keys else []
    if not exact and keys:
        ways += (
            [{"constant_score": {"filter": {"bool": {"should": _near(title)}}, "boost": 100}}] if _near(title) else []
        )
        ways.append({"match": {"names": {"query": fold(title), "minimum_should_match": "3<70%"}}})
    return {
        "size": limit,
        "query": {"bool": {"should": ways, "minimum_should_match": 1}} if ways else {"match_none": {}},
        "sort": [{"_score": "desc"}, {"film_id": "asc"}],
        "track_total_hits": False,
    }


def alike_body(tags: Sequence[str], left_out: Sequence[str], limit: int) -> Body:
    """Films that share tags, rare ones first."""
    should: list[Body] = [{"term": {"tags": tag}} for tag in tags]
    alike: Body = {"bool": {"should": should, "must_not": [{"terms": {"film_id": list(left_out)}}],
                            "minimum_should_match": 1}}  # fmt: skip
    return {"size": limit, "query": _famed(alike), "track_total_hits": False}


def top_body(limit: int) -> Body:
    """The best films by votes-weighted rating."""
    return {
        "size": limit,
        "query": {"exists": {"field": "weight"}},
        "sort": [{"weight": "desc"}, {"film_id": "asc"}],
        "track_total_hits": False,
    }
