import dataclasses

import pytest

from chalicelib.auth import passwords
from chalicelib.auth.model import ThrottledError, WrongCredentialsError
from chalicelib.settings import Settings
from tests.auth_world import CHEAP, EMAIL, HOME, World

ELSEWHERE = "198.51.100.7"


def fail(world: World, times: int, address: str = HOME, email: str = EMAIL) -> None:
    for _ in range(times):
        with pytest.raises(WrongCredentialsError):
            world.sign_in("wrong", email, address)


def test_the_answer_is_the_same_when_account_or_password_is_wrong() -> None:
    world = World()
    world.register()
    answers = []
    for email in (EMAIL, "nobody@example.com", "no address at all"):
        with pytest.raises(WrongCredentialsError) as refusal:
            world.sign_in("wrong", email)
        answers.append(refusal.value.detail)
    assert len(set(answers)) == 1


def test_the_eleventh_attempt_waits_when_ten_failed_whether_the_account_exists_or_not() -> None:
    world = World()
    world.register()
    for email in (EMAIL, "nobody@example.com"):
        fail(world, 10, email=email)
        with pytest.raises(ThrottledError) as refusal:
            world.sign_in(email=email)
        assert 0 < refusal.value.retry_after_seconds <= 15


def test_waits_grow_and_end_when_failures_go_on() -> None:
    world = World()
    world.register()
    fail(world, 10)
    waits = []
    for _ in range(6):
        with pytest.raises(ThrottledError) as refusal:
            world.sign_in("wrong")
        waits.append(refusal.value.retry_after_seconds)
        world.pass_seconds(waits[-1])
        fail(world, 1)
    assert waits == [15, 30, 60, 120, 120, 120]
    world.pass_seconds(120)
    world.sign_in()


def test_trying_while_blocked_makes_the_wait_no_longer() -> None:
    world = World()
    world.register()
    fail(world, 10)
    for _ in range(50):
        with pytest.raises(ThrottledError):
            world.sign_in("wrong")
    world.pass_seconds(15)
    world.sign_in()


def test_the_owner_signs_in_at_home_when_a_stranger_keeps_failing_elsewhere() -> None:
    world = World()
    world.register()
    world.sign_in(address=HOME)
    fail(world, 10, ELSEWHERE)
    with pytest.raises(ThrottledError):
        world.sign_in(address="203.0.113.9")
    world.sign_in(address=HOME)


def test_failures_are_forgotten_when_the_right_password_came() -> None:
    world = World()
    world.register()
    for _ in range(3):
        fail(world, 9)
        world.sign_in()


def test_failures_are_forgotten_when_the_window_has_passed() -> None:
    world = World()
    world.register()
    fail(world, 9)
    world.pass_seconds(world.settings.throttle_window_seconds)
    fail(world, 10)


def test_an_address_waits_when_it_failed_for_hundreds_of_accounts() -> None:
    world = World()
    world.register()
    for number in range(world.settings.throttle_failures_per_address):
        fail(world, 1, email=f"nobody{number}@example.com")
    with pytest.raises(ThrottledError):
        world.sign_in()
    world.sign_in(address=ELSEWHERE)


def test_the_hash_is_renewed_when_parameters_have_changed() -> None:
    world = World()
    user_id = world.register().user_id
    stronger = Settings(**CHEAP | {"argon2_iterations": 2})
    world.dependencies = dataclasses.replace(world.dependencies, settings=stronger)
    world.sign_in()
    assert not passwords.outdated(world.accounts.accounts[user_id].password_hash, stronger)
    world.sign_in()


def test_no_session_starts_when_the_password_changes_during_the_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    user_id = world.register().user_id
    matches = passwords.matches

    def slow(password: str, password_hash: str | None, settings: Settings) -> bool:
        right = matches(password, password_hash, settings)
        assert world.accounts.change_password(user_id, password_hash or "", passwords.hash_of("changed it", settings))
        return right

    monkeypatch.setattr(passwords, "matches", slow)
    with pytest.raises(WrongCredentialsError):
        world.sign_in()
    assert not world.sessions.list_all(user_id)
