"""How many evenings a viewer may have, and none for whoever is gone."""

from datetime import timedelta

import pytest

from chalicelib.recommendations.evenings.codes import key_of
from chalicelib.recommendations.evenings.model import (
    Attendance,
    EveningChangedError,
    TooManyEveningsError,
)
from chalicelib.recommendations.model import UserErasedError
from tests.evening_world import MOST, World
from tests.factories import NOW


@pytest.fixture
def world() -> World:
    return World()


def test_a_viewer_has_so_many_evenings_at_a_time(world: World) -> None:
    codes = [world.open() for _ in range(MOST)]
    with pytest.raises(TooManyEveningsError) as refused:
        world.open()
    assert 0 < refused.value.retry_after_seconds <= 12 * 3600
    foreign = world.open("boris")
    with pytest.raises(TooManyEveningsError):
        world.join(foreign, "olga")
    assert world.open(now=NOW + timedelta(hours=12))
    assert [world.look(code).state for code in codes] == ["waiting"] * MOST


@pytest.mark.parametrize("who", ["olga", "boris"])
def test_an_evening_that_either_has_ended_does_not_count(world: World, who: str) -> None:
    codes = [world.open() for _ in range(MOST)]
    for code in codes[:2]:
        world.join(code)
    world.end(codes[0], "stranger")
    with pytest.raises(TooManyEveningsError):
        world.open()
    for code in codes[:2]:
        world.end(code, who)
    again = [world.open(), world.open("boris")]
    world.join(again[1], "olga")
    with pytest.raises(TooManyEveningsError):
        world.open()
    noted = {one.key for one in world.store.attendance("olga").evenings}
    assert noted == {key_of(code) for code in (*codes[2:], *again)}, "and what is over is not kept for ever"


def test_whether_evenings_have_been_ended_is_asked_only_at_the_limit(world: World) -> None:
    for _ in range(MOST):
        code = world.open()
        world.end(code, "olga")
    finds, world.store.finds = world.store.finds, 0
    assert finds == MOST, "one for each end"
    world.open()
    assert world.store.finds == MOST
    world.store.finds = 0
    world.open()
    assert world.store.finds == 0


def test_whoever_is_deleted_meanwhile_leaves_no_evening_behind(world: World) -> None:
    world.store.attended["olga"] = Attendance(erased=True)
    with pytest.raises(UserErasedError):
        world.open()
    assert list(world.store.evenings.values()) == [None]
    code = world.open("boris")
    with pytest.raises(UserErasedError):
        world.join(code, "olga")
    assert world.store.find(key_of(code)) is None


def test_an_evening_that_cannot_be_noted_under_its_viewer_is_not_left_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.store, "put_attendance", lambda *_, **__: False)
    with pytest.raises(EveningChangedError):
        world.open()
    assert list(world.store.evenings.values()) == [None]
