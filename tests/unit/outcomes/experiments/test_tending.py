"""Starting and stopping an experiment, also while somebody else changes how it stands."""

import pytest

from chalicelib.errors import ConflictError
from chalicelib.outcomes.experiments.model import Arm, ArmSums, Experiment, State, Stop
from chalicelib.outcomes.experiments.tending import ATTEMPTS, start, stop
from chalicelib.outcomes.experiments.treatments import is_running
from tests.factories import NOW
from tests.fake_outcomes import FakeStates

ONE = Experiment(name="one", about="?", arms=(Arm(name="a", share=0.1),))
STOP = Stop(at=NOW, by="guardrail", why="harm")


def test_what_is_started_runs_with_all_arms_and_is_counted_from_today() -> None:
    states = FakeStates(one=State(on=False, stopped={"a": STOP}, sums={"a": ArmSums(1, 1, 1, 1, 1, 1)}))
    start(states, ONE, NOW)
    held = states.held["one"]
    assert is_running(ONE, held)
    assert (held.since, held.stopped, held.sums) == (NOW.date(), {}, {})


def test_what_is_stopped_keeps_what_it_came_to() -> None:
    states = FakeStates(one=State(on=True, since=NOW.date(), sums={"a": ArmSums(1, 1, 1, 1, 1, 1)}))
    stop(states, ONE)
    held = states.held["one"]
    assert not is_running(ONE, held)
    assert held.sums["a"].viewers == 1
    stop(FakeStates(), ONE)


class Contested(FakeStates):
    """Somebody else writes first, so often."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def put_state(self, name: str, new: State, replaces: State) -> bool:
        if self.times:
            self.times -= 1
            super().put_state(name, State(sums={"a": ArmSums(self.times)}), self.held.get(name, State()))
        return super().put_state(name, new, replaces)


def test_a_change_starts_over_when_somebody_else_was_first_and_gives_up_in_a_storm() -> None:
    states = Contested(2)
    stop(states, ONE)
    assert (states.held["one"].on, states.held["one"].sums) == (False, {"a": ArmSums(0)})
    with pytest.raises(ConflictError, match="one"):
        stop(Contested(ATTEMPTS), ONE)
