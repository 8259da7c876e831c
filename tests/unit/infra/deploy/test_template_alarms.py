"""Who is woken, by what, and where that goes. Asked of every function and queue, so a new one is covered."""

import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.metrics import NAMESPACE
from infra.deploy.declaration import Function, Queue, Stream
from infra.deploy.functions import FUNCTIONS
from infra.deploy.template import render

RENDERED: Any = render()
RESOURCES: dict[str, Any] = RENDERED["Resources"]
ALARMS = {name: one["Properties"] for name, one in RESOURCES.items() if one.get("Type") == "AWS::CloudWatch::Alarm"}
SOURCES = "".join(path.read_text() for path in Path("chalicelib").rglob("*.py"))
OWN = {name: one for name, one in ALARMS.items() if NAMESPACE in repr(one)}


def alarm_on(metric: str, dimension: str, value: object) -> Any:
    """The one alarm on a metric of one thing."""
    named = {"Name": dimension, "Value": value}
    (found,) = [one for one in ALARMS.values() if one.get("MetricName") == metric and named in one["Dimensions"]]
    return found


@pytest.mark.parametrize("alarm", ALARMS)
def test_every_alarm_goes_to_the_topic(alarm: str) -> None:
    assert ALARMS[alarm]["AlarmActions"] == [{"Ref": "Alarms"}]


def test_nobody_gets_mail_unless_an_address_is_given() -> None:
    assert RENDERED["Parameters"]["AlarmAddress"]["Default"] == ""
    assert RESOURCES["Alarms"]["Type"] == "AWS::SNS::Topic"
    assert "Condition" not in RESOURCES["Alarms"], "the topic is there for other subscribers"
    mail = RESOURCES["AlarmsMail"]
    assert mail["Properties"] == {
        "TopicArn": {"Ref": "Alarms"},
        "Protocol": "email",
        "Endpoint": {"Ref": "AlarmAddress"},
    }
    named = {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmAddress"}, ""]}]}
    assert RENDERED["Conditions"][mail["Condition"]] == named
    assert RENDERED["Outputs"]["Alarms"] == {"Value": {"Ref": "Alarms"}}


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda one: one.name)
def test_throttles_that_last_wake_somebody(function: Function) -> None:
    alarm = alarm_on("Throttles", "FunctionName", {"Ref": function.id})
    assert (alarm["Statistic"], alarm["Threshold"], alarm["ComparisonOperator"]) == ("Sum", 0, "GreaterThanThreshold")
    assert 2 <= alarm["EvaluationPeriods"] <= 4, "a burst comes again by itself"


def test_server_errors_of_the_gateway_wake_somebody() -> None:
    alarm = alarm_on("5XXError", "ApiName", {"Ref": "AWS::StackName"})
    assert {"Name": "Stage", "Value": "api"} in alarm["Dimensions"]
    assert (alarm["Statistic"], alarm["Period"]) == ("Sum", 300)
    assert 0 < alarm["Threshold"] < 10
    title = RESOURCES["RestAPI"]["Properties"]["DefinitionBody"]["info"]["title"]
    assert title == {"Ref": "AWS::StackName"}, "the API's metrics go by its name"


@pytest.mark.parametrize("function", [one for one in FUNCTIONS if isinstance(one.source, Queue)], ids=lambda f: f.name)
def test_a_queue_that_gets_old_or_keeps_failing_wakes_somebody(function: Function) -> None:
    assert isinstance(function.source, Queue)
    waits = alarm_on("ApproximateAgeOfOldestMessage", "QueueName", {"Fn::GetAtt": [function.source.id, "QueueName"]})
    assert (waits["Statistic"], waits["Threshold"]) == ("Maximum", function.source.oldest_seconds)
    kept = RESOURCES[function.source.id]["Properties"]["MessageRetentionPeriod"]
    assert waits["Threshold"] <= kept / 10, "long before messages are lost"
    failing = alarm_on("MessagesFailed", "queue", function.source.name)
    assert (failing["Statistic"], failing["Threshold"]) == ("Sum", 0)
    assert failing["EvaluationPeriods"] > 1, "what passes at once wakes nobody"


