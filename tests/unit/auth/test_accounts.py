import pytest

from chalicelib.auth import accounts
from chalicelib.auth.accounts import ProfileFields
from chalicelib.auth.model import EmailTakenError, SessionOverError, ThrottledError, WrongCredentialsError
from chalicelib.errors import InvalidInputError
from tests.auth_world import EMAIL, PASSWORD, World


def test_an_account_has_a_uuid_russian_and_a_hash_when_registered() -> None:
    account = World().register(" Vera@Example.com", name="  Вера ")
    assert (len(account.user_id), account.email, account.name, account.language) == (36, EMAIL, "Вера", "ru")
    assert PASSWORD not in account.password_hash


def test_registering_is_refused_when_the_address_is_taken_in_another_spelling() -> None:
    world = World()
    world.register()
    with pytest.raises(EmailTakenError):
        world.register("VERA@example.com")


def test_registering_is_slowed_down_when_hundreds_of_taken_addresses_were_tried_from_one_address() -> None:
    world = World()
    world.register()
    for _ in range(world.settings.throttle_failures_per_address):
        with pytest.raises(EmailTakenError):
            world.register()
    with pytest.raises(ThrottledError):
        world.register("somebody.else@example.com")


def test_an_address_makes_no_more_accounts_in_an_hour_than_the_site_allows() -> None:
    world = World()
    for number in range(world.settings.registrations_per_hour):
        world.register(f"viewer{number}@example.com")
    with pytest.raises(EmailTakenError):
        World.register(world, "viewer0@example.com", address="192.0.2.77")
    with pytest.raises(ThrottledError) as refusal:
        world.register("one.more@example.com")
    assert 3_500 < refusal.value.retry_after_seconds <= 3_600
    assert len(world.accounts.accounts) == world.settings.registrations_per_hour
    world.register("elsewhere@example.com", address="192.0.2.77")
    world.pass_seconds(3_600)
    world.register("one.more@example.com")


def test_a_taken_address_uses_up_no_account_of_the_hour() -> None:
    world = World()
    world.register()
    for _ in range(world.settings.registrations_per_hour):
        with pytest.raises(EmailTakenError):
            world.register()
    world.register("somebody.else@example.com")


@pytest.mark.parametrize(
    "name",
    ["x" * 101, "two\nlines", "nul\x00", "\u202eareV", "Ве\u200bра", "В\u0336\u0336\u0336ера", "Веrа", "@vera",
     "vera@example.com", "t.me/vera", "kino.ru", "+7 900 123-45-67"],
)  # fmt: skip
def test_a_name_is_refused_when_long_or_not_printable(name: str) -> None:
    with pytest.raises(InvalidInputError):
        World().register(name=name)


def test_a_profile_keeps_what_is_absent_and_clears_a_null_name() -> None:
    world = World()
    user_id = world.register(name="Вера").user_id
    changed = accounts.change_profile(user_id, ProfileFields(language="en"), world.accounts, world.now)
    assert (changed.name, changed.language) == ("Вера", "en")
    assert accounts.change_profile(user_id, ProfileFields(name=None), world.accounts, world.now).name is None
    assert world.accounts.accounts[user_id].language == "en"


def test_every_session_ends_and_only_the_new_password_is_good_when_it_was_changed() -> None:
    world = World()
    user_id = world.register().user_id
    pairs = [world.sign_in(), world.sign_in()]
    accounts.change_password(user_id, PASSWORD, "another good one", world.dependencies, world.now)
    for pair in pairs:
        with pytest.raises(SessionOverError):
            world.refresh(pair.refresh_token)
    with pytest.raises(WrongCredentialsError):
        world.sign_in(PASSWORD)
    world.sign_in("another good one")


def test_a_password_change_is_refused_and_slowed_down_when_the_current_one_is_wrong() -> None:
    world = World()
    user_id = world.register().user_id
    for _ in range(world.settings.throttle_failures_per_account):
        with pytest.raises(WrongCredentialsError):
            accounts.change_password(user_id, "wrong", "another good one", world.dependencies, world.now)
    with pytest.raises(ThrottledError):
        accounts.change_password(user_id, PASSWORD, "another good one", world.dependencies, world.now)
    world.sign_in()  # by somebody who knows the password, undisturbed


def test_a_new_password_is_refused_when_it_is_common() -> None:
    world = World()
    user_id = world.register().user_id
    with pytest.raises(InvalidInputError):
        accounts.change_password(user_id, PASSWORD, "password123", world.dependencies, world.now)


def test_nothing_is_found_when_the_account_is_gone() -> None:
    with pytest.raises(WrongCredentialsError):
        accounts.get_own_account("nobody", World().accounts)
