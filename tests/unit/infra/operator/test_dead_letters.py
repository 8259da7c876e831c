"""An operator sees what died and why, and sends it back to work."""

import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.operator.dead_letters import DeadLetter, let_go, list_dead_letters, put_back

GROUP = "/aws/lambda/ask"


@pytest.fixture
def urls() -> Iterator[dict[str, str]]:
    with mock_aws():
        sqs = boto3.client("sqs")
        fifo = {"FifoQueue": "true", "ContentBasedDeduplication": "false"}
        yield {
            "RebuildQueue": sqs.create_queue(QueueName="rebuild")["QueueUrl"],
            "RebuildQueueDeadLetters": sqs.create_queue(QueueName="rebuild-dead")["QueueUrl"],
            "AskQueue": sqs.create_queue(QueueName="ask.fifo", Attributes=fifo)["QueueUrl"],  # type: ignore[arg-type]
            "AskQueueDeadLetters": sqs.create_queue(QueueName="ask-dead.fifo", Attributes=fifo)["QueueUrl"],  # type: ignore[arg-type]
        }


def letters(urls: dict[str, str], queue: str, groups: tuple[str, ...] = ()) -> list[DeadLetter]:
    return list(list_dead_letters(boto3.client("sqs"), boto3.client("logs"), urls, [queue], groups))


def received(url: str) -> list[Any]:
    got = boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"])
    return got.get("Messages", [])


def test_reason_is_shown_when_a_worker_logged_it(urls: dict[str, str]) -> None:
    sent = boto3.client("sqs").send_message(QueueUrl=urls["RebuildQueueDeadLetters"], MessageBody="{")
    logs = boto3.client("logs")
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName="s")
    error = "ValidationError('cut off')"
    trace = f"[ERROR] message {sent['MessageId']} failed: {error}\nTraceback (most recent call last):\n…"
    now = int(time.time() * 1000)  # the service refuses what is older than a fortnight
    events = [{"timestamp": now, "message": "message of another kind"}, {"timestamp": now, "message": trace}]
    logs.put_log_events(logGroupName=GROUP, logStreamName="s", logEvents=events)  # type: ignore[arg-type]
    (letter,) = letters(urls, "RebuildQueue", (GROUP,))
    assert (letter.body, letter.reason) == ("{", error)


def test_letter_is_still_there_when_it_was_only_looked_at(urls: dict[str, str]) -> None:
    sqs = boto3.client("sqs")
    sqs.send_message(QueueUrl=urls["RebuildQueueDeadLetters"], MessageBody="{}")
    (letter,) = letters(urls, "RebuildQueue")
    assert letter.reason == ""
    let_go(sqs, urls, letter)
    assert len(letters(urls, "RebuildQueue")) == 1


def test_letter_is_back_in_its_lane_when_redriven(urls: dict[str, str]) -> None:
    sqs = boto3.client("sqs")
    sqs.send_message(
        QueueUrl=urls["AskQueueDeadLetters"], MessageBody="{}", MessageGroupId="lane-0", MessageDeduplicationId="one"
    )
    (letter,) = letters(urls, "AskQueue")
    put_back(sqs, urls, letter)
    (back,) = received(urls["AskQueue"])
    assert (back["Body"], back["Attributes"]["MessageGroupId"]) == ("{}", "lane-0")
    assert received(urls["AskQueueDeadLetters"]) == []
