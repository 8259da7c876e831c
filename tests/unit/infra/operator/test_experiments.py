"""`python -m infra experiments` on a stack's tables: what is started and stopped is what the functions read."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from chalicelib import resources
from chalicelib.outcomes.experiments.model import ArmSums, State
from infra.__main__ import main
from infra.operator import experiments
from infra.stack_outputs import Outputs
from tests.aws import aws_in_memory

SUMS = {
    "control": ArmSums(100, 2_000, 80, 45_000, 120, 1_900),
    "default": ArmSums(1_900, 38_000, 1_900, 800_000, 4_000, 40_000),
}


@pytest.fixture(autouse=True)
def _stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    held = Outputs("x", {"OutcomesTable": "OutcomesTable", "BudgetTable": "BudgetTable"})
    with aws_in_memory(monkeypatch):
        monkeypatch.setattr(experiments, "outputs", lambda _: held)
        monkeypatch.setattr(experiments, "parameters_of", lambda _: {"RoublesPerMillionTokens": "100"})
        yield


def state() -> State:
    return resources.open_outcomes("OutcomesTable").find_states(["no-model"])[0].get("no-model", State())


def test_what_is_stopped_and_started_stands_in_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["experiments", "stop", "no-model"]) == 0
    assert state().on is False
    assert main(["experiments", "report"]) == 0
    assert "no-model: stopped, not counted yet" in capsys.readouterr().out
    assert main(["experiments", "start", "no-model"]) == 0
    assert (state().on, state().since) == (True, datetime.now(UTC).date())


def test_what_is_no_experiment_is_said_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["experiments", "start", "no-luck"]) == 1
    assert "there is no experiment no-luck; there are: no-model" in capsys.readouterr().err


def test_the_report_has_arms_with_intervals_and_what_a_rouble_brings(capsys: pytest.CaptureFixture[str]) -> None:
    now = datetime.now(UTC)
    seen = State(since=now.date(), counted_from=now.date(), looked_at=now, sums=SUMS)
    assert resources.open_outcomes("OutcomesTable").put_state("no-model", seen, State())
    assert main(["experiments", "report"]) == 0
    said = capsys.readouterr().out
    assert "control           5.0 %  100 viewers, 80 of 2,000 liked: 4.00 %" in said
    assert "-1.00 % (" in said
    assert "the model: 380.0 (" in said
    assert "extra likes for 0.00 RUB" in said
    assert "votes count 1.00" in said
    assert main(["experiments", "report", "--json"]) == 0
    assert '"extra_likes_per_rouble":null' in capsys.readouterr().out
