"""The simulation at length. The whole rush is a command: `tests.simulation.fairness`."""

import os

import pytest

from tests.simulation.campaign import campaign

PARTS, FIRST_SEED = 50, 10_001
RUNS = int(os.environ.get("WORLDS", "2000"))  # `make worlds`: five thousand


@pytest.mark.parametrize("part", range(PARTS))
def test_every_promise_is_kept_in_thousands_of_worlds(part: int) -> None:
    share = RUNS // PARTS
    result = campaign(range(FIRST_SEED + part * share, FIRST_SEED + (part + 1) * share))
    assert result.runs == share
    assert not result.violations, result.seeds
