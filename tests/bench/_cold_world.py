"""What functions meet in `imports`: tables, queues, keys and films in moto, GigaChat's stand-in, and new viewers."""

import base64
import itertools
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import boto3
import msgspec
from moto.server import ThreadedMotoServer

from chalicelib import aws, resources
from chalicelib.auth import accounts
from chalicelib.auth.sign_in import sign_in
from chalicelib.aws import process
from chalicelib.catalog.imports import begin_import
from chalicelib.catalog.model import FilmQuery
from chalicelib.feedback.give_feedback import Change, give_feedback
from chalicelib.settings import settings
from infra.deploy.template.tables import tables
from infra.local.demo_catalogue import load_demo
from infra.rehearsal.resolve import REGION, Template
from tests.deployed import home_event
from tests.standin import CREDENTIALS, running_standin
from tests.tables import KEPT

QUEUES = ("rebuild", "ask", "erasure", "letters", "imports", "events")
KEYS, MODEL_KEY, FILMS, SENT, TOLD = "token-keys", "gigachat-key", "kinosovet-films", "kinosovet-sent", "kinosovet-told"
TASTES = ("матрица", "крёстный отец", "звёздные войны", "чужой", "история игрушек")  # of one viewer after the other
PASSWORD = "eleven green bottles"


class World:
    """A running world: `environment` leads a function there."""

    def __init__(self, environment: dict[str, str], model: Mapping[str, Any]) -> None:
        self.environment = environment
        self._tastes = itertools.cycle(TASTES)
        self.model = model

    def event(self, function: str) -> Any:
        """An event of the function, of a viewer whom nobody has seen before."""
        return getattr(self, f"_for_{function}")()

    def viewer(self, *, likes: bool = False) -> tuple[str, str]:
        """User id and access token."""
        email = f"{uuid4().hex}@example.com"
        parts, now = resources.auth_dependencies(), datetime.now(UTC)
        account = accounts.register(email, PASSWORD, None, "ru", email, parts, now)
        if likes:
            for film in resources.catalog().search(FilmQuery(text=next(self._tastes), limit=3)).films:
                store, liked_at = resources.feedback_store(), now - timedelta(hours=1)
                like = Change(rating="like")
                listed = resources.find_listed_film
                give_feedback(store, resources.catalog, listed, account.user_id, film.film_id, like, "ru", liked_at)
        return account.user_id, sign_in(email, PASSWORD, f"{uuid4().hex}", parts, now).access_token

    def _for_api(self) -> Any:
        user_id, _ = self.viewer()
        return home_event(user_id)

    def _for_authorize(self) -> Any:
        arn = f"arn:aws:execute-api:{REGION}:123456789012:abc/api/GET/v1/me"
        return {"type": "TOKEN", "authorizationToken": f"Bearer {self.viewer()[1]}", "methodArn": arn}

    def _for_plan(self) -> Any:
        return _stream({"user_id": {"S": self.viewer()[0]}, "film_id": {"S": str(uuid4())}})

    def _for_rebuild(self) -> Any:
        moment = datetime.now(UTC).isoformat()
        return _queued("rebuild", {"user_id": self.viewer(likes=True)[0], "changed_at": moment})

    def _for_ask(self) -> Any:
        return _queued("ask", {"user_id": self.viewer(likes=True)[0], "taste_hash": "", "window": 1})

    def _for_sweep(self) -> Any:
        return _scheduled()

    def _for_note_premieres(self) -> Any:
        return _scheduled()

    def _for_learn(self) -> Any:
        return _scheduled()

    def _for_tend_catalog(self) -> Any:
        return _scheduled()

    def _for_take_imports(self) -> Any:
        store, now = resources.import_store(), datetime.now(UTC)
        begun = begin_import(store, now, "interactions")
        films = resources.catalog().top(20)
        rows = [{"viewer": uuid4().hex, "film": one.film_id, "rating": "like", "at": now} for one in films]
        aws.client("s3").put_object(
            Bucket=SENT, Key=f"imports/files/{begun.import_id}", Body=b"\n".join(map(msgspec.json.encode, rows))
        )
        return _queued("imports", {"import_id": begun.import_id})

    def _for_erase(self) -> Any:
        return _stream({"pk": {"S": f"erased#{self.viewer()[0]}"}})

    def _for_purge_again(self) -> Any:
        later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        return _queued("erasure", {"user_id": self.viewer()[0], "not_before": later})

    def _for_post_letters(self) -> Any:
        account = resources.account_store().find(self.viewer()[0])
        assert account is not None
        return _queued("letters", {"purpose": "reset", "email": account.email})

    def _for_begin_weekly(self) -> Any:
        return _scheduled()

    def _for_send_weekly(self) -> Any:
        return _queued("weekly", {"type": "one", "issue": datetime.now(UTC).isoformat(), "user_id": self.viewer()[0]})

    def _for_write_events(self) -> Any:
        told = ["shown", str(uuid4()), round(datetime.now(UTC).timestamp() * 1_000_000)]
        return _queued("events", {"viewer": "0" * 20, "events": [told]})

    def _for_count_outcomes(self) -> Any:
        return _scheduled()


