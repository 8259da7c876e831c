"""Which film is better known, and which rating may be believed."""

import pytest

from chalicelib.catalog.model import Film
from chalicelib.catalog.top import PRIOR_RATING, newest_films, popularity, top_films, weighted_rating
from tests.factories import film
from tests.fakes import FakeCatalog


def test_a_rating_counts_more_when_more_have_voted() -> None:
    few, many = weighted_rating(9.5, 20), weighted_rating(8.5, 500_000)
    assert few is not None
    assert many is not None
    assert PRIOR_RATING < few < many < 8.5
    assert weighted_rating(9.0, 3_000) == pytest.approx((9.0 + PRIOR_RATING) / 2), "at the prior's votes, half way"


@pytest.mark.parametrize(("rating", "votes"), [(None, 100), (8.0, None), (8.0, 0), (None, None)])
def test_there_is_no_rating_when_nobody_voted(rating: float | None, votes: int | None) -> None:
    assert weighted_rating(rating, votes) is None


def test_a_film_is_as_well_known_as_its_votes_say_or_the_sources_own_viewers() -> None:
    famous, known = film("Famous", imdb_votes=2_500_000), film("Known", imdb_votes=10_000)
    fresh, nobody = film("Fresh", audience_votes=200), film("Nobody")
    assert 1 > popularity(famous) > popularity(fresh) > popularity(known) > popularity(nobody) == 0


def test_the_top_list_is_as_long_as_asked_for() -> None:
    catalog = FakeCatalog([film(f"No {number}", imdb_rating=8.0, imdb_votes=9_000) for number in range(30)])
    assert len(top_films(catalog, 7)) == 7


def rated(year: int, rating: float, name: str = "") -> Film:
    return film(f"{name or 'Film'} {year} {rating}", year=year, imdb_rating=rating, imdb_votes=4_000)


def test_the_newest_films_are_the_best_of_the_last_three_years_that_hold_some() -> None:
    last = [rated(2016, 7 + n / 10) for n in range(10)]
    slip, announced = rated(2116, 9.9), film("To come", year=2027)
    catalog = FakeCatalog([*last, rated(2014, 9.5), rated(2013, 9.9), rated(2015, 6.5), slip, announced])
    found = newest_films(catalog, 4)
    assert [one.titles.main for one in found if one != slip] == [
        "Film 2014 9.5", "Film 2016 7.9", "Film 2016 7.8"
    ]  # fmt: skip
    assert rated(2015, 6.5) not in newest_films(catalog, 100), "no better than the mean"
    assert announced not in newest_films(catalog, 100), "rated by nobody"


def test_no_film_is_the_newest_of_a_catalogue_without_years_or_films() -> None:
    assert newest_films(FakeCatalog(), 5) == ()
    assert newest_films(FakeCatalog([film("Undated", year=None)]), 5) == ()
