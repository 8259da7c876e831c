"""A second purge waits in the queue and comes out as it went in."""

import boto3
import msgspec
import pytest
from moto import mock_aws

from chalicelib.auth.adapters.queue import SqsErasureQueue, SqsLetterQueue
from chalicelib.auth.leaving.erasure import PurgeAgain
from chalicelib.auth.letters.port import LetterWanted
from tests.aws import nobodys_account
from tests.factories import NOW


def test_the_message_comes_after_its_delay_when_it_is_received(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    message = PurgeAgain(user_id="user", not_before=NOW)
    with mock_aws():
        sqs = boto3.client("sqs")
        url = sqs.create_queue(QueueName="erasure")["QueueUrl"]
        queue = SqsErasureQueue(sqs, url)
        queue.send(message, delay_seconds=900)
        assert "Messages" not in sqs.receive_message(QueueUrl=url)
        queue.send(message, delay_seconds=0)
        (received,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert msgspec.json.decode(received["Body"], type=PurgeAgain) == message


def test_the_wish_for_a_letter_comes_out_as_it_went_in(monkeypatch: pytest.MonkeyPatch) -> None:
    nobodys_account(monkeypatch)
    wish = LetterWanted(purpose="reset", email="vera@example.com")
    with mock_aws():
        sqs = boto3.client("sqs")
        url = sqs.create_queue(QueueName="letters")["QueueUrl"]
        SqsLetterQueue(sqs, url).send(wish)
        (received,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert msgspec.json.decode(received["Body"], type=LetterWanted) == wish
