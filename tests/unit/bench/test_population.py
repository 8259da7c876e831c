"""The year of many viewers: the real use cases on tables that keep the fakes' promises."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.recommendations.model import AskState
from tests.bench import population
from tests.bench._many_viewers import ManyQuestionsBudget, ManyViewersStore
from tests.factories import NOW
from tests.fake_lanes import FakeRecommendationStore
from tests.fake_model import FakeBudget


def states() -> Iterator[tuple[str, AskState]]:
    """Viewers who wait, who are there, who live off the common share, and whose question is under way."""
    for number in range(40):
        moment = NOW + timedelta(seconds=number * 7 % 30 - 15)
        yield (
            f"viewer-{number}",
            AskState(
                stale_since=moment if number % 5 else None,
                unproven=number % 3 == 0,
                asked_at=NOW if number % 4 == 0 else None,
                pending_since=NOW - timedelta(seconds=1) if number % 7 == 0 else None,
            ),
        )


def test_the_ordered_index_finds_whom_the_plain_one_finds() -> None:
    plain, ordered = FakeRecommendationStore(), ManyViewersStore()
    for store in (plain, ordered):
        for user_id, state in states():
            store.put_state(user_id, state, AskState())
        for user_id, _ in list(states())[::2]:  # everybody's second state replaces the first in the index
            held = store.read(user_id).state
            store.put_state(user_id, AskState(stale_since=NOW - timedelta(minutes=3)), held)
    for limit in (1, 5, 100):
        assert list(ordered.list_waiting(NOW, limit)) == list(plain.list_waiting(NOW, limit))
        assert list(ordered.list_common(NOW, limit)) == list(plain.list_common(NOW, limit))
        since = NOW - timedelta(seconds=10)
        assert list(ordered.list_present(since, NOW, limit)) == list(plain.list_present(since, NOW, limit))
        assert ordered.count_open(NOW, limit) == plain.count_open(NOW, limit)
    assert list(plain.list_waiting(NOW, 100)), "somebody was there to be found"
    assert ordered.is_anybody_due(NOW)
    assert not ordered.is_anybody_due(NOW - timedelta(hours=1))


def test_the_ledgers_sums_are_those_of_its_entries() -> None:
    plain, summed = FakeBudget(10_000, 5_000), ManyQuestionsBudget(10_000, 5_000)
    for budget in (plain, summed):
        budget.reserve("one", 2_000, NOW, common=True)
        budget.reserve("two", 3_000, NOW)
        budget.reserve("two", 3_000, NOW)  # another try
        budget.settle("one", 1_500)
        budget.lose("two")
        budget.lose("two")
    assert summed.ledger(NOW) == plain.ledger(NOW)
    assert summed.ledger(NOW + timedelta(days=1)).tokens == 0


def test_a_week_of_a_few_viewers_gives_all_figures(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--viewers", "600", "--scale", "2", "--lanes", "2", "--days", "7"]
    assert population.main([*arguments, "--budget-tokens-per-day", "400000"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert 0 < told["list_seconds"]["p50"] <= told["list_seconds"]["p95"] <= told["list_seconds"]["max"] < 10
    assert told["answers"] > 0
    assert told["model_calls"] >= told["answers"]
    assert told["tokens"] > 1_000 * told["answers"]
    assert told["roubles"] == pytest.approx(told["tokens"] * 65 / 1e6, abs=1)
    assert told["write_units"] > told["likes"] > 0
    assert told["sweeps"] == 7 * 1_440


def test_viewers_wait_for_the_model_when_the_budget_is_small(capsys: pytest.CaptureFixture[str]) -> None:
    few = ["--viewers", "600", "--scale", "2", "--lanes", "2", "--days", "7", "--budget-tokens-per-day"]
    waiting = []
    for tokens in ("8000", "4000000"):
        assert population.main([*few, tokens]) == 0
        waiting.append(json.loads(capsys.readouterr().out.splitlines()[-1])["waiting_at_the_end"])
    assert waiting[0] > waiting[1] == 0


@pytest.mark.parametrize("wrong", [["--scale", "3"], ["--days", "0"], ["--viewers", "-1"], ["--lanes", "15"]])
def test_what_cannot_be_divided_is_refused(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        population.main(wrong)
    assert left.value.code == 2
