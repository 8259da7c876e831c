"""The simulation at length: five thousand worlds, and the whole rush (`tests/simulation` holds what it is made of)."""

import pytest

from tests.simulation.campaign import campaign
from tests.simulation.fairness import Rush, simulate
from tests.simulation.test_fairness import check

PARTS, RUNS, FIRST_SEED = 50, 5_000, 10_001


@pytest.mark.parametrize("part", range(PARTS))
def test_every_promise_is_kept_in_five_thousand_worlds(part: int) -> None:
    share = RUNS // PARTS
    result = campaign(range(FIRST_SEED + part * share, FIRST_SEED + (part + 1) * share))
    assert result.runs == share
    assert not result.violations, result.seeds


@pytest.mark.parametrize("rush", [Rush(), Rush(lanes=10, budget_tokens=10_000_000)], ids=["lanes", "budget"])
def test_nobody_who_comes_later_waits_longer_when_twenty_thousand_come_on_one_day(rush: Rush) -> None:
    check(simulate(rush))
