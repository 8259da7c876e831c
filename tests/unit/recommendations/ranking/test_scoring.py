"""From a taste to a ranked list, over fakes."""

from collections.abc import Sequence

import pytest

from chalicelib.catalog.model import CatalogUnavailableError
from chalicelib.recommendations.model import RankedFilm
from chalicelib.recommendations.ranking.candidates import collect
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.recommendations.site_model import Similarities
from tests.factories import NOW, feedback, film_id
from tests.ranking_world import learned, ranked, world


def test_films_that_resemble_it_come_first_when_there_is_one_like() -> None:
    found = ranked(taste_of([feedback("Horror 3")], NOW), world(), limit=5)
    assert {film.film.genres for film in found} == {("Horror",)}
    assert all(film.because == (film_id("Horror 3"),) for film in found)


def test_a_similar_film_comes_first_and_names_its_cause_when_viewers_like_both() -> None:
    similar = learned(**{"Horror 3": {"Comedy 7": 0.3}})
    found = ranked(taste_of([feedback("Horror 3"), feedback("Comedy 1", minutes_ago=5)], NOW), world(), similar)
    assert found[0].film.titles.main == "Comedy 7"
    assert found[0].ground == "neighbour"
    assert found[0].because == (film_id("Horror 3"),)


def test_rated_films_never_come_back_when_they_are_similar_to_everything() -> None:
    similar = learned(**{"Horror 3": {"Horror 4": 0.9, "Horror 5": 0.9, "Horror 6": 0.9}})
    taste = taste_of(
        [feedback("Horror 3"), feedback("Horror 4", rating="dislike"), feedback("Horror 5", steer="exclude")], NOW
    )
    found = {film.film.titles.main for film in ranked(taste, world(), similar, limit=100)}
    assert "Horror 6" in found
    assert found.isdisjoint({"Horror 3", "Horror 4", "Horror 5"})


def test_rated_films_do_not_come_back_when_everybody_likes_them_lately_nor_do_those_that_are_gone() -> None:
    recent = {film_id(title): 1.0 for title in ("Horror 3", "Horror 4", "Gone", "Odd")}
    taste = taste_of([feedback("Horror 3"), feedback("Horror 4", rating="dislike")], NOW)
    found = {film.film.titles.main for film in ranked(taste, world(), lambda _: Similarities(recent=recent), limit=100)}
    assert "Odd" in found
    assert found.isdisjoint({"Horror 3", "Horror 4", "Gone"})


def test_a_dislike_pushes_similar_films_down_but_empties_no_genre_when_given() -> None:
    similar = learned(
        **{
            "Horror 3": {"Horror 8": 0.3, "Horror 7": 0.29, "Horror 9": 0.1},
            "Horror 4": {"Horror 8": 0.3},
        }
    )
    before = ranked(taste_of([feedback("Horror 3")], NOW), world(), similar)
    taste = taste_of([feedback("Horror 3"), feedback("Horror 4", rating="dislike")], NOW)
    after = ranked(taste, world(), similar)
    assert before[0].film.titles.main == "Horror 8"
    assert after[0].film.titles.main == "Horror 7"
    assert sum(film.film.genres == ("Horror",) for film in after) >= 5


def test_three_more_of_the_first_twenty_share_its_genre_when_more_like_this_is_pressed() -> None:
    likes = [feedback(f"Horror {number}", minutes_ago=number) for number in range(4)]
    before = ranked(taste_of(likes, NOW), world())
    after = ranked(taste_of([*likes, feedback("Comedy 1", steer="more_like_this", minutes_ago=1)], NOW), world())

    def comedies(found: list[RankedFilm]) -> int:
        return sum(film.film.genres == ("Comedy",) for film in found)

    assert comedies(after) >= comedies(before) + 3
    asked_for = [film for film in after if film.ground == "steer"]
    assert asked_for
    assert all(film.because == (film_id("Comedy 1"),) for film in asked_for)


def test_the_top_list_answers_when_nothing_is_known() -> None:
    found = ranked(taste_of([], NOW), world(), limit=3)
    assert {film.ground for film in found} == {"popular"}
    assert all(film.film.titles.main.startswith("Giant") for film in found)


def test_calls_are_few_when_the_history_is_long() -> None:
    catalog = world()
    asked: list[int] = []

    def similar(film_ids: Sequence[str]) -> Similarities:
        asked.append(len(film_ids))
        return Similarities()

    history = [feedback(f"Horror {number}", minutes_ago=number) for number in range(500)]
    collect(taste_of(history, NOW), catalog, similar)
    assert len(asked) == 1
    assert asked[0] <= 199, "two batches of DynamoDB's, the pointer among them"
    assert sum(catalog.calls.values()) <= 3


def test_the_failure_is_passed_on_when_the_catalogue_is_down() -> None:
    catalog = world()
    catalog.down = True
    with pytest.raises(CatalogUnavailableError):
        ranked(taste_of([feedback("Horror 3")], NOW), catalog)
