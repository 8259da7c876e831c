"""Queues are counted with what is in somebody's hands; ages come from CloudWatch, and from nobody else."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from chalicelib.operator.adapters.queues import SqsQueues
from chalicelib.operator.status import QueueState
from tests.aws import nobodys_account
from tests.factories import NOW


class Clouds:
    """CloudWatch, of which only the age of one queue is known."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.away = False

    def get_metric_data(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        if self.away:
            raise EndpointConnectionError(endpoint_url="https://monitoring")
        names = [one["MetricStat"]["Metric"]["Dimensions"][0]["Value"] for one in asked["MetricDataQueries"]]
        short = asked["MetricDataQueries"][names.index("ask.fifo")]["Id"]
        return {"MetricDataResults": [{"Id": short, "Values": [42.0, 7.0]}, {"Id": "other", "Values": []}]}


@pytest.fixture
def urls(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, tuple[str, str]]]:
    nobodys_account(monkeypatch)
    with mock_aws():
        sqs = boto3.client("sqs")
        fifo: Any = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
        made = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("rebuild", "rebuild-dead")}
        made |= {
            name: sqs.create_queue(QueueName=name, Attributes=fifo)["QueueUrl"] for name in ("ask.fifo", "dead.fifo")
        }
        yield {"rebuild": (made["rebuild"], made["rebuild-dead"]), "ask": (made["ask.fifo"], made["dead.fifo"])}


def test_all_that_waits_is_counted_and_as_old_as_was_measured(urls: dict[str, tuple[str, str]]) -> None:
    sqs, clouds = boto3.client("sqs"), Clouds()
    queues = SqsQueues(sqs, clouds, urls)
    at_rest = QueueState(waiting=0, oldest_seconds=0, dead=0)
    assert queues.states(NOW) == {"rebuild": at_rest, "ask": at_rest}
    assert not clouds.asked, "nothing waits, so nothing is old"
    for group in "ab":
        sqs.send_message(QueueUrl=urls["ask"][0], MessageBody=group, MessageGroupId=group)
    sqs.receive_message(QueueUrl=urls["ask"][0], MaxNumberOfMessages=1)
    sqs.send_message(QueueUrl=urls["rebuild"][0], MessageBody="now")
    sqs.send_message(QueueUrl=urls["rebuild"][0], MessageBody="not before a sitting has ended", DelaySeconds=60)
    sqs.send_message(QueueUrl=urls["rebuild"][1], MessageBody="dead")
    assert queues.states(NOW) == {
        "rebuild": QueueState(waiting=1, oldest_seconds=None, dead=1),
        "ask": QueueState(waiting=2, oldest_seconds=42, dead=0),
    }


def test_counts_are_told_when_cloudwatch_is_away(urls: dict[str, tuple[str, str]]) -> None:
    sqs, clouds = boto3.client("sqs"), Clouds()
    clouds.away = True
    sqs.send_message(QueueUrl=urls["rebuild"][0], MessageBody="x")
    assert SqsQueues(sqs, clouds, urls).states(NOW)["rebuild"] == QueueState(waiting=1, oldest_seconds=None, dead=0)
