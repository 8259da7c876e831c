"""What is asked of OpenSearch, and what the embedded catalogue answers, as it was when last looked at: `tests/kept`."""

import random
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.catalog.adapters.opensearch import queries
from chalicelib.catalog.adapters.opensearch.index import entry_of
from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.model import FilmQuery, Showing
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.typed.reading import tries_of
from tests.factories import NOW
from tests.judged_films import all_judged, judged_films
from tests.kept import assert_kept

FILTERS: tuple[dict[str, Any], ...] = (
    {}, {"genre": "Drama", "limit": 3}, {"year_from": 1990}, {"year_to": 1990, "sort": "year"},
    {"year_from": 1980, "year_to": 1999, "sort": "rating"}, {"min_rating": 7.7}, {"tags": (("g_drama", "g_war"),
    ("c_italy",))},
    {"without_tags": ("g_war",), "sort": "new"}, {"showing": Showing(at=NOW, age_limit=12, region="RU")},
    {"showing": Showing(at=NOW - timedelta(days=9), age_limit=18)}, {"showing": Showing(at=NOW, age_limit=16)},
)  # fmt: skip
SAID = tuple(one.query for one in all_judged())


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    held = EmbeddedCatalog(f"sqlite://{tmp_path_factory.mktemp('kept') / 'catalog.sqlite'}")
    held.replace_all(judged_films())
    return held


def test_bodies_are_asked_as_kept() -> None:
    found: dict[str, object] = {}
    names = {("тарковский",): ["andrei tarkovsky"], ("киану", "ривз"): ["keanu reeves"], ("murray",): ["bill murray"]}
    said = (
        "robocop 2014",
        "киану ривз",
        "тарковский",
        "comedy",
        "матри",
        "интерстелар",
        "ab 12",
        "the murray",
        "xyz ab",
        "horse abc",
        "horses",
    )
    for number, text in enumerate(said):
        query = FilmQuery(text=text, **FILTERS[number % len(FILTERS)])
        for one in tries_of(text):
            found[f"{text}: {one.number}"] = queries.search_body(query, one, names, [1.5, "x"] if number % 2 else None)
            found[f"{text}: {one.number}, near"] = queries.near_body(query, one)
        found[f"{text}: titled"] = [queries.titled_body(text, 7, exact=exact) for exact in (True, False)]
        found[f"{text}: cast"] = queries.cast_body(text.split())
    for number, filters in enumerate(FILTERS):
        found[f"all, {number}"] = queries.search_body(FilmQuery(**filters), None, {}, None)
    found["alike, top"] = [queries.alike_body(("g_drama",), ("x",), 5), queries.top_body(9)]
    assert_kept("opensearch", found)


def test_entries_hold_what_is_kept() -> None:
    found = {one.titles.main: {name: value for name, value in entry_of(one).items() if name != "film"}
             for one in judged_films()[::12]}  # fmt: skip
    assert_kept("opensearch entries", found)


def test_searches_find_the_films_kept(catalog: Catalog) -> None:
    found: dict[str, object] = {}
    for number, text in enumerate(SAID[::2]):
        page = catalog.search(FilmQuery(text=text, **({"limit": 6} | FILTERS[number % 3 and number % len(FILTERS)])))
        found[text] = [page.match, *(f"{one.titles.main} {one.year}" for one in page.films[:6])]
    assert_kept("searches", found)


def test_pages_look_ups_and_the_top_are_as_kept(catalog: Catalog) -> None:
    found: dict[str, object] = {}
    for number, filters in enumerate(FILTERS):
        query = FilmQuery(**({"limit": 4} | filters))
        first = catalog.search(query)
        found[f"{number}: first"] = [[one.titles.main for one in first.films], first.after]
        if first.after:
            second = catalog.search(FilmQuery(**({"limit": 4} | filters), after=first.after))
            found[f"{number}: second"] = [one.titles.main for one in second.films]
    lot = random.Random(1)
    films = judged_films()
    for number in range(12):
        some = lot.sample(films, 1 + number % 3)
        found[f"{number}: similar"] = [one.titles.main for one in catalog.similar([one.film_id for one in some], 7)]
        told = catalog.find_by_titles([one.titles.main for one in some], 5, exact=number % 2 == 0)
        found[f"{number}: by title"] = [[one.titles.main for one in each] for each in told]
        near = catalog.find_by_title(some[0].titles.main[1:], 5)
        found[f"{number}: near a title"] = [one.titles.main for one in near]
        ids = [one.source_id for one in some] + [one.imdb_id or "?" for one in some]
        found[f"{number}: by source"] = sorted(catalog.find_by_source_ids(ids))
    found["top"] = [one.titles.main for one in catalog.top(25)]
    assert_kept("pages", found)
