"""What was told comes out of the queue as it went in; a hundred events are one request."""

import boto3
import msgspec
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from chalicelib.errors import UnavailableError
from chalicelib.outcomes.adapters.queue import SqsTelling
from chalicelib.outcomes.model import Told, ToldBatch
from tests.aws import nobodys_account
from tests.factories import film_id

FULL = ToldBatch(
    "0123456789abcdef0123",
    tuple(Told("shown", film_id(str(n)), 1_772_366_400_000_000 + n, "gigachat", n, "home", "", "0123456789")
          for n in range(100)),
)  # fmt: skip


def test_a_hundred_events_are_one_message_of_one_billed_part(monkeypatch: pytest.MonkeyPatch) -> None:
    nobodys_account(monkeypatch)
    with mock_aws():
        sqs = boto3.client("sqs")
        url = sqs.create_queue(QueueName="events")["QueueUrl"]
        SqsTelling(sqs, url).tell(FULL)
        (received,) = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert msgspec.json.decode(received["Body"], type=ToldBatch) == FULL
    assert len(received["Body"]) < 64 * 1024


def test_a_queue_that_does_not_answer_is_said_to_be_unavailable() -> None:
    class Away:
        def send_message(self, **_: object) -> None:
            raise EndpointConnectionError(endpoint_url="https://sqs")

    with pytest.raises(UnavailableError):
        SqsTelling(Away(), "url").tell(FULL)  # type: ignore[arg-type]
