"""A hundred worlds and some. `python -m tests.simulation --seed N -v` tells the story of one."""

import pytest

from tests.simulation.campaign import campaign

PARTS, RUNS = 4, 120


@pytest.mark.parametrize("part", range(PARTS))
def test_every_promise_is_kept_when_anything_may_fail_at_any_call(part: int) -> None:
    share = RUNS // PARTS
    result = campaign(range(1 + part * share, 1 + (part + 1) * share))
    assert result.runs == share
    assert result.faults > share
    assert not result.violations, result.seeds


def test_a_seed_is_one_story_when_it_is_told_again() -> None:
    from tests.simulation.campaign import quiet, run_once

    with quiet():
        first, second = (run_once(5, "all", verbose=True).schedule.story for _ in range(2))
    assert len(first) > 100
    assert first == second
