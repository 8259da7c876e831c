"""A film that rests for a viewer makes room on their list, and is back when it does not rest any more."""

from typing import Any

from chalicelib.operator.viewer_list import published_list
from chalicelib.recommendations.messages import Rebuild
from chalicelib.recommendations.model import RankedFilm, Why
from chalicelib.recommendations.resting import parted
from tests.lanes import Lanes, some_films

VIEWER = "viewer"


def woken(lanes: Lanes) -> None:
    """As the nightly count does it."""
    lanes.outbox.send_rebuilds([Rebuild(user_id=VIEWER, changed_at=lanes.now)])
    lanes.deliver()


def lanes_with(resting: dict[str, int]) -> Lanes:
    lanes = Lanes(some_films())
    lanes.dependencies = lanes.dependencies._replace(resting_of=lambda _user_id: resting)
    lanes.ask_dependencies = lanes.ask_dependencies._replace(fast=lanes.dependencies)
    lanes.like_some(3, VIEWER)
    lanes.deliver()
    return lanes


def ids(lanes: Lanes) -> list[str]:
    held = lanes.store.read(VIEWER).list_
    assert held
    return [one.card.film_id for one in held.films]


def test_films_that_rest_stand_last_from_the_next_list_on_and_say_why() -> None:
    resting: dict[str, int] = {}
    lanes = lanes_with(resting)
    before = ids(lanes)
    tired = [before[0], before[3]]
    resting.update({tired[0]: 12, tired[1]: 10})
    woken(lanes)
    after = ids(lanes)
    assert sorted(after) == sorted(before)
    assert set(after[-2:]) == set(tired)
    places: Any = {one.film_id: one for one in published_list(lanes.store, VIEWER, "ru", lanes.now).places}
    assert [places[one].account.shown_untouched for one in tired] == [12, 10]
    assert all(places[one].account.rose < 0 for one in tired)
    others = [one.account for one in places.values() if one.film_id not in tired and one.account]
    assert others
    assert all(one.shown_untouched is None for one in others)


def test_nothing_is_published_when_nothing_has_changed_and_a_film_comes_back_in_the_end() -> None:
    resting: dict[str, int] = {}
    lanes = lanes_with(resting)
    before = ids(lanes)
    version = lanes.store.read(VIEWER).list_.version  # type: ignore[union-attr]
    woken(lanes)
    assert lanes.store.read(VIEWER).list_.version == version  # type: ignore[union-attr]
    resting[before[0]] = 10
    woken(lanes)
    resting[before[0]] = 11  # shown once more at the end of the list
    woken(lanes)
    assert lanes.store.read(VIEWER).list_.version == version + 1  # type: ignore[union-attr]
    resting.clear()
    woken(lanes)
    assert before[0] in ids(lanes)[:20]


def test_the_places_that_it_leaves_are_taken_by_films_that_had_none() -> None:
    """And what is drawn by lot pushes none of those that rest out of the list, where the operator looks for them."""
    ranked = [RankedFilm(film=one, score=1.0, why=Why(1, 1, 1, 1, 100)) for one in some_films(12)]
    resting = {ranked[0].film.film_id: 10, ranked[11].film.film_id: 10}
    awake, rested = parted(ranked, resting, 10)
    assert awake == ranked[1:11]
    assert [(one.film.film_id, one.why.shown) for one in rested if one.why] == [(ranked[0].film.film_id, 10)]
