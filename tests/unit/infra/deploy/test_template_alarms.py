"""Who is woken, by what, and where that goes. Asked of every function and queue, so a new one is covered."""

import json
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


def test_questions_that_fail_wake_somebody_whether_many_are_asked_or_few() -> None:
    """The metric is 1 for a question that failed and 0 for one that was answered: its average is the share."""
    many, few = ALARMS["GigachatFailuresAlarm"], ALARMS["GigachatSilentAlarm"]
    for alarm in (many, few):
        assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == (NAMESPACE, "QuestionFailed", "Average")
    assert many["Threshold"] == 0.5
    assert many["Period"] * many["EvaluationPeriods"] == 1_800
    assert many["Period"] >= 900, "an open breaker lets one question through in that time"
    assert 0.95 < few["Threshold"] < 1, "all of them"
    assert few["Period"] == 6 * 3_600


@pytest.mark.parametrize("alarm", OWN)
def test_an_alarm_on_a_metric_of_ours_can_sound(alarm: str) -> None:
    """Somebody has to count what it is on, with the dimensions that it names."""
    metric = ALARMS[alarm]
    stack, *others = metric["Dimensions"]
    assert stack == {"Name": "stack", "Value": {"Ref": "AWS::StackName"}}, "another site of the account is not meant"
    dimensions = "".join(rf"[^)]*{one['Name']}=" for one in others)
    assert re.search(rf'(count|measure_percent)\("{metric["MetricName"]}"{dimensions}', SOURCES), metric


def test_what_a_day_costs_in_roubles_stands_on_the_board() -> None:
    body = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    (widget,) = [one["properties"] for one in json.loads(body)["widgets"] if "roubles" in one["properties"]["title"]]
    (namespace, metric, dimension, stack, shown), ((cost,)) = widget["metrics"]
    assert (namespace, metric, dimension, stack) == (NAMESPACE, "BudgetUsed", "stack", "${AWS::StackName}")
    defaults = {f"${{{name}}}": str(one["Default"]) for name, one in RENDERED["Parameters"].items()}
    expression = cost["expression"].replace(shown["id"], "50")
    for name, value in defaults.items():
        expression = expression.replace(name, value)
    factors = re.fullmatch(r"50 / 100 \* (\d+) \* (\d+) / 1000000", expression)
    assert factors
    assert int(factors[1]) * int(factors[2]) / 2_000_000 == 32.5, "half a million tokens at 65 a million"
