"""What the alarms are on is told by the slow lane."""

import json

import pytest

from chalicelib.recommendations.llm.port import ModelError
from tests.lanes import Lanes


@pytest.mark.parametrize("fails", [True, False])
def test_what_alarms_are_on_is_counted_when_a_question_is_asked(
    fails: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    lanes = Lanes()
    lanes.fake_model.fails_with = ModelError("server_error", retryable=True, billed=True) if fails else None
    lanes.like_some()
    lanes.deliver()
    lines = [json.loads(one) for one in capsys.readouterr().out.splitlines() if "CloudWatchMetrics" in one]
    told = {name: line[name] for line in lines for name in line if name[0].isupper()}
    assert told["QuestionsAsked"] == 1
    assert told["QuestionFailed"] == int(fails)
    assert ("QuestionsAnswered" in told) is not fails
    assert told["BudgetUsed"] == 0.0, "before this question"
