"""Dead letters of a deployed stack: what lies there and why, and back to work with them.

    python -m infra dead-letters show
    python -m infra dead-letters show --stack films-test --queue RebuildQueue
    python -m infra dead-letters redrive
    python -m infra dead-letters redrive --message 1f0c7a52-93a4-4a0e-8c55-0a4c0c1b9d3e

`show` leaves everything where it is. `redrive` sends each message to the queue it came from and only then deletes it:
dying in between repeats it, and every step may run twice. Stream records that were given up are made good from the
tables (`stream_failures.py`). `AWS_ENDPOINT_URL` leads to a local emulator.
"""

import argparse
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import boto3

from chalicelib.operator.dead_letters import fifo_arguments
from infra.deploy import functions as declared
from infra.deploy.declaration import STREAM_FAILURES
from infra.operator.stream_failures import explained, position_of, work_again
from infra.stack_outputs import add_stack, outputs

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

QUEUES = (*(queue.id for queue in declared.QUEUES), STREAM_FAILURES)
HELD_SECONDS = 30  # what is being looked at is out of sight for others that long


class DeadLetter(NamedTuple):
    """A message that no worker could handle. `reason` is empty when the logs know nothing of it any more."""

    queue: str
    message_id: str
    body: str
    sent_at: datetime
    receives: int
    reason: str
    receipt: str
    group: str | None


def list_dead_letters(
    sqs: "SQSClient",
    logs: "CloudWatchLogsClient",
    urls: dict[str, str],
    queues: Sequence[str],
    log_groups: Sequence[str],
) -> Iterator[DeadLetter]:
    """Every message in the dead-letter queues of these queues, with what its worker logged last about it."""
    for queue in queues:
        for message in list(_all(sqs, urls[_of_the_dead(queue)])):
            told = message.get("Attributes", {})
            yield DeadLetter(
                queue=queue,
                message_id=message["MessageId"],
                body=message["Body"],
                sent_at=datetime.fromtimestamp(int(told.get("SentTimestamp", 0)) / 1000, UTC),
                receives=int(told.get("ApproximateReceiveCount", 0)),
                reason=_told(queue, message) or reason_of(logs, message["MessageId"], log_groups),
                receipt=message["ReceiptHandle"],
                group=told.get("MessageGroupId"),
            )


def _of_the_dead(queue: str) -> str:
    return queue if queue == STREAM_FAILURES else f"{queue}DeadLetters"


def _told(queue: str, message: "MessageTypeDef") -> str:
    """What the worker wrote on a message that it put there itself, or Lambda in it."""
    if queue == STREAM_FAILURES:
        return explained(position_of(message["Body"]))
    told = message.get("MessageAttributes", {}).get("reason")
    return told.get("StringValue", "") if told else ""


def reason_of(logs: "CloudWatchLogsClient", message_id: str, log_groups: Sequence[str]) -> str:
    """The exception that a worker logged over this message last, in one line."""
    reason = ""
    for group in log_groups:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, filterPattern=f'"{message_id}"')
        for page in pages:
            for event in page["events"]:
                text = event.get("message", "")
                if told := re.search(rf"message {re.escape(message_id)} failed: (.*)", text):
                    reason = told.group(1)
    return reason


def put_back(sqs: "SQSClient", urls: dict[str, str], letter: DeadLetter) -> None:
    """Sends the message to the queue it came from, then deletes it from the dead ones."""
    if letter.queue == STREAM_FAILURES:
        again = work_again(boto3.resource("dynamodb"), urls, position_of(letter.body), datetime.now(UTC))
        for queue, body in again:
            sqs.send_message(QueueUrl=urls[queue], MessageBody=body)
        sqs.delete_message(QueueUrl=urls[letter.queue], ReceiptHandle=letter.receipt)
        return
    fifo = fifo_arguments(letter.message_id, letter.group, datetime.now(UTC))
    sqs.send_message(QueueUrl=urls[letter.queue], MessageBody=letter.body, **fifo)  # type: ignore[arg-type]
    sqs.delete_message(QueueUrl=urls[_of_the_dead(letter.queue)], ReceiptHandle=letter.receipt)


def let_go(sqs: "SQSClient", urls: dict[str, str], letter: DeadLetter) -> None:
    """Makes a message that was only looked at visible again at once."""
    url = urls[_of_the_dead(letter.queue)]
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=letter.receipt, VisibilityTimeout=0)


def _all(sqs: "SQSClient", url: str) -> Iterator["MessageTypeDef"]:
    seen: set[str] = set()
    while messages := sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        VisibilityTimeout=HELD_SECONDS,
        WaitTimeSeconds=1,
        MessageSystemAttributeNames=["All"],
        MessageAttributeNames=["reason"],
    ).get("Messages"):
        fresh = [message for message in messages if message["MessageId"] not in seen]
        if not fresh:
            return
        seen |= {message["MessageId"] for message in fresh}
        yield from fresh


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with which of them."""
    actions = parser.add_subparsers(dest="action", required=True)
    showing = actions.add_parser("show", help="print them, and leave them where they are")
    redriving = actions.add_parser("redrive", help="send them back to work")
    redriving.add_argument("--message", help="this message only, by its id")
    for action in (showing, redriving):
        action.add_argument("--queue", choices=QUEUES, help="this queue's only")
    add_stack(parser, showing, redriving)


def run(given: argparse.Namespace) -> int:
    """Shows or redrives, and says how many dead letters are left."""
    urls = outputs(given.stack)
    groups = log_groups_of(given.stack)
    sqs, left = boto3.client("sqs"), 0
    wanted = [given.queue] if given.queue else list(QUEUES)
    for letter in list_dead_letters(sqs, boto3.client("logs"), urls, wanted, groups):
        print(f"{letter.queue} {letter.message_id} sent {letter.sent_at:%Y-%m-%d %H:%M:%S} UTC")
        print(f"  body:   {letter.body[:300]}")
        print(f"  reason: {letter.reason or 'not in the logs any more'}")
        if given.action == "redrive" and given.message in (None, letter.message_id):
            put_back(sqs, urls, letter)
            print("  sent back to work")
        else:
            let_go(sqs, urls, letter)
            left += 1
    print(f"{left} dead letters left")
    return 0


def log_groups_of(stack: str) -> list[str]:
    """The log groups of a stack's functions, by name."""
    pages = boto3.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    resources = [one for page in pages for one in page["StackResourceSummaries"]]
    return [one.get("PhysicalResourceId", "") for one in resources if one["ResourceType"] == "AWS::Logs::LogGroup"]
