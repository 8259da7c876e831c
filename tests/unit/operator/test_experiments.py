"""What the operator is told of experiments: arms, what was stopped, and what a rouble of GigaChat brings."""

from datetime import datetime, timedelta

import pytest

from chalicelib.operator.experiments import ExperimentRow, Parts, experiments
from chalicelib.outcomes.experiments.model import Arm, ArmSums, Differs, Experiment, State, Stop, Votes
from chalicelib.recommendations.llm.budget import DayLedger
from chalicelib.settings import Settings
from tests.factories import NOW
from tests.fake_outcomes import FakeStates

NO_MODEL = Experiment(
    name="no-model", about="?", on=True, guarded=False,
    arms=(Arm(name="control", share=0.05, differs=Differs(model=False)),),
)  # fmt: skip
TWO = Experiment(name="two", about="?", arms=(Arm(name="a", share=0.1), Arm(name="b", share=0.2)))
SUMS = {
    "control": ArmSums(100, 2_000, 80, 45_000, 120, 1_900),
    "default": ArmSums(1_900, 38_000, 1_900, 800_000, 4_000, 40_000),
}


def rows(states: FakeStates, tokens: int = 500_000) -> dict[str, ExperimentRow]:
    def ledger(moment: datetime) -> DayLedger:
        assert NOW - timedelta(days=2) <= moment <= NOW
        return DayLedger(tokens=tokens + 1_000, reserved_tokens=1_000)

    parts = Parts((NO_MODEL, TWO), states, ledger, Settings(roubles_per_million_tokens=100.0))
    return {one.name: one for one in experiments(parts).experiments}


def test_extra_likes_are_set_against_what_all_questions_of_those_days_cost() -> None:
    first = (NOW - timedelta(days=1)).date()
    found = rows(FakeStates(no_model=State(counted_from=first, looked_at=NOW, sums=SUMS)))["no-model"]
    assert found.pays
    assert found.pays.roubles == 100.0, "two days of half a million tokens"
    extra, by_rouble = found.pays.extra_likes, found.pays.extra_likes_per_rouble
    assert extra
    assert by_rouble
    assert extra.value == pytest.approx(380)
    assert (by_rouble.low, by_rouble.value, by_rouble.high) == pytest.approx(
        (extra.low / 100, 3.8, extra.high / 100), abs=1e-3
    )
    default, control = found.arms
    assert (default.name, default.share, default.difference) == ("default", 0.95, None)
    assert (control.name, control.differs, control.liked, control.shown) == ("control", ("model",), 80, 2_000)
    assert control.rate
    assert control.rate.low < 0.04 < control.rate.high
    assert control.difference
    assert control.difference.value == pytest.approx(-0.01)


def test_what_cost_nothing_has_no_likes_for_a_rouble() -> None:
    found = rows(FakeStates(no_model=State(counted_from=NOW.date(), looked_at=NOW, sums=SUMS)), tokens=0)["no-model"]
    assert found.pays
    assert (found.pays.roubles, found.pays.extra_likes_per_rouble) == (0.0, None)


def test_what_was_never_counted_is_said_to_be_so() -> None:
    found = rows(FakeStates())
    assert (found["no-model"].state, found["two"].state) == ("running", "off")
    assert found["no-model"].pays
    assert found["no-model"].pays.extra_likes is None
    assert found["two"].pays is None
    assert [(arm.name, arm.share, arm.shown, arm.rate) for arm in found["two"].arms] == [
        ("default", 0.7, 0, None), ("a", 0.1, 0, None), ("b", 0.2, 0, None),
    ]  # fmt: skip


def test_an_arm_that_is_stopped_says_why_and_an_experiment_that_is_has_no_arm_that_runs() -> None:
    stop = Stop(at=NOW, by="guardrail", why="harm")
    found = rows(FakeStates(two=State(on=True, stopped={"a": stop}), no_model=State(on=False), votes=Votes(weight=0.4)))
    assert [(arm.state, arm.stopped) for arm in found["two"].arms] == [
        ("running", None), ("stopped", stop), ("running", None),
    ]  # fmt: skip
    assert {arm.state for arm in found["no-model"].arms} == {"stopped"}