def test_lists_and_questions_are_late_long_before_anybody_writes_in() -> None:
    late = {one.source.name: one.source.oldest_seconds for one in FUNCTIONS if isinstance(one.source, Queue)}
    assert late["rebuild"] <= 900
    assert late["ask"] <= 7_200


@pytest.mark.parametrize("function", [one for one in FUNCTIONS if isinstance(one.source, Stream)], ids=lambda f: f.name)
def test_a_stream_that_stands_still_wakes_somebody(function: Function) -> None:
    alarm = alarm_on("IteratorAge", "FunctionName", {"Ref": function.id})
    assert alarm["Statistic"] == "Maximum"
    assert 60_000 <= alarm["Threshold"] <= 3_600_000, "milliseconds; records are gone after a day"


@pytest.mark.parametrize("queue", [name for name in RENDERED["Outputs"] if name.endswith(("DeadLetters", "Failures"))])
def test_the_first_dead_letter_wakes_somebody(queue: str) -> None:
    alarm = alarm_on("ApproximateNumberOfMessagesVisible", "QueueName", {"Fn::GetAtt": [queue, "QueueName"]})
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (0, 1)


def test_a_budget_that_is_nearly_spent_wakes_somebody() -> None:
    alarm = ALARMS["BudgetAlarm"]
    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == (NAMESPACE, "BudgetUsed", "Maximum")
    assert 50 <= alarm["Threshold"] < 100


def result_of(alarm: str, **sums: float | None) -> bool:
    """Whether it sounds at these sums of a period: the expression as CloudWatch works it out, None for no data."""
    (result, *terms) = ALARMS[alarm]["Metrics"]
    known = {one["Id"]: sums[one["MetricStat"]["Metric"]["MetricName"]] for one in terms}
    names = {
        "IF": lambda condition, then, otherwise: then if condition else otherwise,
        "FILL": lambda value, filling: filling if value is None else value,
    }
    text = re.sub(r"\bAND\b", "and", result["Expression"])
    text = re.sub(r"IF\((.*?), (100.*?), 0\)$", r"(\2 if \1 else 0)", text)  # Python would divide before it asks
    return bool(eval(text, names | known) > ALARMS[alarm]["Threshold"])  # noqa: S307 - our own expression


@pytest.mark.parametrize(
    ("asked", "answered", "sounds"),
    [(0, None, False), (3, 0, False), (4, None, True), (20, 0, True), (20, 9, True), (20, 11, False), (20, 20, False)],
)
def test_most_questions_without_an_answer_wake_somebody(asked: int, answered: int | None, sounds: bool) -> None:
    assert result_of("GigachatFailuresAlarm", QuestionsAsked=asked, QuestionsAnswered=answered) is sounds


@pytest.mark.parametrize(
    ("asked", "answered", "sounds"), [(0, None, False), (1, None, True), (1, 0, True), (2, 1, False)]
)
def test_a_quiet_site_is_told_when_nothing_was_answered_for_hours(
    asked: int, answered: int | None, sounds: bool
) -> None:
    assert result_of("GigachatSilentAlarm", QuestionsAsked=asked, QuestionsAnswered=answered) is sounds
    (_, term, _) = ALARMS["GigachatSilentAlarm"]["Metrics"]
    assert term["MetricStat"]["Period"] >= 6 * 3_600


@pytest.mark.parametrize("alarm", OWN)
def test_an_alarm_on_a_metric_of_ours_can_sound(alarm: str) -> None:
    """Somebody has to count what it is on, with the dimensions that it names."""
    terms = [one["MetricStat"]["Metric"] for one in ALARMS[alarm].get("Metrics", []) if "MetricStat" in one]
    for metric in terms or [ALARMS[alarm]]:
        dimensions = "".join(rf"[^)]*{one['Name']}=" for one in metric.get("Dimensions", []))
        assert re.search(rf'(count|measure_percent)\("{metric["MetricName"]}"{dimensions}', SOURCES), metric
