"""The top list of somebody new."""

from chalicelib.recommendations.ranking.cold_start import RECENT_EVERY, top_spread, with_places_for
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


def test_two_of_ten_places_are_for_films_liked_lately_and_the_others_keep_their_order() -> None:
    top, recent = films([f"Old {n}" for n in range(20)]), films([f"New {n}" for n in range(9)])
    titles = [film.titles.main for film in with_places_for(recent, top, RECENT_EVERY)]
    assert [place for place, title in enumerate(titles) if title.startswith("New")] == [2, 7, 12, 17]
    assert [title for title in titles if title.startswith("New")] == [f"New {n}" for n in range(4)]
    assert [title for title in titles if title.startswith("Old")] == [f"Old {n}" for n in range(16)]


def test_a_film_stands_once_when_it_is_liked_lately_and_good() -> None:
    top = films(["A", "B", "C", "D", "E", "F", "G", "H"])
    titles = [film.titles.main for film in with_places_for([top[0], top[6]], top, RECENT_EVERY)]
    assert titles == ["A", "B", "G", "C", "D", "E", "F", "H"]
    assert with_places_for([], top, RECENT_EVERY) == list(top)
