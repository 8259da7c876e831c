"""The day's budget is spread over the day, and no part of it eats another's."""

from datetime import timedelta

import pytest

from chalicelib.recommendations.llm.allowance import (
    HEAD_START_QUESTIONS,
    QUESTION_TOKENS_MAX,
    Shares,
    allowed_tokens,
    opens_at,
)
from chalicelib.recommendations.llm.budget import DayLedger
from tests.factories import NOW

BUDGET = 24_000_000
SHARES = Shares(evening=0.4, evening_starts=timedelta(hours=15), present=0.05, lost_calls=0.1, common=0.1)
MIDNIGHT = NOW.replace(hour=0, minute=0, second=0, microsecond=0)


def allowed(hour: float, tokens: int = 0, lost: int = 0, *, present: bool = False, budget: int = BUDGET) -> int:
    ledger = DayLedger(tokens=tokens, lost_tokens=lost)
    return allowed_tokens(budget, ledger, SHARES, MIDNIGHT + timedelta(hours=hour), present=present)


@pytest.mark.parametrize(
    ("hour", "by_then"),
    [
        (0, 2_000_000),  # two hours' head start
        (7.5, 0.9 * 0.3 * BUDGET + 0.7 * 2_000_000),  # which is given back until midnight
        (15, 0.9 * 0.6 * BUDGET + 0.4 * 2_000_000),
        (23.99, 0.85 * BUDGET),  # all but what is for lost calls and for those who are there
    ],
)
def test_the_budget_opens_with_the_day(hour: float, by_then: float) -> None:
    assert allowed(hour) == pytest.approx(by_then, abs=1)
    assert allowed(hour, tokens=1_000_000) == allowed(hour) - 1_000_000
    assert allowed(hour, tokens=BUDGET) == 0


def test_who_is_there_has_a_part_that_nobody_else_uses() -> None:
    assert allowed(23.99, tokens=int(0.85 * BUDGET)) == 0
    assert allowed(23.99, tokens=int(0.85 * BUDGET), present=True) == pytest.approx(0.05 * BUDGET, rel=0.01)


@pytest.mark.parametrize("present", [True, False])
def test_something_opens_until_the_day_ends_when_all_that_was_allowed_is_used_at_once(present: bool) -> None:
    last = 24 if present else 22  # the last hours of a full day are for those who are there
    for hour in range(last):
        used = allowed(hour, present=present)
        assert allowed(hour + 0.99, tokens=used, present=present) >= 0.03 * BUDGET, f"at {hour}:00"


def test_lost_calls_eat_nobody_elses_part_until_their_own_is_used() -> None:
    part = BUDGET // 10
    assert allowed(12, tokens=1_000 + part, lost=part) == allowed(12, tokens=1_000)
    assert allowed(12, tokens=1_000 + part + 5_000, lost=part + 5_000) == allowed(12, tokens=6_000)


def test_a_small_budget_is_not_rationed_by_the_hour() -> None:
    small = HEAD_START_QUESTIONS * QUESTION_TOKENS_MAX // 2
    assert allowed(0, budget=small) == int(small * 0.85)


def test_the_way_is_free_until_it_is_used_and_tomorrow_at_the_latest() -> None:
    def opens(tokens: int) -> object:
        return opens_at(BUDGET, DayLedger(tokens=tokens), SHARES, NOW, present=True)

    assert opens(0) is None
    later = opens(allowed(NOW.hour, present=True))
    assert later == NOW + timedelta(minutes=15)
    assert opens(BUDGET) == MIDNIGHT + timedelta(days=1)
