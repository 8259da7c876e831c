"""Each sabotage still finds what it takes away; whether the simulation notices, the long run tries."""

import pytest

from tests.simulation.sabotage import SABOTAGES, Sabotage, committed


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda one: one.name.replace(" ", "-"))
def test_the_code_has_the_condition_that_is_taken_away(sabotage: Sabotage) -> None:
    with committed(sabotage):
        pass
