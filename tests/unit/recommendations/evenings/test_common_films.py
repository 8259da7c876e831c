"""Which films come for both, which do not, and what is told of them."""

from typing import Any

import pytest

from tests.evening_world import World
from tests.factories import NOW, film, film_id


@pytest.fixture
def world() -> World:
    return World()


def titles(world: World, code: str) -> list[str]:
    return [film.title for film in world.look(code).films]


def test_both_see_the_same_ten_films_when_the_second_has_come(world: World) -> None:
    code = world.open()
    waiting = world.look(code)
    assert (waiting.state, waiting.is_host, waiting.films) == ("waiting", True, ())
    world.join(code)
    seen, others = world.look(code), world.look(code, "boris")
    assert (seen.state, len(seen.films)) == ("choosing", 10)
    assert (others.films, others.is_host) == (seen.films, False)
    assert sum(one.title.startswith("Both") for one in seen.films[:6]) >= 3, "what suits both comes early"


@pytest.mark.parametrize(
    "said", [{"rating": "dislike"}, {"steer": "exclude"}, {"rating": "seen"}, {"rating": "like"}], ids=str
)
@pytest.mark.parametrize("who", ["olga", "boris"])
def test_no_film_comes_of_which_either_has_said_anything(world: World, who: str, said: dict[str, Any]) -> None:
    before = World()
    shown = titles(before, before.both()[0])[:4]
    world.says(who, shown, **said)
    assert not set(titles(world, world.both()[0])) & set(shown)


def test_a_film_on_a_watchlist_may_come(world: World) -> None:
    before = World()
    shown = titles(before, before.both()[0])[:4]
    world.says("boris", shown, saved_at=NOW)
    assert set(shown) <= set(titles(world, world.both()[0]))


@pytest.mark.parametrize(("olgas", "boriss"), [({"age_limit": 12}, {}), ({}, {"age_limit": 12}), ({"region": "RU"}, {}),
                                               ({"region": "KZ"}, {"region": "RU"})])  # fmt: skip
def test_age_limits_and_regions_of_both_hold(world: World, olgas: dict[str, Any], boriss: dict[str, Any]) -> None:
    for number in range(30):
        fit: dict[str, Any] = {"age_rating": 6, "regions": ("RU", "KZ")}
        if number % 2:
            fit = {"age_rating": 18, "regions": ("KZ",)}
        world.catalog.films[film_id(f"Both {number}")] = film(
            f"Both {number}", genres=("Comedy", "Horror"), imdb_votes=90_000, imdb_rating=7.5, **fit
        )
    code = world.open(**olgas)
    world.join(code, **boriss)
    shown = [title for title in titles(world, code) if title.startswith("Both")]
    assert shown
    assert all(int(title.split()[1]) % 2 == 0 for title in shown)


def test_reasons_tell_of_genres_that_several_liked_films_have_and_of_nothing_else(world: World) -> None:
    code, _ = world.both()
    reasons = {film.title: film.reason for film in world.look(code).films}
    assert {reasons[title] for title in reasons if title.startswith("Both")} == {
        "For one of you comedy, for the other horror"
    }
    world.says("boris", ["Comedy 20", "Comedy 21"])
    again, _ = world.both()
    assert "What you both like: comedy" not in {film.reason for film in world.look(again).films}, "two are too few"
    world.says("boris", ["Comedy 22"])
    third, _ = world.both()
    assert "What you both like: comedy" in {film.reason for film in world.look(third).films}
