"""The simulation at length: five thousand worlds. The whole rush is a command: `tests.simulation.fairness`."""

import pytest

from tests.simulation.campaign import campaign

PARTS, RUNS, FIRST_SEED = 50, 5_000, 10_001


@pytest.mark.parametrize("part", range(PARTS))
def test_every_promise_is_kept_in_five_thousand_worlds(part: int) -> None:
    share = RUNS // PARTS
    result = campaign(range(FIRST_SEED + part * share, FIRST_SEED + (part + 1) * share))
    assert result.runs == share
    assert not result.violations, result.seeds
