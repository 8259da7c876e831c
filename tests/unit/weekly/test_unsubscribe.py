"""The link of a letter ends its reader's letters, by one press and without signing in, and does nothing else."""

from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.auth.admission import Admission
from chalicelib.auth.keys import KeyRing
from chalicelib.errors import UnauthorizedError
from chalicelib.weekly.unsubscribe import InvalidLinkError, find_owner, unsubscribe, unsubscribe_url
from tests.auth_world import key_set
from tests.weekly_world import SITE, Weekly


def token_of(weekly: Weekly, keys: KeyRing | None = None) -> str:
    url = unsubscribe_url(SITE, weekly.user_id, keys or weekly.world.keys)
    assert url.startswith(f"{SITE}v1/letters/unsubscribe?")
    return parse_qs(urlsplit(url).query)["token"][0]


def test_one_press_ends_the_letters_and_a_second_one_changes_nothing() -> None:
    weekly = Weekly()
    token, accounts, keys = token_of(weekly), weekly.world.accounts, weekly.world.keys
    assert find_owner(token, accounts, keys) == accounts.find(weekly.user_id)
    assert weekly.held(), "looking ends nothing"
    for _ in range(2):
        unsubscribe(token, accounts, keys)
        assert weekly.subscribers.find(weekly.user_id) is None
    assert not weekly.send()


def test_it_ends_nobody_elses_and_leaves_the_account_as_it_was() -> None:
    weekly = Weekly()
    accounts, keys = weekly.world.accounts, weekly.world.keys
    other = weekly.world.register("oleg@example.com", address="198.18.0.1")
    accounts.set_letters(other.user_id, weekly.world.now)
    before = accounts.find(weekly.user_id)
    unsubscribe(token_of(weekly), accounts, keys)
    assert accounts.accounts[other.user_id].letters_since
    assert accounts.accounts[weekly.user_id].email == before.email  # type: ignore[union-attr]
    assert accounts.accounts[weekly.user_id].session_epoch == before.session_epoch  # type: ignore[union-attr]


def test_it_opens_no_door() -> None:
    weekly = Weekly()
    world, token = weekly.world, token_of(weekly)
    admission = Admission(world.keys, lambda: world.accounts, lambda: world.sessions, world.settings)
    with pytest.raises(UnauthorizedError):
        admission.admit(token, world.now)
    with pytest.raises(UnauthorizedError):
        world.refresh(token)


@pytest.mark.parametrize("change", ["cut", "longer", "another user", "nonsense", "empty", "not ascii"])
def test_a_link_that_is_not_ours_ends_nothing(change: str) -> None:
    weekly = Weekly()
    good = token_of(weekly)
    bad = {
        "cut": good[:-4],
        "longer": good + "AAAA",
        "another user": ("B" if good[0] == "A" else "A") + good[1:],
        "nonsense": "x" * 43,
        "empty": "",
        "not ascii": "é" * 43,
    }[change]
    with pytest.raises(InvalidLinkError) as refusal:
        unsubscribe(bad, weekly.world.accounts, weekly.world.keys)
    assert refusal.value.field == "token"
    assert weekly.held()


def test_it_outlives_a_rotation_of_keys_and_ends_with_its_own() -> None:
    weekly = Weekly()
    token = token_of(weekly)
    rotated, replaced = KeyRing(lambda: key_set("two", "one")), KeyRing(lambda: key_set("two"))
    assert find_owner(token, weekly.world.accounts, rotated)
    with pytest.raises(InvalidLinkError):
        unsubscribe(token, weekly.world.accounts, replaced)


def test_whoever_is_gone_is_told_the_same() -> None:
    weekly = Weekly()
    token = token_of(weekly)
    weekly.world.accounts.erase(weekly.account, weekly.world.now, weekly.world.now)
    assert unsubscribe(token, weekly.world.accounts, weekly.world.keys) is None
