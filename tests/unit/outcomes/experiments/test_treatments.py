"""What a viewer gets: by the arm they are in, for as long as it runs."""

import pytest

from chalicelib.outcomes.experiments.assignment import arm_of
from chalicelib.outcomes.experiments.model import Arm, Differs, Experiment, State, Stop, Treatment, Votes
from chalicelib.outcomes.experiments.treatments import REMEMBERED_SECONDS, Treatments
from tests.factories import NOW
from tests.fake_outcomes import FakeStates
from tests.fakes import Clock

NO_MODEL = Experiment(
    name="no-model", about="?", on=True, arms=(Arm(name="control", share=0.5, differs=Differs(model=False)),)
)
LOUDER = Experiment(
    name="louder", about="?",
    arms=(Arm(name="a", share=0.5, differs=Differs(vote_weight=2, settings={"ask_candidates": 60})),),
)  # fmt: skip
STOP = Stop(at=NOW, by="guardrail", why="harm")


def viewer_in(experiment: Experiment, arm: str, other: Experiment | None = None, other_arm: str = "") -> str:
    viewers = (f"viewer {number}" for number in range(1_000))
    return next(
        one for one in viewers if arm_of(experiment, one) == arm and (other is None or arm_of(other, one) == other_arm)
    )


def test_an_arm_differs_and_everybody_else_is_told_to_be_in_none() -> None:
    treatments = Treatments([NO_MODEL, LOUDER], FakeStates())
    control, other = viewer_in(NO_MODEL, "control"), viewer_in(NO_MODEL, "default")
    assert treatments.of(control) == Treatment(arms="no-model:control", model=False)
    assert treatments.of(other) == Treatment(arms="no-model:default"), "the other experiment has not been started"


def test_one_that_is_started_runs_beside_the_others() -> None:
    treatments = Treatments([NO_MODEL, LOUDER], FakeStates(louder=State(on=True), votes=Votes(weight=0.5)))
    both = viewer_in(NO_MODEL, "default", LOUDER, "a")
    assert treatments.of(both) == Treatment(
        arms="louder:a+no-model:default", vote_weight=1.0, settings={"ask_candidates": 60}
    )
    assert treatments.of(viewer_in(NO_MODEL, "default", LOUDER, "default")).vote_weight == 0.5


@pytest.mark.parametrize("state", [State(on=False), State(stopped={"control": STOP})])
def test_whose_arm_is_stopped_gets_what_everybody_gets_and_is_counted_nowhere(state: State) -> None:
    clock = Clock()
    states = FakeStates()
    treatments = Treatments([NO_MODEL], states, clock)
    control = viewer_in(NO_MODEL, "control")
    assert not treatments.of(control).model
    states.held["no-model"] = state
    assert not treatments.of(control).model, "a state is remembered"
    clock.now += REMEMBERED_SECONDS
    assert treatments.of(control) == Treatment()
    assert states.reads == 2
    assert treatments.is_stopped("no-model:control"), "their list is made anew"
    assert not treatments.is_stopped("no-model:default")
    assert not treatments.is_stopped("")


def test_the_others_stay_where_they_are_when_an_arm_is_stopped() -> None:
    treatments = Treatments([NO_MODEL], FakeStates(no_model=State(stopped={"control": STOP})))
    assert treatments.of(viewer_in(NO_MODEL, "default")).arms == "no-model:default"


def test_lists_are_made_while_the_table_is_away() -> None:
    clock, states = Clock(), FakeStates(votes=Votes(weight=0.5))
    states.away = True
    treatments = Treatments([NO_MODEL], states, clock)
    control = viewer_in(NO_MODEL, "control")
    assert treatments.of(control) == Treatment(), "nothing is known of what was stopped"
    states.away = False
    clock.now += REMEMBERED_SECONDS
    assert treatments.of(control).vote_weight == 0.5
    states.away = True
    clock.now += REMEMBERED_SECONDS
    assert treatments.of(control) == Treatment(arms="no-model:control", model=False, vote_weight=0.5)
