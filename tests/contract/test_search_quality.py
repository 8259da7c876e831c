"""The demo catalogue: the bars of search quality (OpenSearch must reach them in `tests/real`), and a strangers list."""

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.recommendations.ranking.cold_start import top_spread
from chalicelib.recommendations.top_list import strangers_list
from tests.search.judging import assert_quality


def test_what_is_meant_comes_first_when_viewers_type_as_they_do(demo_catalog: EmbeddedCatalog) -> None:
    assert_quality(demo_catalog)


def test_a_stranger_is_shown_films_of_the_catalogues_last_years(demo_catalog: EmbeddedCatalog) -> None:
    shown = [one.film for one in top_spread(strangers_list(demo_catalog, list, 100), set(), 100)]
    years = [film.year or 0 for film in shown]
    assert any(year >= 2014 for year in years[:10]), "it ends in 2016"
    assert sum(year >= 2014 for year in years[:60]) >= 6, "as many as the page reads"
    assert {2014, 2015} <= set(years)
    assert sum(year < 2000 for year in years) >= 60, "and most are the classics they were"
