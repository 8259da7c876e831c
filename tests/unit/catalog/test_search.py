"""What the search asks of the catalogue, and what it refuses to ask."""

import pytest

from chalicelib.catalog.model import FilmQuery
from chalicelib.catalog.search import search_films
from chalicelib.errors import InvalidInputError
from tests.factories import film
from tests.fakes import FakeCatalog


def test_films_of_the_years_are_found_and_both_ends_count() -> None:
    catalog = FakeCatalog([film(f"Of {year}", year=year) for year in (1971, 1972, 1979, 1980)])
    page = search_films(catalog, FilmQuery(year_from=1972, year_to=1979, sort="year"))
    assert [one.year for one in page.films] == [1979, 1972]
    assert [one.year for one in search_films(catalog, FilmQuery(year_from=1972, year_to=1972)).films] == [1972]


def test_the_catalogue_is_not_asked_when_the_years_are_the_wrong_way_round() -> None:
    catalog = FakeCatalog([film("Alien")])
    with pytest.raises(InvalidInputError) as refusal:
        search_films(catalog, FilmQuery(year_from=1980, year_to=1979))
    assert refusal.value.field == "year_from"
    assert catalog.calls["search"] == 0
