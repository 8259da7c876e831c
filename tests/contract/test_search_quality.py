"""The demo catalogue: the bars of search quality (OpenSearch must reach them in `tests/real`), and a strangers list."""

import pytest

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.recommendations.ranking.cold_start import top_spread
from chalicelib.recommendations.top_list import strangers_list
from infra.catalog.sources.demo import demo_films
from tests.search.judging import judge, judged_queries


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedCatalog:
    catalog = EmbeddedCatalog(f"sqlite://{tmp_path_factory.mktemp('demo') / 'catalog.sqlite'}")
    catalog.replace_all(demo_films())
    return catalog


def test_the_film_meant_comes_first_when_viewers_type_as_they_do(catalog: EmbeddedCatalog) -> None:
    overall, _, misses = judge(catalog)
    assert len(judged_queries()) >= 150
    assert overall["success_at_1"] >= 0.95, misses
    assert overall["success_at_5"] >= 0.99, misses


def test_a_stranger_is_shown_films_of_the_catalogues_last_years(catalog: EmbeddedCatalog) -> None:
    shown = [one.film for one in top_spread(strangers_list(catalog, list, 100), set(), 100)]
    years = [film.year or 0 for film in shown]
    assert any(year >= 2014 for year in years[:10]), "it ends in 2016"
    assert sum(year >= 2014 for year in years[:60]) >= 6, "as many as the page reads"
    assert {2014, 2015} <= set(years)
    assert sum(year < 2000 for year in years) >= 60, "and most are the classics they were"
