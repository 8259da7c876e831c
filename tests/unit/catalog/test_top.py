"""Which film is better known, and which rating may be believed."""

import pytest

from chalicelib.catalog.top import PRIOR_RATING, popularity, top_films, weighted_rating
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
