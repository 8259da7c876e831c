"""A code is good for its account, its purpose and its time, and nothing kept of it could be used as one."""

from datetime import timedelta

import pytest

from chalicelib.auth.letters.codes import find_code, new_code, use_up
from chalicelib.auth.letters.port import InvalidCodeError, Purpose
from tests.auth_world import World
from tests.fake_accounts import FakeCodeStore


def found(world: World, codes: FakeCodeStore, text: str, purpose: Purpose = "reset") -> str:
    return find_code(text, purpose, world.accounts, codes, world.now)[0].user_id


def test_a_code_is_found_as_it_was_sent_and_pasted() -> None:
    world, codes = World(), FakeCodeStore()
    account = world.register()
    text = new_code(account, "reset", codes, world.now)
    assert found(world, codes, text) == found(world, codes, f" {text}\n") == account.user_id
    assert text not in repr(codes.codes)
    assert new_code(account, "reset", codes, world.now) != text


def test_a_code_is_good_for_one_purpose_and_for_its_time() -> None:
    world, codes = World(), FakeCodeStore()
    text = new_code(world.register(), "reset", codes, world.now)
    with pytest.raises(InvalidCodeError):
        found(world, codes, text, "confirm")
    world.now += timedelta(hours=1)
    with pytest.raises(InvalidCodeError):
        found(world, codes, text)


def test_a_code_is_over_when_the_password_was_changed_or_the_account_deleted() -> None:
    world, codes = World(), FakeCodeStore()
    account = world.register()
    text = new_code(account, "reset", codes, world.now)
    assert world.accounts.change_password(account.user_id, account.password_hash, "another")
    with pytest.raises(InvalidCodeError):
        found(world, codes, text)
    world.accounts.accounts.clear()
    with pytest.raises(InvalidCodeError):
        found(world, codes, text)


@pytest.mark.parametrize("text", ["", "A", "é", "A" * 54, "A" * 56, "x" * 10_000])
def test_what_was_never_sent_is_no_code(text: str) -> None:
    world = World()
    world.register()
    with pytest.raises(InvalidCodeError) as refusal:
        found(world, FakeCodeStore(), text)
    assert refusal.value.field == "token"


def test_a_code_is_used_up_once() -> None:
    world, codes = World(), FakeCodeStore()
    text = new_code(world.register(), "confirm", codes, world.now)
    _, code = find_code(text, "confirm", world.accounts, codes, world.now)
    use_up(code, codes)
    with pytest.raises(InvalidCodeError):
        use_up(code, codes)
    with pytest.raises(InvalidCodeError):
        found(world, codes, text, "confirm")
