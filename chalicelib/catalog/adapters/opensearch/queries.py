"""What is asked of OpenSearch, as plain data. Pure.

The same tries as in the embedded catalogue (`typed/reading.py`).
"""

from collections.abc import Mapping, Sequence

from chalicelib.catalog.availability import UNKNOWN_COUNTS_AS
from chalicelib.catalog.model import FilmQuery, InvalidPositionError, Showing
from chalicelib.catalog.titles.aliases import lookup_keys, raw_key
from chalicelib.catalog.titles.normalize import fold, is_latin, sound_of, title_key, words
from chalicelib.catalog.typed.kind_words import YEAR
from chalicelib.catalog.typed.reading import Term, Try, slips_allowed, title_slips_allowed
from chalicelib.catalog.typed.spoken import keys_asked_for, keys_spelled_as

type Body = dict[str, object]

type Names = Mapping[tuple[str, ...], Sequence[str]]
"""Whose names sound like these words."""

EXACT_BONUS, NEAR_BONUS = 1_000.0, 500.0  # scores of texts stay below some tens
KIND_SCORE = 60.0  # of a film of the genre or person asked for: as much as a rare word of a name
HEARD_FILMS = 300  # whose people are compared with what was heard
FUZZINESS_MAX = 2  # Lucene's


def search_body(query: FilmQuery, one: Try | None, names: Names, position: Sequence[float | str] | None) -> Body:
    """The request for one page and one film more; without a try, of all films."""
    by_words = "_score" if one else "by_standing"
    order = {"rating": "by_rating", "year": "by_year", "new": "by_added", "relevance": by_words}[query.sort]
    body: Body = {
        "size": query.limit + 1,
        "query": {"bool": {"must": [_text(one, names)] if one else [], "filter": _filters(query)}},
        "sort": [_descending(order), {"film_id": "asc"}],
        "track_scores": order == "_score",
        "track_total_hits": False,
    }
    return body | ({"search_after": list(position)} if position is not None else {})


def near_body(query: FilmQuery, one: Try) -> Body:
    """Whether there is a film whose whole title is what was typed, but for slips."""
    near = {"bool": {"should": _near(one.text, one), "minimum_should_match": 1}}
    return {
        "size": 1,
        "_source": False,
        "query": {"bool": {"filter": [near, *_filters(query)]}},
        "track_total_hits": False,
    }


def cast_body(said: Sequence[str]) -> Body:
    """The people of films in which each of the words may be somebody's name: first where it is one letter by letter,
    then of the best known."""
    heard = [{"terms": {"tags": sorted(keys_asked_for(word))}} for word in said]
    spelled = [{"terms": {"tags": sorted(keys_spelled_as(word))}} for word in said]
    return {
        "size": HEARD_FILMS,
        "_source": ["film.directors", "film.actors"],
        "query": {"bool": {"filter": heard, "should": spelled}},
        "sort": [{"_score": "desc"}, {"fame": {"order": "desc", "missing": 0}}, {"film_id": "asc"}],
        "track_total_hits": False,
    }


def _descending(order: str) -> Body:
    """An index of 0.1 does not know when films came: there all are equally new."""
    return {order: "desc"} if order != "by_added" else {order: {"order": "desc", "unmapped_type": "double"}}


def position_of(query: FilmQuery) -> tuple[int | None, list[float | str] | None]:
    """The number of the try and the sort values that a page position holds; of all films the number is 0."""
    match query.after:
        case None:
            return None, None
        case (int() as number, float() | int() as score, str() as film_id):
            return number, [score, film_id]
    raise InvalidPositionError("The cursor was not issued here.", "cursor")


