"""What a code is good for: confirming an address, and a password that only the mailbox's owner can set."""

import pytest

from chalicelib.auth.accounts import profile_of
from chalicelib.auth.letters.codes import new_code
from chalicelib.auth.letters.port import InvalidCodeError
from chalicelib.auth.letters.redeem import confirm_email, reset_password
from chalicelib.auth.model import SessionOverError, WrongCredentialsError
from chalicelib.errors import InvalidInputError
from chalicelib.settings import Settings
from tests.auth_world import World
from tests.fake_accounts import FakeCodeStore

FRESH = "twelve green bottles"


def test_an_address_is_confirmed_once_by_its_code() -> None:
    world, codes = World(), FakeCodeStore()
    account = world.register()
    strict = Settings(confirm_email=True)
    assert not profile_of(account, strict).confirmed
    assert profile_of(account, world.settings).confirmed, "where nobody is asked everybody is"
    code = new_code(account, "confirm", codes, world.now)
    confirm_email(code, world.accounts, codes, world.now)
    assert profile_of(world.accounts.accounts[account.user_id], strict).confirmed
    with pytest.raises(InvalidCodeError):
        confirm_email(code, world.accounts, codes, world.now)


def test_a_reset_sets_the_password_ends_every_session_and_confirms_the_address() -> None:
    world, codes = World(), FakeCodeStore()
    account = world.register()
    open_session = world.sign_in()
    code = new_code(account, "reset", codes, world.now)
    reset_password(code, FRESH, world.accounts, codes, world.settings, world.now)
    with pytest.raises(SessionOverError):
        world.refresh(open_session.refresh_token)
    with pytest.raises(WrongCredentialsError):
        world.sign_in()
    world.sign_in(FRESH)
    assert world.accounts.accounts[account.user_id].confirmed_at == world.now


def test_every_code_of_an_account_is_over_when_one_has_set_its_password() -> None:
    world, codes = World(), FakeCodeStore()
    account = world.register()
    first, second = (new_code(account, "reset", codes, world.now) for _ in range(2))
    reset_password(second, FRESH, world.accounts, codes, world.settings, world.now)
    for code in (first, second):
        with pytest.raises(InvalidCodeError):
            reset_password(code, FRESH, world.accounts, codes, world.settings, world.now)


def test_a_code_stays_good_when_the_new_password_may_not_be_chosen() -> None:
    world, codes = World(), FakeCodeStore()
    code = new_code(world.register(), "reset", codes, world.now)
    with pytest.raises(InvalidInputError) as refusal:
        reset_password(code, "password123", world.accounts, codes, world.settings, world.now)
    assert refusal.value.field == "new_password"
    reset_password(code, FRESH, world.accounts, codes, world.settings, world.now)


def test_a_code_that_confirms_sets_no_password() -> None:
    world, codes = World(), FakeCodeStore()
    code = new_code(world.register(), "confirm", codes, world.now)
    with pytest.raises(InvalidCodeError):
        reset_password(code, FRESH, world.accounts, codes, world.settings, world.now)
    world.sign_in()
