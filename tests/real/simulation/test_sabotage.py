"""The simulation notices each condition of the code that is taken away."""

import pytest

from tests.simulation.sabotage import SABOTAGES, Sabotage, noticed

RUNS = 1_200  # as soon as one is noticed the rest are not run; the rarest broke a promise in the 769th


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda one: one.name.replace(" ", "-"))
def test_a_promise_breaks_when_a_condition_is_taken_away(sabotage: Sabotage) -> None:
    assert noticed(sabotage, RUNS), f"{RUNS} runs in {sabotage.regimes}, and every promise kept: {sabotage.name}"
