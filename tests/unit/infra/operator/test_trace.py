"""A request is followed through every function's log, whatever else stands there."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.tracing import correlation_of
from infra.operator.trace import lines, steps_of
from tests.aws import nobodys_account

REQUEST, OTHER = "7c1d5f0e-5e0b-4f6f-9d0a-3a1d4f7b2c90", "00000000-5e0b-4f6f-9d0a-3a1d4f7b2c90"
GROUPS = ("/aws/lambda/api", "/aws/lambda/rebuild", "/aws/lambda/ask")


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    nobodys_account(monkeypatch)
    with mock_aws():
        client = boto3.client("logs")
        for group in GROUPS:
            client.create_log_group(logGroupName=group)
            client.create_log_stream(logGroupName=group, logStreamName="s")
        yield client


def say(logs: Any, group: str, seconds_ago: float, step: str, request: str = REQUEST, **facts: object) -> None:
    line = {"step": step, "request_id": "r", "correlation_id": correlation_of(request), "viewer": "v", **facts}
    tell(logs, group, seconds_ago, f"START RequestId: 1\n{json.dumps(line)}\nEND RequestId: 1")


def tell(logs: Any, group: str, seconds_ago: float, message: str) -> None:
    event = {"timestamp": int((time.time() - seconds_ago) * 1000), "message": message}
    logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=[event])


def found(logs: Any, hours: int = 1) -> list[str]:
    return [line.said["step"] for line in steps_of(logs, REQUEST, GROUPS, datetime.now(UTC) - timedelta(hours=hours))]


def test_the_steps_of_a_request_are_told_in_their_order(logs: Any) -> None:
    say(logs, GROUPS[2], 1, "ask", ending="answered", tokens=1_512)
    say(logs, GROUPS[0], 9, "api", route="PUT /v1/feedback/{film_id}", status=200, took_ms=12)
    say(logs, GROUPS[1], 5, "rebuild", list_version=4, source="personal")
    say(logs, GROUPS[1], 4, "rebuild", OTHER, list_version=5)
    assert found(logs) == ["api", "rebuild", "ask"]
    told = list(lines(steps_of(logs, REQUEST, GROUPS, datetime.now(UTC) - timedelta(hours=1))))
    assert told[0] == "viewer v"
    assert "route PUT /v1/feedback/{film_id}  status 200" in told[1]
    assert "list_version 4  source personal" in told[2]
    assert "tokens 1512" in told[3]


def test_what_is_no_steps_line_or_too_old_is_passed_over(logs: Any) -> None:
    wanted = correlation_of(REQUEST)
    for message in (
        f"about {wanted}",
        f'{{"step": "{wanted}',
        f'["step", "{wanted}"]',
        f'{{"step": 1, "x": "{wanted}"}}',
    ):
        tell(logs, GROUPS[0], 1, message)
    say(logs, GROUPS[1], 7_200, "rebuild")
    assert found(logs) == []
    assert found(logs, hours=3) == ["rebuild"]
