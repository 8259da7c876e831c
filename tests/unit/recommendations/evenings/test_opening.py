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
    world.end(codes[0], "olga")
    with pytest.raises(TooManyEveningsError):
        world.open(now=NOW + timedelta(hours=1))  # an ended one counts until it would have been over
    assert world.open(now=NOW + timedelta(hours=12))


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
