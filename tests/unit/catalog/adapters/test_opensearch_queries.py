"""What is asked of OpenSearch, without a node: the rule of what may be shown, and fields that exist."""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, get_args

import msgspec
import pytest

from chalicelib.catalog.adapters.opensearch.index import MAPPING, entry_of
from chalicelib.catalog.adapters.opensearch.queries import (
    alike_body,
    cast_body,
    near_body,
    search_body,
    titled_body,
    top_body,
)
from chalicelib.catalog.availability import is_shown
from chalicelib.catalog.model import FilmQuery, Showing, Sort
from chalicelib.catalog.typed.reading import tries_of
from tests.factories import NOW, film_with

ALL_FILTERS = FilmQuery(text="stalker 1979", genre="Drama", year_from=1970, min_rating=7.0,
                        showing=Showing(at=NOW, age_limit=12, region="RU"))  # fmt: skip


def _holds(query: dict[str, Any], entry: dict[str, Any]) -> bool:
    """Whether an entry answers a filter, as the engine's manual says; only the kinds that the rule is made of."""
    ((kind, said),) = query.items()
    if kind == "bool":
        assert said.keys() <= {"filter", "must_not"}
        return all(_holds(one, entry) for one in said.get("filter", ())) and not any(
            _holds(one, entry) for one in said.get("must_not", ())
        )
    if kind == "exists":
        return said["field"] in entry
    ((field, asked),) = said.items()
    if kind == "term":
        return asked in entry.get(field, ())
    assert kind == "range"
    value = entry.get(field)
    if isinstance(value, datetime):
        assert asked["format"] == "epoch_millis"
        value = int(value.timestamp() * 1000)
    bounds = {"gt": lambda bound: value > bound, "lte": lambda bound: value <= bound}
    return value is not None and all(bounds[end](bound) for end, bound in asked.items() if end != "format")


@pytest.mark.parametrize("age_limit", [None, 0, 12, 16, 18])
@pytest.mark.parametrize("region", [None, "RU", "US"])
def test_the_rule_in_the_engines_words_is_the_rule(age_limit: int | None, region: str | None) -> None:
    showing = Showing(at=NOW, age_limit=age_limit, region=region)
    body: dict[str, Any] = search_body(FilmQuery(showing=showing), None, {}, None)
    moments = (None, NOW - timedelta(days=1), NOW, NOW + timedelta(days=1))
    for since, until, regions, age in itertools.product(
        moments, moments, ((), ("RU",), ("DE", "FR")), (None, 0, 6, 12, 16, 18)
    ):
        film = film_with(film_id="f", title="X", available_from=since, available_until=until, regions=regions,
                         age_rating=age)  # fmt: skip
        shown = all(_holds(one, entry_of(film)) for one in body["query"]["bool"]["filter"])
        assert shown == is_shown(film, showing), film


def _fields(part: object) -> Iterator[str]:
    """Every field that a request names, sorts included."""
    if isinstance(part, list):
        for one in part:
            yield from _fields(one)
    if isinstance(part, dict):
        for kind, said in part.items():
            if kind in ("match", "match_phrase", "term", "terms", "fuzzy", "range"):
                yield from (field for field in said if field != "boost")
            elif kind in ("exists", "field_value_factor"):
                yield said["field"]
            elif kind == "sort":
                yield from (name for one in said for name in one if name != "_score")
            else:
                yield from _fields(said)


def test_every_field_that_is_asked_for_is_in_the_mapping() -> None:
    queries = [
        search_body(msgspec.structs.replace(query, sort=sort), one, {("keanu", "reeves"): ["keanu reeves"]}, None)
        for query in (FilmQuery(), FilmQuery(text="Keanu Reeves"), ALL_FILTERS)
        for sort in get_args(Sort.__value__)
        for one in (None, *tries_of(query.text))
    ]
    others = [near_body(ALL_FILTERS, one) for one in tries_of("Stalker") if one.titled]
    bodies = [
        *queries,
        *others,
        cast_body(["keanu"]),
        titled_body("Stalker", 5, exact=False),
        alike_body(["g_drama"], ["f"], 5),
        top_body(5),
    ]
    asked = set(_fields(bodies))
    properties: Any = MAPPING["properties"]
    held = set(properties) | {f"{name}.{part}" for name, one in properties.items() for part in one.get("fields", ())}
    assert asked <= held
    unasked = held - asked
    assert unasked == {"film", "source_ids"}, "by id alone, or by nothing: written for no search"


def test_a_film_has_a_tag_of_each_group_and_none_of_those_refused() -> None:
    query = FilmQuery(tags=(("g_comedy", "g_drama"), ("c_france",)), without_tags=("g_war",))
    asked: Any = search_body(query, None, {}, None)
    assert asked["query"]["bool"]["filter"] == [
        {"terms": {"tags": ["g_comedy", "g_drama"]}},
        {"terms": {"tags": ["c_france"]}},
        {"bool": {"must_not": [{"terms": {"tags": ["g_war"]}}]}},
    ]
