"""What an import costs, counted at the wire: write units of items and index, and requests."""

import json
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib import aws
from chalicelib.auth.adapters.store import DynamoTombstones
from chalicelib.feedback.adapters.store import DynamoFeedbackStore
from chalicelib.viewer_ids import of_server
from tests.aws import aws_in_memory
from tests.import_site import Site, some_rows

VIEWERS, FILMS_EACH = 100, 10
ROWS = VIEWERS * FILMS_EACH


class Wire:
    """Requests to DynamoDB by name, and the units of what they write: 1 for each KB of an item, twice with the index.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """

    def __init__(self) -> None:
        self.requests, self.write_units = Counter[str](), 0

    def note(self, request: Any, **_: object) -> None:
        """Called by botocore before it sends a request."""
        name = request.headers["X-Amz-Target"].decode().partition(".")[2]
        self.requests[name] += 1
        body = json.loads(request.body)
        puts = [body["Item"]] if name == "PutItem" else [
            one["PutRequest"]["Item"] for some in body.get("RequestItems", {}).values() if name == "BatchWriteItem"
            for one in some
        ]  # fmt: skip
        self.write_units += sum(2 * math.ceil(_bytes(one) / 1024) for one in puts)


def _bytes(item: dict[str, dict[str, str]]) -> int:
    return sum(len(name.encode()) + len(str(*value.values()).encode()) for name, value in item.items())


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    with aws_in_memory(monkeypatch):
        made = Wire()
        aws.session().register("before-send.dynamodb.*", made.note)
        yield made


def site_of(wire: Wire) -> Site:
    site = Site()
    feedback = DynamoFeedbackStore("FeedbackTable")
    site.taking = site.taking._replace(feedback=feedback, erased=DynamoTombstones("AccountsTable").among)
    wire.requests.clear()
    return site


def test_a_row_costs_two_write_units_and_a_repeated_one_none(wire: Wire) -> None:
    site = site_of(wire)
    assert site.took(*some_rows(VIEWERS, FILMS_EACH)).accepted == ROWS
    assert wire.write_units == 2 * ROWS
    assert wire.requests == {"BatchWriteItem": ROWS / 25, "Query": VIEWERS, "BatchGetItem": ROWS / 200}
    held = DynamoFeedbackStore("FeedbackTable").list_all(of_server("v7"))
    assert (len(held), {one.imported for one in held}) == (FILMS_EACH, {True})
    assert site.took(*some_rows(VIEWERS, FILMS_EACH)).accepted == ROWS
    assert wire.write_units == 2 * ROWS
    assert wire.requests["BatchWriteItem"] + wire.requests["PutItem"] == ROWS / 25
