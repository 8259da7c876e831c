"""Half a minute of failures opens it; then one tries, and others follow."""

from datetime import timedelta

import pytest

from chalicelib.recommendations.llm.breaker import (
    FAILURES_MAX,
    OPEN_MOST,
    Breaker,
    after_failure,
    after_success,
    probing,
)
from tests.factories import NOW


def failed(*seconds: float, breaker: Breaker | None = None) -> Breaker:
    found = breaker or Breaker()
    for one in seconds:
        found = after_failure(found, NOW + timedelta(seconds=one))
    return found


@pytest.mark.parametrize(("seconds", "is_open"), [
    ((0,), False), ((0, 40), False), ((0, 10, 29), False), ((0, 10, 31), True), (range(FAILURES_MAX), True),
    ((0, 1_000, 2_000), False),
])  # fmt: skip
def test_it_opens_after_half_a_minute_of_failures_or_many_in_a_row(seconds: tuple[float, ...], is_open: bool) -> None:
    assert failed(*seconds).is_open(NOW + timedelta(seconds=max(seconds))) == is_open


def test_it_is_open_twice_as_long_each_time_that_the_one_who_tries_fails() -> None:
    breaker, now, lengths = failed(0, 10, 31), NOW + timedelta(seconds=31), []
    for _ in range(6):
        assert breaker.open_until
        lengths.append(breaker.open_until - now)
        now = breaker.open_until
        assert breaker.is_half_open(now)
        breaker = after_failure(probing(breaker, now), now)
    assert lengths[1] == 2 * lengths[0]
    assert lengths[-1] == OPEN_MOST


def test_nobody_else_tries_while_one_does_and_somebody_does_when_that_one_dies() -> None:
    breaker = failed(0, 10, 31)
    assert breaker.open_until
    now = breaker.open_until
    tried = probing(breaker, now)
    assert tried.is_open(now + timedelta(seconds=60))
    assert tried.is_half_open(now + timedelta(seconds=120))


def test_everything_is_forgotten_when_the_service_answers() -> None:
    breaker = after_success(failed(0, 10, 31))
    assert breaker == Breaker()
    assert not breaker.is_open(NOW)
