"""What the two see and answer, and what either learns of the other."""

from datetime import timedelta

import msgspec
import pytest

from chalicelib.errors import InvalidInputError
from chalicelib.recommendations.evenings.model import (
    CARDS,
    EveningChangedError,
    NoSuchEveningError,
)
from tests.evening_world import GUEST, World, all_of
from tests.factories import NOW, film_id


@pytest.fixture
def world() -> World:
    return World()


def test_both_offline_and_back_at_once_lose_nothing(world: World) -> None:
    code, cards = world.both()

    def quicker() -> None:
        world.store.before_put = lambda: None  # type: ignore[method-assign]
        world.say(code, "boris", said=all_of(cards[5:], "yes") | all_of(cards[:5], "no"))

    world.store.before_put = quicker  # type: ignore[method-assign]
    ended = world.say(code, "olga", said=all_of(cards[:6], "yes") | all_of(cards[6:], "no"))
    assert ended.chosen is not None
    assert ended.chosen.film_id == cards[5]


def test_whoever_always_loses_the_race_is_told(world: World) -> None:
    code, cards = world.both()
    world.store.put = lambda *_, **__: False  # type: ignore[method-assign]
    with pytest.raises(EveningChangedError):
        world.say(code, "olga", said={cards[0]: "yes"})


def test_a_film_of_no_evening_is_refused(world: World) -> None:
    code, cards = world.both()
    with pytest.raises(InvalidInputError):
        world.say(code, "olga", said={cards[0]: "yes", film_id("Comedy 0"): "yes"})
    assert world.look(code).answers == ()


def test_nothing_of_one_is_shown_to_the_other(world: World) -> None:
    code, cards = world.both()
    before = world.look(code, "boris")
    world.say(code, "olga", said=all_of(cards[:9], "veto") | {cards[9]: "yes"})
    assert world.look(code, "boris") == before, "not even that somebody has answered"
    said = msgspec.json.encode(world.look(code, "boris")).decode()
    for name in ["olga", *(f"Comedy {n}" for n in range(5)), *(film_id(f"Comedy {n}") for n in range(5))]:
        assert f'"{name}"' not in said


def test_a_withdrawn_film_is_no_card_and_another_takes_its_place(world: World) -> None:
    code, cards = world.both()
    world.say(code, "olga", said=all_of(cards, "no"))
    world.say(code, "boris", said=all_of(cards[1:], "no"))
    del world.catalog.films[cards[0]]
    now = world.look(code)
    assert (len(now.films), now.state) == (CARDS, "choosing")
    assert [film.film_id for film in now.films][:9] == cards[1:]
    last = now.films[-1].film_id
    world.say(code, "olga", said={last: "yes"})
    ended = world.say(code, "boris", said={last: "yes"})
    assert ended.chosen is not None
    assert ended.chosen.film_id == last


def test_a_limit_that_has_become_stricter_holds_from_the_next_look_on(world: World) -> None:
    code, cards = world.both()
    assert world.look(code, age_limit=12).films == (), "a film of unknown age counts as 16"
    assert world.look(code, "boris").films == (), "of both"
    assert world.look(code, age_limit=18).films == (), "and it does not widen again"
    assert cards


def test_either_ends_it_for_both_and_nobody_else_does(world: World) -> None:
    for who in ("olga", "boris"):
        code, _ = world.both()
        for stranger in ("vera", GUEST):
            world.end(code, stranger)
        assert world.look(code, "boris").state == "choosing"
        for _ in range(2):
            world.end(code, who)
        for one in ("olga", "boris"):
            with pytest.raises(NoSuchEveningError):
                world.look(code, one)


def test_answers_after_the_end_of_the_night_come_too_late(world: World) -> None:
    code, cards = world.both()
    with pytest.raises(NoSuchEveningError):
        world.say(code, "olga", NOW + timedelta(hours=12), said={cards[0]: "yes"})
