import dataclasses
import time
from collections.abc import Callable
from typing import Any

import pytest
from argon2 import PasswordHasher

from chalicelib.auth import passwords, throttle
from chalicelib.auth.model import ThrottledError, WrongCredentialsError
from chalicelib.errors import ProofOfWork
from chalicelib.settings import Settings
from tests.auth_world import CHEAP, EMAIL, HOME, PASSWORD, World, solved

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
        world.sign_in(address=ELSEWHERE)
    world.sign_in(address=HOME)


def test_the_owner_signs_in_from_any_new_address_when_a_stranger_keeps_failing() -> None:
    world = World()
    world.register()
    for number in range(28):
        with pytest.raises((WrongCredentialsError, ThrottledError)):
            world.sign_in("wrong", address=ELSEWHERE)
        world.pass_seconds(throttle.WAIT_SECONDS_MAX if number > 10 else 1)
        world.sign_in(address=f"203.0.113.{number}")


def many_strangers_fail(world: World, email: str = EMAIL) -> None:
    """As many as an account takes in an hour, from addresses of their own."""
    for number in range(world.settings.throttle_strangers_per_account):
        fail(world, 1, f"198.18.0.{number}", email)


def refused(world: World, address: str, email: str = EMAIL, password: str = PASSWORD) -> ProofOfWork:
    """The work that a refusal asks for."""
    with pytest.raises(ThrottledError) as refusal:
        world.sign_in(password, email, address)
    assert isinstance(refusal.value.proof_of_work, ProofOfWork)
    return refusal.value.proof_of_work


def test_the_owner_works_instead_of_waiting_when_a_hundred_addresses_fail_at_the_account() -> None:
    world = World()
    world.register()
    world.sign_in(address=HOME)
    many_strangers_fail(world)
    asked = refused(world, ELSEWHERE)
    world.sign_in(address=HOME)
    world.sign_in(address=ELSEWHERE, proof=solved(asked.challenge, asked.bits))


def test_guesses_of_many_addresses_are_bounded_until_they_are_paid_for() -> None:
    world = World()
    world.register()
    many_strangers_fail(world)
    for number in range(20):
        refused(world, f"203.0.113.{number}", password="wrong")
    asked = refused(world, ELSEWHERE, password="wrong")
    proof = solved(asked.challenge, asked.bits)
    with pytest.raises(WrongCredentialsError):
        world.sign_in("wrong", address=ELSEWHERE, proof=proof)
    with pytest.raises(ThrottledError):  # a proof is good once
        world.sign_in("wrong", address=ELSEWHERE, proof=proof)
    world.pass_seconds(throttle.HOUR_SECONDS)
    fail(world, 1, ELSEWHERE)


def test_one_address_alone_never_makes_an_owner_elsewhere_work() -> None:
    world = World()
    world.register()
    fail(world, 10, ELSEWHERE)
    for _ in range(500):
        refused(world, ELSEWHERE, password="wrong")
    world.sign_in(address="203.0.113.9")


def test_an_unknown_account_asks_for_the_same_work() -> None:
    world = World()
    world.register()
    asked = []
    for email in (EMAIL, "nobody@example.com"):
        many_strangers_fail(world, email)
        asked.append(refused(world, ELSEWHERE, email).bits)
    assert asked[0] == asked[1] == throttle.WORK_BITS


def test_an_attempt_at_the_blocked_address_itself_is_let_through_when_it_was_worked_for() -> None:
    world = World()
    world.register()
    fail(world, 10)
    asked = refused(world, HOME)
    world.sign_in(proof=solved(asked.challenge, asked.bits))


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
    asked = refused(world, HOME)
    world.sign_in(address=ELSEWHERE)
    world.sign_in(proof=solved(asked.challenge, asked.bits))


def test_familiar_viewers_notice_nothing_when_a_stranger_behind_their_address_fails_for_hundreds_of_accounts() -> None:
    world = World()
    world.register()
    world.sign_in()
    for number in range(world.settings.throttle_failures_per_address):
        fail(world, 1, email=f"nobody{number}@example.com")
    refused(world, HOME, "somebody.else@example.com")
    world.sign_in()


def test_failures_of_familiar_viewers_are_not_counted_with_strangers() -> None:
    world = World()
    world.register()
    world.sign_in()
    fail(world, 9)
    assert not [key for key in world.attempts.counters if key.startswith("sign-in#")]
    counts = {key: held.count for key, (held, _) in world.attempts.counters.items() if key.startswith("strangers#")}
    assert set(counts.values()) == {0}


def test_an_unknown_account_takes_as_long_as_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """By what it does, and by the processor's time: the clock on the wall would measure the neighbours."""
    world = World(settings=Settings())
    world.register()
    done: list[str] = []
    for store in (world.accounts, world.sessions, world.attempts):
        for name in [name for name in dir(type(store)) if not name.startswith("_")]:
            monkeypatch.setattr(store, name, noted(done, name, getattr(store, name)))
    verify = PasswordHasher.verify

    def hashed(self: PasswordHasher, known: str, password: bytes) -> bool:
        done.append(known.rpartition("p=")[0])  # the parameters
        return verify(self, known, password)

    monkeypatch.setattr(PasswordHasher, "verify", hashed)
    steps: dict[str, list[str]] = {}
    took: dict[str, float] = {EMAIL: 0.0, "nobody@example.com": 0.0}
    for number in range(40):
        for email in took:
            done.clear()
            began = time.thread_time()
            fail(world, 1, f"198.18.0.{number}", email)
            took[email] += time.thread_time() - began
            steps[email] = [*done]
    assert steps[EMAIL] == steps["nobody@example.com"]
    assert sum(step.startswith("$argon2id$v=19$m=19456,t=2") for step in steps[EMAIL]) == 1
    assert 0.8 < took[EMAIL] / took["nobody@example.com"] < 1.25


def noted(done: list[str], name: str, act: Callable[..., Any]) -> Callable[..., Any]:
    def call(*given: Any) -> Any:
        done.append(name)
        return act(*given)

    return call


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
