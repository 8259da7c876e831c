"""Deleting an account and registering again resets no cooldown, and leaves nothing else behind."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.auth.keys import KeyRing
from chalicelib.auth.leaving.cooldown import Rest, Rests, carry_over, carry_over_by_id, keep
from chalicelib.auth.leaving.erasure import erase_account
from chalicelib.auth.model import Account
from chalicelib.viewer_ids import of_server
from tests.auth_world import EMAIL, World, key_set


class Lanes:
    """The rests of viewers."""

    def __init__(self) -> None:
        self.known: dict[str, Rest] = {}
        self.fails = False

    @property
    def rests(self) -> Rests:
        return Rests(lambda user_id, _: self.known.get(user_id), self._begin)

    def _begin(self, user_id: str, rest: Rest, _: Any) -> None:
        if self.fails:
            raise OSError("away")
        self.known[user_id] = rest


def again(world: World, lanes: Lanes, email: str = EMAIL) -> Account:
    account = world.register(email)
    carry_over(account, lanes.rests, world.dependencies, world.now)
    return account


def delete(world: World, lanes: Lanes, account: Account) -> None:
    keep(account.user_id, lanes.rests, world.dependencies, world.now)
    erase_account(account.user_id, world.accounts, world.now)


def asked(world: World) -> Rest:
    return Rest(world.now + timedelta(hours=1), 3)


def test_a_new_account_rests_as_long_as_the_one_before_it() -> None:
    world, lanes = World(), Lanes()
    first = again(world, lanes)
    rest = lanes.known[first.user_id] = asked(world)
    for spelling in (EMAIL.upper(), f" {EMAIL}", EMAIL):
        delete(world, lanes, first)
        first = again(world, lanes, spelling)
        assert lanes.known[first.user_id] == rest, "delete and register as often as you like"


def test_nobody_else_rests_and_who_was_never_asked_about_leaves_nothing() -> None:
    world, lanes = World(), Lanes()
    first, second = again(world, lanes), again(world, lanes, "other@example.com")
    lanes.known[first.user_id] = asked(world)
    before = set(world.attempts.counters)
    delete(world, lanes, second)
    assert set(world.attempts.counters) == before
    delete(world, lanes, first)
    assert again(world, lanes, "other@example.com").user_id not in lanes.known


def test_it_is_forgotten_with_the_day_or_the_cooldown() -> None:
    world, lanes = World(), Lanes()
    first = again(world, lanes)
    lanes.known[first.user_id] = asked(world)
    delete(world, lanes, first)
    world.pass_seconds(86_400)
    assert again(world, lanes).user_id not in lanes.known


def test_the_questions_of_the_day_count_until_its_end_though_the_cooldown_is_over() -> None:
    world, lanes = World(), Lanes()
    first = again(world, lanes)
    rest = lanes.known[first.user_id] = Rest(world.now + timedelta(minutes=1), 12)
    delete(world, lanes, first)
    world.pass_seconds(3_600)
    assert lanes.known[again(world, lanes).user_id] == rest


def test_what_is_kept_names_nobody_without_our_key() -> None:
    world, lanes = World(), Lanes()
    first = again(world, lanes)
    lanes.known[first.user_id] = asked(world)
    before = set(world.attempts.counters)
    delete(world, lanes, first)
    (key,) = set(world.attempts.counters) - before
    assert first.user_id not in key
    other = World()
    other.dependencies = type(other.dependencies)(
        other.accounts, other.sessions, other.attempts, KeyRing(lambda: key_set("other")), other.settings
    )
    theirs = again(other, lanes)
    lanes.known[theirs.user_id] = asked(other)
    before = set(other.attempts.counters)
    delete(other, lanes, theirs)
    assert set(other.attempts.counters) - before != {key}, "a plain hash would be the same on every site"


def test_it_is_found_after_a_rotation_of_keys() -> None:
    world, lanes = World(), Lanes()
    first = again(world, lanes)
    lanes.known[first.user_id] = asked(world)
    delete(world, lanes, first)
    rotated = KeyRing(lambda: key_set("two", "one").replace("onetwo", "one"))
    world.dependencies = type(world.dependencies)(
        world.accounts, world.sessions, world.attempts, rotated, world.settings
    )
    assert again(world, lanes).user_id in lanes.known


def test_an_account_is_made_though_its_rest_cannot_be_noted(caplog: pytest.LogCaptureFixture) -> None:
    world, lanes = World(), Lanes()
    first = again(world, lanes)
    lanes.known[first.user_id] = asked(world)
    delete(world, lanes, first)
    lanes.fails = True
    assert again(world, lanes).user_id in world.accounts.accounts
    assert "does not rest" in caplog.text


def test_a_viewer_from_elsewhere_who_begins_anew_rests_as_before() -> None:
    world, lanes, user_id = World(), Lanes(), of_server("42")
    lanes.known[user_id] = Rest(world.now + timedelta(minutes=50), 3)
    keep(user_id, lanes.rests, world.dependencies, world.now)
    rest = lanes.known.pop(user_id)
    carry_over_by_id(user_id, lanes.rests, world.dependencies, world.now + timedelta(minutes=17))
    assert lanes.known == {user_id: rest}
    assert not [key for key in world.attempts.counters if user_id in key], "a MAC, and no id"
