"""Who comes into an evening, and what they bring."""

from datetime import timedelta
from unittest import mock

import pytest

from chalicelib.catalog.model import CatalogUnavailableError
from chalicelib.errors import InvalidInputError
from chalicelib.recommendations.evenings.codes import guest_of, new_code
from chalicelib.recommendations.evenings.model import (
    EveningFullError,
    NoSuchEveningError,
)
from tests.evening_world import GUEST, World
from tests.factories import NOW


@pytest.fixture
def world() -> World:
    return World()


def titles(world: World, code: str) -> list[str]:
    return [film.title for film in world.look(code).films]


def test_a_guests_picks_are_their_taste_and_are_not_shown_again(world: World) -> None:
    code = world.open()
    world.join(code, GUEST, ["Horror 0", "Horror 1", "Horror 2", "Both 0", "Both 1"])
    found = titles(world, code)
    assert len(found) == 10
    assert any(title.startswith(("Horror", "Both")) for title in found)
    assert not {"Horror 0", "Both 0", "Both 1"} & set(found)
    assert world.store.attended.keys() == {"olga"}, "of a guest nothing is noted anywhere else"


@pytest.mark.parametrize("picks", [[], ["A film nobody holds"]])
def test_a_guest_without_known_films_is_refused_and_the_seat_stays_free(world: World, picks: list[str]) -> None:
    code = world.open()
    with pytest.raises(InvalidInputError):
        world.join(code, GUEST, picks)
    assert not world.held(code).is_full


def test_a_viewer_of_whom_nothing_is_known_may_name_films_or_not(world: World) -> None:
    for picks in ([], ["Horror 0"]):
        code = world.open()
        world.join(code, "vera", picks)
        assert len(world.look(code, "vera").films) == 10


def test_joining_again_finds_the_evening_as_it_is(world: World) -> None:
    code, cards = world.both()
    world.say(code, "boris", said={cards[0]: "yes"})
    puts = world.store.puts
    for who in ("boris", "olga"):
        assert [film.film_id for film in world.join(code, who).films][:10] == cards
    assert world.store.puts == puts
    assert world.look(code, "boris").answers


def test_a_third_is_refused(world: World) -> None:
    code, _ = world.both()
    for third in ("vera", guest_of("h" * 43)):
        with pytest.raises(EveningFullError):
            world.join(code, third, ["Both 0"])


def test_of_two_who_join_at_once_one_gets_the_seat(world: World) -> None:
    code = world.open()

    def quicker() -> None:
        world.store.before_put = lambda: None  # type: ignore[method-assign]
        world.join(code, GUEST, ["Both 0"])

    world.store.before_put = quicker  # type: ignore[method-assign]
    with pytest.raises(EveningFullError):
        world.join(code)
    assert [seat.holder for seat in world.held(code).seats] == ["olga", GUEST]


def test_nobody_else_sees_it_and_nobody_finds_it_when_it_is_over(world: World) -> None:
    code, _ = world.both()
    for who in ("vera", GUEST, "?"):
        with pytest.raises(NoSuchEveningError):
            world.look(code, who)
    later = NOW + timedelta(hours=12)
    for do in (lambda: world.look(code, now=later), lambda: world.join(code, "vera", now=later)):
        with pytest.raises(NoSuchEveningError):
            do()
    with pytest.raises(NoSuchEveningError):
        world.join(new_code(), "vera")


def test_the_seat_stays_free_while_the_catalogue_is_away(world: World) -> None:
    code = world.open()
    world.catalog.down = True
    with pytest.raises(CatalogUnavailableError):
        world.join(code)
    world.catalog.down = False
    assert len(world.join(code).films) == 15


def test_two_have_their_films_while_nobody_can_read_what_was_learned(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.similarity, "similarities", mock.Mock(side_effect=ConnectionError("no table answers")))
    _, cards = world.both()
    assert len(cards) == 10
