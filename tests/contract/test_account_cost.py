"""What a limit on accounts costs, counted at the wire: each write is of an item below 1 KB, so it is 1 write unit, and
a write whose condition refuses it is billed as well.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib import aws
from chalicelib.auth.adapters.store import DynamoAttemptStore
from tests.aws import aws_in_memory

NOW = datetime.now(UTC)


def test_a_counted_request_costs_one_write_unit_a_windows_first_two_and_a_refused_one_three(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str] = []

    def note(request: Any, **_: object) -> None:
        """Called by botocore before it sends a request."""
        sent.append(request.headers["X-Amz-Target"].decode().partition(".")[2])

    with aws_in_memory(monkeypatch):
        aws.session().register("before-send.dynamodb.*", note)
        attempts = DynamoAttemptStore("SessionsTable")
        costs = []
        for seconds in (0, 1, 2, 3600):
            sent.clear()
            admitted = attempts.admit("key", NOW + timedelta(seconds=seconds), 2, 3600)
            costs.append((admitted, [name for name in sent if name != "DescribeTable"]))
    assert costs == [
        (True, ["UpdateItem", "PutItem"]),
        (True, ["UpdateItem"]),
        (False, ["UpdateItem", "PutItem", "UpdateItem"]),
        (True, ["UpdateItem", "PutItem"]),
    ]
