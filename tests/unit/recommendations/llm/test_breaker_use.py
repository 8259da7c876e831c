"""The breaker as the fleet shares it."""

from datetime import timedelta

import pytest

from chalicelib.recommendations.llm.breaker import Breaker
from chalicelib.recommendations.llm.breaker_use import may_ask, note_failure, note_success
from chalicelib.recommendations.llm.port import ModelError
from tests.factories import NOW
from tests.fake_model import FakeBudget
from tests.lanes import Lanes, some_films


def test_one_of_all_workers_tries_when_it_is_half_open() -> None:
    budget = FakeBudget()
    for seconds in (0, 10, 31):
        note_failure(budget, NOW + timedelta(seconds=seconds))
    assert not may_ask(budget, NOW + timedelta(seconds=60))
    later = NOW + timedelta(minutes=10)
    assert [may_ask(budget, later) for _ in range(3)] == [True, False, False]
    note_success(budget)
    assert [may_ask(budget, later) for _ in range(3)] == [True, True, True]


def test_nothing_is_written_when_all_is_well() -> None:
    budget = FakeBudget()
    note_success(budget)
    assert budget.breaker() == Breaker()


def test_a_reply_is_not_lost_when_the_breaker_cannot_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> Breaker:
        raise ConnectionError("throttled")

    budget = FakeBudget()
    monkeypatch.setattr(budget, "breaker", away)
    note_success(budget)
    note_failure(budget, NOW)


def test_an_outage_of_an_hour_costs_a_few_calls_and_everybody_is_answered_afterwards() -> None:
    viewers = 100
    lanes = Lanes(some_films(60))
    for number in range(viewers):
        lanes.like_some(3, f"viewer {number}")
    lanes.fake_model.fails_with = ModelError("server_error", retryable=True, billed=True)
    for _ in range(60):
        lanes.deliver()
        lanes.wait(minutes=1)
        lanes.sweep()
    assert len(lanes.fake_model.prompts) <= 12
    lanes.fake_model.fails_with = None
    for _ in range(120):
        lanes.wait(minutes=1)
        lanes.sweep()
        lanes.deliver()
    assert {lanes.page(f"viewer {number}").source for number in range(viewers)} == {"gigachat"}
