"""Stream records that were given up are made good from what the tables hold."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import boto3
import msgspec
import pytest

from chalicelib.auth.adapters.store import DynamoAccountStore
from chalicelib.auth.leaving.erasure import PurgeAgain, erase_account
from chalicelib.auth.model import Account
from chalicelib.feedback.adapters.store import DynamoFeedbackStore
from chalicelib.recommendations.messages import Rebuild
from infra.deploy.declaration import STREAM_FAILURES
from infra.operator.dead_letters import DeadLetter, let_go, list_dead_letters, put_back
from tests.aws import aws_in_memory
from tests.factories import NOW, feedback


@pytest.fixture
def urls(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """What the stack tells: tables and queues."""
    with aws_in_memory(monkeypatch):
        sqs = boto3.client("sqs")
        names = ("ErasureQueue", "RebuildQueue", STREAM_FAILURES)
        queues = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in names}
        yield {"AccountsTable": "AccountsTable", "FeedbackTable": "FeedbackTable", **queues}


def given_up(urls: dict[str, str], function: str, table_name: str, first: datetime, last: datetime) -> DeadLetter:
    """What Lambda writes when it gives up (the page that `stream_failures.py` names)."""
    arn = f"arn:aws:dynamodb:eu-central-1:123456789012:table/{table_name}/stream/2026-11-28T00:00:00.000"
    letter = {
        "requestContext": {
            "requestId": "316aa6d0-8154-xmpl-9af7-85d5f4a6bc81",
            "functionArn": f"arn:aws:lambda:eu-central-1:123456789012:function:kinosovet-{function}",
            "condition": "RecordAgeExpired",
            "approximateInvokeCount": 70,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": "2026-11-14T00:13:49.717Z",
        "DDBStreamBatchInfo": {
            "shardId": "shardId-00000001573689847184-864758bb",
            "startSequenceNumber": "800000000003126276362",
            "endSequenceNumber": "800000000003126276362",
            "approximateArrivalOfFirstRecord": first.isoformat().replace("+00:00", "Z"),
            "approximateArrivalOfLastRecord": last.isoformat().replace("+00:00", "Z"),
            "batchSize": 3,
            "streamArn": arn,
        },
    }
    boto3.client("sqs").send_message(QueueUrl=urls[STREAM_FAILURES], MessageBody=json.dumps(letter))
    (found,) = list_dead_letters(boto3.client("sqs"), boto3.client("logs"), urls, [STREAM_FAILURES], [])
    return found


def bodies(url: str) -> list[str]:
    got = boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [message["Body"] for message in got.get("Messages", [])]


def test_it_is_shown_who_gave_up_what_and_when(urls: dict[str, str]) -> None:
    letter = given_up(urls, "plan", "FeedbackTable", NOW, NOW)
    assert letter.reason == (
        f"RecordAgeExpired: kinosovet-plan gave up 3 records that came from {NOW:%Y-%m-%d %H:%M:%S} UTC on"
    )
    let_go(boto3.client("sqs"), urls, letter)
    assert len(bodies(urls[STREAM_FAILURES])) == 1, "it was only looked at"


def test_everybody_whose_words_are_of_those_minutes_gets_a_new_list(urls: dict[str, str]) -> None:
    store = DynamoFeedbackStore(urls["FeedbackTable"])
    for user_id, minutes_ago in (("long before", 30.0), ("then", 10.0), ("then too", 7.0), ("later", 1.0)):
        store.put(user_id, feedback("Alien", minutes_ago=minutes_ago), replaces=None)
    store.put("then", feedback("Aliens", minutes_ago=9.0), replaces=None)
    letter = given_up(urls, "plan", "FeedbackTable", NOW - timedelta(minutes=10), NOW - timedelta(minutes=7))
    put_back(boto3.client("sqs"), urls, letter)
    found = [msgspec.json.decode(body, type=Rebuild).user_id for body in bodies(urls["RebuildQueue"])]
    assert sorted(found) == ["then", "then too"]
    assert bodies(urls[STREAM_FAILURES]) == bodies(urls["ErasureQueue"]) == []


def test_every_deleted_account_is_purged_again(urls: dict[str, str]) -> None:
    accounts = DynamoAccountStore(urls["AccountsTable"])
    for name in ("gone", "gone too", "here"):
        accounts.add(Account(user_id=name, email=f"{name}@example.com", password_hash="hash", created_at=NOW))
    for name in ("gone", "gone too"):
        erase_account(name, accounts, NOW)
    put_back(boto3.client("sqs"), urls, given_up(urls, "erase", "AccountsTable", NOW, NOW))
    purges = [msgspec.json.decode(body, type=PurgeAgain) for body in bodies(urls["ErasureQueue"])]
    assert sorted(one.user_id for one in purges) == ["gone", "gone too"]
    assert bodies(urls["RebuildQueue"]) == []
