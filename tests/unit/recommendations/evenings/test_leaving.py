"""What an account's export and erasure do with its evenings."""

import pytest

from chalicelib.recommendations.evenings.leaving import forget_evenings, holdings
from chalicelib.recommendations.evenings.model import NoSuchEveningError
from chalicelib.recommendations.model import UserErasedError
from tests.evening_world import World


@pytest.fixture
def world() -> World:
    return World()


def test_the_export_has_the_common_list_and_ones_own_answers(world: World) -> None:
    code, cards = world.both()
    world.open()
    world.say(code, "olga", said={cards[0]: "yes"})
    world.say(code, "boris", said={cards[1]: "veto"})
    first, second = holdings(world.store, "olga")
    assert (first.answers, first.films[:10], first.chosen) == ({cards[0]: "yes"}, tuple(cards), "")
    assert (second.films, second.answers) == ((), {})
    assert [one.answers for one in holdings(world.store, "boris")] == [{cards[1]: "veto"}]
    assert list(holdings(world.store, "vera")) == []


def test_a_deleted_viewers_evenings_end_for_both_and_no_later_one_begins(world: World) -> None:
    code, _ = world.both()
    own = world.open()
    other = world.open("boris")
    for _ in range(2):
        forget_evenings(world.store, "olga")
    for gone in (code, own):
        with pytest.raises(NoSuchEveningError):
            world.look(gone, "boris" if gone == code else "olga")
    assert world.look(other, "boris").state == "waiting"
    with pytest.raises(UserErasedError):
        world.open()
    assert list(holdings(world.store, "olga")) == []


def test_an_evening_that_comes_in_during_the_erasure_ends_too(world: World) -> None:
    world.open()
    end = world.store.end
    opened: list[str] = []

    def opening(key: str, until: object) -> None:
        if not opened:
            opened.append(world.open())
        end(key, until)  # type: ignore[arg-type]

    world.store.end = opening  # type: ignore[method-assign]
    forget_evenings(world.store, "olga")
    assert opened
    assert list(world.store.evenings.values()) == [None, None]
