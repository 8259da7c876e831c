"""Dead letters are told without what is in them, and go back where they came from, each once."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.errors import NotFoundError
from chalicelib.operator.adapters.dead_letters import SqsDeadLetters
from tests.aws import nobodys_account
from tests.factories import NOW


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    nobodys_account(monkeypatch)
    with mock_aws():
        yield boto3.client("sqs")


def made(sqs: Any, ending: str = "") -> tuple[SqsDeadLetters, str, str]:
    fifo = {"FifoQueue": "true"} if ending else {}
    work, dead = (
        sqs.create_queue(QueueName=f"{name}{ending}", Attributes=fifo)["QueueUrl"] for name in ("work", "dead")
    )
    return SqsDeadLetters(sqs, {"work": (work, dead)}), work, dead


def waiting(sqs: Any, url: str) -> list[str]:
    return sorted(one["Body"] for one in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []))


def test_a_letter_is_told_by_its_kind_and_stays_when_it_is_looked_at(sqs: Any) -> None:
    queues, _, dead = made(sqs)
    told: Any = {"reason": {"DataType": "String", "StringValue": "ValueError('user Olga of Alien')"}}
    sqs.send_message(QueueUrl=dead, MessageBody='{"user_id": "Olga"}', MessageAttributes=told)
    for _ in range(2):  # it is in sight again at once
        (letter,) = queues.look("work", 10)
        assert (letter.reason, "Olga" in str(letter)) == ("ValueError", False)
    assert letter.receives >= 1
    assert waiting(sqs, dead) == ['{"user_id": "Olga"}']


def test_at_most_so_many_go_back_to_work(sqs: Any) -> None:
    queues, work, dead = made(sqs)
    for number in range(13):
        sqs.send_message(QueueUrl=dead, MessageBody=str(number))
    assert queues.send_again("work", 12, NOW) == 12
    assert len(waiting(sqs, dead)) == 1
    assert len(waiting(sqs, work)) == 10


def test_a_letter_of_a_fifo_queue_goes_back_in_its_group_under_another_id(sqs: Any) -> None:
    queues, work, dead = made(sqs, ".fifo")
    sqs.send_message(QueueUrl=work, MessageBody="x", MessageGroupId="lane-1", MessageDeduplicationId="once")
    (got,) = sqs.receive_message(QueueUrl=work)["Messages"]
    sqs.delete_message(QueueUrl=work, ReceiptHandle=got["ReceiptHandle"])
    sqs.send_message(QueueUrl=dead, MessageBody="x", MessageGroupId="lane-1", MessageDeduplicationId="once")
    assert queues.send_again("work", 10, NOW) == 1
    (again,) = sqs.receive_message(QueueUrl=work, MessageSystemAttributeNames=["All"])["Messages"]
    assert (again["Body"], again["Attributes"]["MessageGroupId"]) == ("x", "lane-1")


def test_an_unknown_queue_is_not_found(sqs: Any) -> None:
    queues, _, _ = made(sqs)
    with pytest.raises(NotFoundError):
        queues.look("other", 10)
    with pytest.raises(NotFoundError):
        queues.send_again("other", 10, NOW)