@contextmanager
def running_world(template: Template, function: str) -> Iterator[World]:
    """The world of the deployment that a template describes; every function has the same environment."""
    before = dict(os.environ)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    with running_standin() as standin:
        try:
            host, port = server.get_host_and_port()
            endpoint = f"http://{host}:{port}"
            places = {"AWS_ENDPOINT_URL": endpoint, "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}
            places |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
            os.environ.update(places)
            made = template.environment(function) | _made(template) | places
            made |= {"LLM_BASE_URL": standin.base_url, "LLM_AUTH_URL": standin.auth_url}
            made |= {"LEARNING_DATABASE": "", "LEARNING_SOURCE": "pages"}  # moto has no Athena that could answer
            os.environ.update(made)
            _forget()
            load_demo(made["CATALOG_URL"])
            model = {"credentials": CREDENTIALS, "base_url": standin.base_url, "auth_url": standin.auth_url,
                     "model": made["LLM_MODEL"]}  # fmt: skip
            yield World(made, model)
        finally:
            server.stop()
            os.environ.clear()
            os.environ.update(before)
            _forget()


def _made(template: Template) -> dict[str, str]:
    """Makes what the functions use, and says what it is called."""
    dynamodb, sqs, secrets = boto3.client("dynamodb"), boto3.client("sqs"), boto3.client("secretsmanager")
    for logical_id, resource in tables().items():
        properties: Any = resource["Properties"]  # type: ignore[index]
        dynamodb.create_table(
            TableName=template.value({"Ref": logical_id}),
            **{key: properties[key] for key in KEPT if key in properties},
        )
    names = {}
    for queue in QUEUES:
        attributes = {"FifoQueue": "true"} if queue == "ask" else {}
        name = f"{queue}.fifo" if queue == "ask" else queue
        url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]  # type: ignore[arg-type]
        names[f"{queue.upper()}_QUEUE_URL"] = url
    signing = {"kid": "first", "secret": base64.b64encode(os.urandom(48)).decode()}
    secrets.create_secret(Name=KEYS, SecretString=json.dumps(signing))
    secrets.create_secret(Name=MODEL_KEY, SecretString=json.dumps({"credentials": CREDENTIALS}))
    for bucket in (FILMS, SENT, TOLD):
        boto3.client("s3").create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
    places = {"CATALOG_URL": f"s3://{FILMS}/catalog", "IMPORTS_BUCKET": SENT, "LEARNING_BUCKET": TOLD}
    return names | places | {"TOKEN_KEYS_SECRET": KEYS, "LLM_SECRET": MODEL_KEY}


def _forget() -> None:
    """What was opened in another environment is opened anew."""
    for one in (*vars(resources).values(), settings, process):
        if hasattr(one, "cache_clear"):
            one.cache_clear()


def _stream(keys: dict[str, Any]) -> Any:
    record = {"eventID": "1", "eventName": "INSERT", "eventSource": "aws:dynamodb", "awsRegion": REGION,
              "eventSourceARN": f"arn:aws:dynamodb:{REGION}:123456789012:table/bench/stream/1",
              "dynamodb": {"Keys": keys, "SequenceNumber": "1", "SizeBytes": 100, "StreamViewType": "KEYS_ONLY",
                           "ApproximateCreationDateTime": 1_767_225_600}}  # fmt: skip
    return {"Records": [record]}


def _queued(queue: str, body: dict[str, Any]) -> Any:
    record = {"messageId": uuid4().hex, "receiptHandle": "1", "body": json.dumps(body), "eventSource": "aws:sqs",
              "attributes": {"ApproximateReceiveCount": "1"}, "messageAttributes": {}, "awsRegion": REGION,
              "eventSourceARN": f"arn:aws:sqs:{REGION}:123456789012:{queue}"}  # fmt: skip
    return {"Records": [record]}


def _scheduled() -> Any:
    return {"version": "0", "account": "123456789012", "region": REGION, "detail": {}, "detail-type": "Scheduled Event",
            "source": "aws.events", "time": "2026-01-01T00:00:00Z", "id": "1", "resources": []}  # fmt: skip
