"""AWS in memory for tests: the tables as the template declares them, the key secret, the queues."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber

from chalicelib import aws, resources
from chalicelib.settings import settings
from infra.deploy.template.tables import tables
from tests.auth_world import CHEAP, SECRET

KEYS_SECRET = "token-keys"
ADAPTERS = re.compile(r"chalicelib\..*\.adapters\.")
CREATED = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "LocalSecondaryIndexes")


def nobodys_account(monkeypatch: pytest.MonkeyPatch, region: str = "eu-central-1") -> None:
    """The environment of an account that does not exist: whatever escapes moto reaches nobody."""
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)


@contextmanager
def aws_in_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tables, secret and erasure queue, with the environment that names them; the wiring starts anew."""
    nobodys_account(monkeypatch)
    one_request_at_a_time(monkeypatch)
    with mock_aws():
        dynamodb = boto3.client("dynamodb")
        for logical_id, resource in tables().items():
            properties: Any = resource["Properties"]  # type: ignore[index]
            dynamodb.create_table(
                TableName=logical_id, **{key: properties[key] for key in CREATED if key in properties}
            )
            monkeypatch.setenv(f"{logical_id.removesuffix('Table').upper()}_TABLE", logical_id)
        text = f'{{"kid": "first", "secret": "{SECRET}"}}'
        boto3.client("secretsmanager").create_secret(Name=KEYS_SECRET, SecretString=text)
        queue = boto3.client("sqs").create_queue(QueueName="erasure")
        letters = boto3.client("sqs").create_queue(QueueName="letters")
        weekly = boto3.client("sqs").create_queue(QueueName="weekly")
        queues = {
            "erasure_queue_url": queue["QueueUrl"],
            "letters_queue_url": letters["QueueUrl"],
            "weekly_queue_url": weekly["QueueUrl"],
        }
        values = CHEAP | queues | {"token_keys_secret": KEYS_SECRET}
        for name, value in values.items():
            monkeypatch.setenv(name.upper(), str(value))
        _forget()
        yield
    _forget()


def stack_in_memory(name: str, outputs: dict[str, str]) -> None:
    """A stack that says these outputs; only within `aws_in_memory`."""
    template = {
        "Resources": {"Anything": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {key: {"Value": value} for key, value in outputs.items()},
    }
    boto3.client("cloudformation").create_stack(StackName=name, TemplateBody=json.dumps(template))


def one_request_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """DynamoDB does each request as a whole; moto, called from several threads, does not. Between requests, threads
    still meet in any order."""
    lock, answer = Lock(), BotocoreStubber.__call__

    def alone(self: Any, event_name: str, request: Any, **more: Any) -> Any:
        with lock:
            return answer(self, event_name, request, **more)

    monkeypatch.setattr(BotocoreStubber, "__call__", alone)


def _forget() -> None:
    """What was opened before: clients and models would go on speaking to another test's account, or region."""
    settings.cache_clear()
    holders = [resources, aws, *(module for name, module in sys.modules.items() if ADAPTERS.match(name))]
    for opened in [one for holder in holders for one in vars(holder).values()]:
        if hasattr(opened, "cache_clear"):
            opened.cache_clear()
