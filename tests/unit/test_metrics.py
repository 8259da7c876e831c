"""A count is one log line that CloudWatch understands."""

import json

import pytest

from chalicelib.metrics import NAMESPACE, count, measure_percent, measure_seconds


def test_a_line_in_the_embedded_format_is_printed_when_something_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    count("Questions", outcome="answered", lane="3")
    (line,) = capsys.readouterr().out.splitlines()
    said = json.loads(line)
    (layout,) = said["_aws"]["CloudWatchMetrics"]
    assert layout == {
        "Namespace": NAMESPACE,
        "Dimensions": [["stack", "outcome", "lane"]],
        "Metrics": [{"Name": "Questions", "Unit": "Count"}],
    }
    assert (said["Questions"], said["outcome"], said["lane"]) == (1, "answered", "3")
    assert said["_aws"]["Timestamp"] > 1_700_000_000_000, "milliseconds"


def test_the_value_is_counted_when_it_is_not_one(capsys: pytest.CaptureFixture[str]) -> None:
    count("Tokens", 250)
    assert json.loads(capsys.readouterr().out)["Tokens"] == 250


def test_a_share_is_in_percent_when_it_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    measure_percent("BudgetUsed", 250, 1_000)
    said = json.loads(capsys.readouterr().out)
    assert said["BudgetUsed"] == 25.0
    (layout,) = said["_aws"]["CloudWatchMetrics"]
    assert (layout["Dimensions"], layout["Metrics"]) == ([["stack"]], [{"Name": "BudgetUsed", "Unit": "Percent"}])


def test_an_age_is_in_seconds_when_it_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    measure_seconds("ListAgeWhenSeen", 61.26)
    said = json.loads(capsys.readouterr().out)
    assert said["ListAgeWhenSeen"] == 61.3
    assert said["_aws"]["CloudWatchMetrics"][0]["Metrics"] == [{"Name": "ListAgeWhenSeen", "Unit": "Seconds"}]