def _text(one: Try, names: Names) -> Body:
    ways: list[Body] = []
    if one.is_literal:
        ways.append(_famed({"constant_score": {"filter": _exact(one.text), "boost": EXACT_BONUS}}))
    if one.slips and (near := _near(one.text, one)):
        ways.append(_famed({"constant_score": {"filter": {"bool": {"should": near}}, "boost": NEAR_BONUS}}))
    if one.is_about_kinds or one.is_about_people:
        kinds = [_people(names.get(term.words, ())) if term.is_name else _tagged(term) for term in one.terms]
        ways.append(_famed({"constant_score": {"filter": {"bool": {"filter": kinds}}, "boost": KIND_SCORE}}))
    last = len(one.terms) - 1
    each = [_term(one, term, names, last=place == last) for place, term in enumerate(one.terms)]
    ways.append(_famed({"bool": {"must" if one.is_every else "should": each}}))
    return {"dis_max": {"queries": ways}}


def _term(one: Try, term: Term, names: Names, *, last: bool) -> Body:
    if term.is_name:
        return _people(names.get(term.words, ()))
    length = len(term.words)
    each = [_word(word, one, names, last=last and place == length - 1) for place, word in enumerate(term.words)]
    said: Body = {"bool": {"must": each}} if length > 1 else each[0]
    return {"dis_max": {"queries": [said, _tagged(term)]}} if term.tags else said


def _tagged(term: Term) -> Body:
    return {"terms": {"tags": list(term.tags), "boost": 3}}


def _people(names: Sequence[str]) -> Body:
    return {"bool": {"should": [{"match_phrase": {"people": {"query": name, "boost": 4}}} for name in names],
                     "minimum_should_match": 1}} if names else {"match_none": {}}  # fmt: skip


def _famed(query: Body) -> Body:
    """The score times the film's fame: votes decide between like matches and cannot lift an unlike one."""
    fame = {"field": "fame", "missing": 0.4}
    return {"function_score": {"query": query, "field_value_factor": fame, "boost_mode": "multiply"}}


def _exact(text: str) -> Body:
    """Films called exactly that; of "Robocop 2014" those called Robocop of that year."""
    said = words(text)
    ways: list[Body] = [{"terms": {"keys": _own_keys(text)}}]
    if len(said) > 1 and YEAR.fullmatch(said[-1]):
        bare = {"terms": {"keys": _own_keys(" ".join(said[:-1]))}}
        ways.append({"bool": {"filter": [bare, {"term": {"year": int(said[-1])}}]}})
    return {"bool": {"should": ways}}


def _own_keys(text: str) -> list[str]:
    return sorted({title_key(text), raw_key(text)})


def _near(text: str, one: Try | None = None) -> list[Body]:
    """Keys some letters away: for matching one or two, of a try as many as it bears."""
    return [
        {"fuzzy": {"keys": {"value": key, "fuzziness": letters, "max_expansions": 50}}}
        for key in _own_keys(text)
        if (letters := min(FUZZINESS_MAX, _slips(text, key, one))) and len(key) > 2
    ]


def _slips(text: str, key: str, one: Try | None) -> int:
    return title_slips_allowed(text, is_every=one.is_every) if one else 1 if len(key) < 6 else 2


def _word(word: str, one: Try, names: Names, *, last: bool) -> Body:
    """One word: as it is, its stem, a person, a Russian word's sound, a word's start, who sounds so."""
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
    if last and len(word) > 1 and not word.isdigit():
        ways += [_match("names.starts", word, 4), _match("people.starts", word, 2)]
    if one.heard and (meant := names.get((word,))):
        ways.append(_people(meant))
    slips = slips_allowed(word) if one.is_every else 0 if word.isdigit() else 1 if len(word) <= 5 else 2
    if one.slips and slips and len(word) > 2:
        ways += [
            {"fuzzy": {field: {"value": word, "fuzziness": slips, "max_expansions": 30, "boost": boost}}}
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
    filters += [{"terms": {"tags": list(group)}} for group in query.tags]
    if query.without_tags:
        filters.append({"bool": {"must_not": [{"terms": {"tags": list(query.without_tags)}}]}})
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
