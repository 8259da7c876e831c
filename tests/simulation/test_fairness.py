"""Who waits how long when everybody comes at once; a tenth of what `python -m tests.simulation.fairness` runs."""

import pytest

from tests.simulation.fairness import Rush, Waits, simulate

LANES = Rush(first_day=2_000, each_day=100, call_seconds=60.0)
BUDGET = Rush(first_day=2_000, each_day=100, lanes=10, budget_tokens=1_000_000)
LAST_HOUR_LEAST = 10


def check(waits: Waits) -> None:
    """The promises about waiting."""
    assert not any(waits.unserved.values()), waits.unserved
    first = waits.hours[0]
    later = [hours for day, some in waits.hours.items() if day > 0 for hours in some]
    assert max(later) <= sum(first) / len(first)
    assert min(waits.by_shard.values()) > 0.8 * max(waits.by_shard.values())
    assert waits.last_hour >= LAST_HOUR_LEAST, "who comes at 23:00 is still asked about"


@pytest.mark.parametrize("rush", [LANES, BUDGET], ids=["lanes", "budget"])
def test_nobody_who_comes_later_waits_longer_than_those_before_when_everybody_comes_at_once(rush: Rush) -> None:
    check(simulate(rush))
