"""Guessing gets slower and slower, and no stranger locks anybody out for long."""

from datetime import timedelta

import msgspec
import pytest

from chalicelib.auth import throttle
from chalicelib.auth.model import ThrottledError
from chalicelib.settings import Settings
from tests.factories import NOW
from tests.fake_accounts import FakeAttemptStore

SETTINGS = Settings(throttle_failures_per_account=3, throttle_failures_per_address=5)


def take(attempts: FakeAttemptStore, seconds: float = 0) -> None:
    throttle.take_account_attempt(attempts, "account", SETTINGS, NOW + timedelta(seconds=seconds))


def fail_from_address(attempts: FakeAttemptStore, times: int) -> None:
    for _ in range(times):
        throttle.count_address_failure(attempts, "address", SETTINGS, NOW)


def test_waits_double_up_to_two_minutes_when_failures_go_on() -> None:
    waits = [throttle.wait_seconds(step) for step in range(6)]
    assert waits == [15, 30, 60, 120, 120, 120]
    assert throttle.wait_seconds(10_000) == throttle.WAIT_SECONDS_MAX


def test_an_attempt_is_refused_when_the_limit_is_reached_and_the_wait_not_over() -> None:
    attempts = FakeAttemptStore()
    for _ in range(3):
        take(attempts)
    with pytest.raises(ThrottledError) as refusal:
        take(attempts, seconds=5)
    assert refusal.value.retry_after_seconds == 10
    take(attempts, seconds=15)
    with pytest.raises(ThrottledError) as refusal:
        take(attempts, seconds=15)
    assert refusal.value.retry_after_seconds == 30


def test_the_wait_grows_no_longer_when_attempts_are_made_in_it() -> None:
    attempts = FakeAttemptStore()
    for _ in range(3):
        take(attempts)
    for second in range(1, 15):
        with pytest.raises(ThrottledError):
            take(attempts, seconds=second)
    take(attempts, seconds=15)


def test_everything_is_forgotten_when_the_window_is_over() -> None:
    attempts = FakeAttemptStore()
    for _ in range(3):
        take(attempts)
    for _ in range(3):
        take(attempts, seconds=SETTINGS.throttle_window_seconds + 1)


def test_an_address_is_refused_only_when_many_have_failed_from_it() -> None:
    attempts = FakeAttemptStore()
    fail_from_address(attempts, SETTINGS.throttle_failures_per_address - 1)
    throttle.check_address(attempts, "address", SETTINGS, NOW)
    fail_from_address(attempts, 1)
    with pytest.raises(ThrottledError) as refusal:
        throttle.check_address(attempts, "address", SETTINGS, NOW)
    assert refusal.value.retry_after_seconds == throttle.WAIT_SECONDS
    throttle.check_address(attempts, "another address", SETTINGS, NOW)
    throttle.check_address(attempts, "address", SETTINGS, NOW + timedelta(seconds=throttle.WAIT_SECONDS))


def test_a_guess_that_was_worked_for_counts_at_the_account_and_is_never_refused() -> None:
    attempts = FakeAttemptStore()
    paid, unpaid = (
        throttle.Guess("ann@example.org", "192.0.2.1", is_familiar=False, is_paid=one) for one in (True, False)
    )
    for _ in range(10):
        throttle.take_guess(attempts, paid, SETTINGS, NOW)
    counted = attempts.find(paid.account_key, NOW)
    assert counted
    assert counted.count == 10
    with pytest.raises(ThrottledError):
        throttle.take_guess(attempts, unpaid, SETTINGS, NOW)


def test_an_hour_of_an_address_holds_its_accounts_and_says_how_long_to_wait() -> None:
    attempts, settings = FakeAttemptStore(), Settings(registrations_per_hour=2)

    def take(minutes: float, address: str = "192.0.2.1") -> None:
        throttle.take_registration(attempts, address, settings, NOW + timedelta(minutes=minutes))

    take(0)
    take(40)
    with pytest.raises(ThrottledError) as refusal:
        take(50)
    assert refusal.value.retry_after_seconds == 600
    take(50, "192.0.2.2")
    throttle.give_registration_back(attempts, "192.0.2.1")
    take(55)
    take(60)


def test_work_gets_harder_with_failures_up_to_what_a_browser_can_do() -> None:
    settings = Settings(throttle_strangers_per_account=2)
    guess = throttle.Guess("vera@example.com", "192.0.2.1", is_familiar=False)
    bits = []
    for over in (0, 9, 10, 20, 40, 1_000_000):
        attempts = FakeAttemptStore()
        attempts.admit(guess.strangers_key, NOW, throttle.NO_LIMIT, 60)
        held, end = attempts.counters[guess.strangers_key]
        attempts.counters[guess.strangers_key] = (msgspec.structs.replace(held, count=2 + over), end)
        bits.append(throttle.work_bits(attempts, guess, settings, NOW))
    assert bits == [16, 16, 17, 18, 19, 20]


def test_a_household_counts_as_one_address_when_it_has_ipv6() -> None:
    assert throttle.network_of("2001:db8:1:2::1") == throttle.network_of("2001:db8:1:2:3:4:5:6")
    assert throttle.network_of("2001:db8:1:2::1") != throttle.network_of("2001:db8:1:3::1")
    assert throttle.network_of("::ffff:192.0.2.1") == throttle.network_of("192.0.2.1") == "192.0.2.1"
    assert throttle.network_of("no address") == "no address"
