"""Profiles of viewers from elsewhere."""

import pytest

from chalicelib.auth.accounts import ProfileFields
from chalicelib.auth.elsewhere.profiles import change_foreign_profile, get_foreign_profile
from chalicelib.auth.model import WrongCredentialsError
from chalicelib.errors import InvalidInputError
from chalicelib.viewer_ids import of_server
from tests.factories import NOW
from tests.fake_accounts import FakeAccountStore, FakeForeignStore

USER = of_server("42")


def store() -> FakeForeignStore:
    return FakeForeignStore(FakeAccountStore())


def test_nothing_is_stored_until_something_is_chosen() -> None:
    held = store()
    found = get_foreign_profile(USER, "en", False, held)
    assert (found.user_id, found.language, found.email, found.confirmed, found.roles) == (
        USER, "en", None, True, ("viewer",),
    )  # fmt: skip
    assert not held.profiles


def test_what_is_given_changes_and_the_rest_stays() -> None:
    held = store()
    given = ProfileFields(name="  Вера ", age_limit=12, region="DE")
    changed = change_foreign_profile(USER, "en", True, given, held)
    assert (changed.name, changed.language, changed.age_limit, changed.region) == ("Вера", "en", 12, "DE")
    assert changed.roles == ("viewer", "operator")
    again = change_foreign_profile(USER, "ru", False, ProfileFields(age_limit=None), held)
    assert (again.name, again.language, again.age_limit) == ("Вера", "en", None), "a choice outlives what issuers say"
    assert get_foreign_profile(USER, "ru", False, held) == again


def test_a_name_is_a_name_here_too() -> None:
    with pytest.raises(InvalidInputError):
        change_foreign_profile(USER, "en", False, ProfileFields(name="win at casino.com"), store())


def test_nothing_is_stored_of_whoever_was_deleted() -> None:
    held = store()
    held.erase(USER, NOW, NOW)
    with pytest.raises(WrongCredentialsError):
        change_foreign_profile(USER, "en", False, ProfileFields(name="Vera"), held)
    assert not held.profiles
