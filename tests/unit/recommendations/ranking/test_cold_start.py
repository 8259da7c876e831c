"""The top list of somebody new."""

from chalicelib.recommendations.ranking.cold_start import top_spread
from tests.factories import film_id, films


def test_genres_and_eras_alternate_when_the_top_list_is_all_one_kind() -> None:
    crime = films([f"Crime {n}" for n in range(30)], genres=("Crime",), year=1975)
    comedy = films([f"Comedy {n}" for n in range(30)], genres=("Comedy",), year=2005)
    page = top_spread([*crime, *comedy], set(), 20)
    assert page[0].film.titles.main == "Crime 0"
    assert 6 <= sum(film.film.genres == ("Comedy",) for film in page) <= 14
    assert {film.ground for film in page} == {"popular"}


def test_rated_films_are_left_out_when_the_viewer_has_spoken() -> None:
    top = films(["A", "B", "C"])
    assert {film.film.titles.main for film in top_spread(top, {film_id("B")}, 10)} == {"A", "C"}
