"""What Lambda gave up on in a stream: where it stood, and the same work again from what the tables hold.

The letter has a position, not the records, and the records are gone a day after they were written. What they would have
set going is found without them: `erase` has a tombstone for each deleted account, `plan` the feedback of those minutes.
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.auth.events import TOMBSTONE
from chalicelib.auth.leaving.erasure import PurgeAgain
from chalicelib.recommendations.messages import Rebuild

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBServiceResource

MARGIN = timedelta(minutes=1)  # between a word's own time and its record's arrival


class Batch(msgspec.Struct, frozen=True, rename="camel"):
    """The records that were given up: how many, and when the first and the last of them came."""

    batch_size: int
    stream_arn: str
    approximate_arrival_of_first_record: datetime
    approximate_arrival_of_last_record: datetime


class Cause(msgspec.Struct, frozen=True, rename="camel"):
    """Which function gave up, and why."""

    function_arn: str
    condition: str


class Position(msgspec.Struct, frozen=True):
    """A letter of the queue StreamFailures."""

    batch: Batch = msgspec.field(name="DDBStreamBatchInfo")
    cause: Cause = msgspec.field(name="requestContext")


def position_of(body: str) -> Position:
    """Reads a letter. Raises `msgspec.MsgspecError` when it is none."""
    return msgspec.json.decode(body, type=Position)


def explained(position: Position) -> str:
    """One line for a person."""
    batch, function = position.batch, position.cause.function_arn.rpartition(":")[2]
    came = f"{batch.approximate_arrival_of_first_record:%Y-%m-%d %H:%M:%S} UTC"
    return f"{position.cause.condition}: {function} gave up {batch.batch_size} records that came from {came} on"


def work_again(
    dynamodb: "DynamoDBServiceResource", outputs: Mapping[str, str], position: Position, now: datetime
) -> Iterator[tuple[str, str]]:
    """Queues (by output) and messages that do what the records would have done. Each may be sent twice."""
    if position.batch.stream_arn.partition("/stream/")[0].endswith(f"/{outputs['AccountsTable']}"):
        for key in _keys(dynamodb, outputs["AccountsTable"], "pk", Attr("pk").begins_with(TOMBSTONE)):
            purge = PurgeAgain(user_id=key.removeprefix(TOMBSTONE), not_before=now)
            yield "ErasureQueue", msgspec.json.encode(purge).decode()
        return
    first, last = position.batch.approximate_arrival_of_first_record, position.batch.approximate_arrival_of_last_record
    meanwhile = Attr("updated_at").between(_stamp(first - MARGIN), _stamp(last + MARGIN))
    for user_id in _keys(dynamodb, outputs["FeedbackTable"], "user_id", meanwhile):
        yield "RebuildQueue", msgspec.json.encode(Rebuild(user_id=user_id, changed_at=now)).decode()


def _keys(dynamodb: "DynamoDBServiceResource", table: str, key: str, condition: ConditionBase) -> list[str]:
    """The different keys of all items that satisfy a condition. Reads the whole table: once, over a defect."""
    found: set[str] = set()
    asked: dict[str, Any] = {"FilterExpression": condition, "ProjectionExpression": key}
    while True:
        page = dynamodb.Table(table).scan(**asked)
        found |= {str(item[key]) for item in page["Items"]}
        if "LastEvaluatedKey" not in page:
            return sorted(found)
        asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _stamp(moment: datetime) -> str:
    """As feedback has its times: UTC, in microseconds, so that texts compare like moments."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
