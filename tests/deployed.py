"""The deployed stack as tests see it: HTTP, and what an operator would look at. A plugin: `pytest_plugins` names it.

`--emulator localstack` has the same tests run on LocalStack, where `tests/localstack_differences.py` says what differs.
"""

import fcntl
import json
import os
import ssl
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from functools import cache, partial
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import uuid4

import boto3
import httpx
import msgspec
import pytest

from chalicelib import aws
from chalicelib.recommendations.adapters.store import STATE, DynamoRecommendationStore
from chalicelib.recommendations.model import AskState, UserRecord
from chalicelib.recommendations.stored_formats import unpacked
from chalicelib.settings import settings
from infra.__main__ import main
from infra.deploy.package import package
from infra.local import emulator as emulators
from infra.local import processes
from infra.local.demo_catalogue import built_demo
from infra.local.localstack import host as localstack
from infra.local.ministack import host as ministack
from infra.local.running_copy import down
from infra.local.up import STACK, up
from tests.localstack_differences import expect_differences

LOCAL = Path(__file__).parent.parent / ".local"
EMULATORS = {"ministack": ministack.start, "localstack": localstack.start}
TABLES = ("AccountsTable", "SessionsTable", "FeedbackTable", "RecommendationsTable", "BudgetTable", "OutcomesTable")
DEADLINE_SECONDS = 90.0  # machines are shared, and the first call of a function is a cold start
PASSWORD = "a quite ordinary passphrase"
SCHEDULED = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}, "resources": [], "version": "0",
             "id": "1", "account": "1", "time": "2026-01-01T00:00:00Z", "region": "us-east-1"}  # fmt: skip
"""What EventBridge sends when it is time."""
CROWDED = {"RegistrationsPerHour": "100000", "MeaningPercent": "0"}
"""A whole suite's viewers come from one address, and nobody embeds the demo's films beside them."""
HURRIED = CROWDED | {"AskFirstPauseSeconds": "1"}
"""The first question waits for a pause. Tests like three films at once, and no question is asked before the third."""


class Stack(msgspec.Struct, frozen=True):
    """A running copy of the whole product, of the tests' own."""

    url: str
    control_url: str
    state: Path
    outputs: dict[str, str]

    def gigachat(self, method: str, path: str, **body: Any) -> Any:
        """A call of the stand-in's control address."""
        answer = httpx.request(method, self.control_url + path, json=body or None, timeout=30, verify=no_tls())
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def waiting(self, queue: str) -> int:
        """Messages in a queue of the stack (by its output's name), those in somebody's hands included. Of those whose
        time has not come none brings anything but the wake-ups of viewers who pause before their first question."""
        names = [f"ApproximateNumberOfMessages{kind}" for kind in ("", "NotVisible")]
        told = boto3.client("sqs").get_queue_attributes(QueueUrl=self.outputs[queue], AttributeNames=names)  # type: ignore[arg-type]
        waiting = sum(int(told["Attributes"][name]) for name in names)  # type: ignore[index,misc]
        return waiting + (self._pausing() if queue == "RebuildQueue" else 0)

    def _pausing(self) -> int:
        found = (
            boto3.client("dynamodb")
            .get_paginator("scan")
            .paginate(
                TableName=self.outputs["RecommendationsTable"],
                FilterExpression="#item = :state AND attribute_exists(body)",
                ExpressionAttributeNames={"#item": "item"},
                ExpressionAttributeValues={":state": {"S": STATE}},
            )
        )
        states = (unpacked(row["body"]["B"], AskState) for page in found for row in page["Items"])
        return sum(state.pausing_until is not None for state in states)

    def log_lines(self) -> list[str]:
        """Everything that any function has logged."""
        logs = boto3.client("logs")
        lines: list[str] = []
        for group in logs.describe_log_groups()["logGroups"]:
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
            lines += [event["message"] for page in pages for event in page["events"]]
        return lines

    def workers(self, function: str) -> list[int]:
        """The emulator's processes that run a function (`Sweep`): those below this state's own emulator only."""
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    environment = (folder / "environ").read_bytes()
                except OSError:
                    continue
                if f"-{function}-".encode() in environment and f"{self.state}/".encode() in environment:
                    found.append(int(folder.name))
        return found

    def held(self, *needles: str) -> list[dict[str, Any]]:
        """Every item of any table that holds one of the texts, tombstones left out."""
        found = []
        for table in TABLES:
            for page in boto3.client("dynamodb").get_paginator("scan").paginate(TableName=self.outputs[table]):
                for item in page["Items"]:
                    tombstone = item.get("pk", {}).get("S", "").startswith("erased#") or item.get("erased")
                    if not tombstone and any(needle in json.dumps(item, default=str) for needle in needles):
                        found.append(item)
        return found

    def end_faults(self) -> None:
        """GigaChat is well again, and nothing remembers it otherwise."""
        self.gigachat("DELETE", "fault")
        self.close_breaker()

    def close_breaker(self) -> None:
        """Forgets a test's failures."""
        boto3.resource("dynamodb").Table(self.outputs["BudgetTable"]).delete_item(Key={"pk": "breaker"})

    def record(self, user_id: str) -> UserRecord:
        """What the recommendations' table holds of a viewer."""
        known = settings()
        table = self.outputs["RecommendationsTable"]
        return DynamoRecommendationStore(table, known.list_bytes_max, known.stale_shards).read(user_id)

    def wake(self, function: str, event: object) -> None:
        """Has a function run some time soon, as a schedule does."""
        client = boto3.client("lambda")
        client.invoke(
            FunctionName=self.function_name(function), InvocationType="Event", Payload=msgspec.json.encode(event)
        )

    def invoke(self, function: str, event: object) -> Any:
        """Runs a function of the stack by the logical id in its physical name (`Sweep`)."""
        client = boto3.client("lambda")
        answer = client.invoke(FunctionName=self.function_name(function), Payload=msgspec.json.encode(event))
        payload = answer["Payload"].read()
        assert "FunctionError" not in answer, payload
        return msgspec.json.decode(payload) if payload else None

    def function_name(self, function: str) -> str:
        """Its physical name."""
        names = [one["FunctionName"] for one in boto3.client("lambda").list_functions()["Functions"]]
        return next(str(one) for one in names if f"-{function}-" in one)


class Viewer:
    """A signed-in viewer, or a stranger while `token` is empty. `call` gives the answer whatever its status."""

    def __init__(self, url: str, token: str = "", language: str = "ru") -> None:
        self.http = httpx.Client(base_url=url, timeout=60, verify=no_tls())
        weakref.finalize(self, self.http.close)
        self.token = token
        self.language = language
        self.email = ""
        self.user_id = ""
        self.refresh_token = ""

    def call(self, method: str, path: str, body: object = None, **options: Any) -> httpx.Response:
        headers = {"Accept-Language": self.language} | options.pop("headers", {})
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            options["content"] = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return self.http.request(method, path, headers=headers, **options)

    def ok(self, method: str, path: str, body: object = None, **options: Any) -> Any:
        """The answer's JSON; fails on an error status."""
        answer = self.call(method, path, body, **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def films(self, *titles: str) -> list[str]:
        """Film ids by title: the best match of each."""
        return [
            self.ok("GET", "v1/films", params={"query": title, "limit": 1})["films"][0]["film_id"] for title in titles
        ]

    def like(self, *film_ids: str) -> None:
        for film_id in film_ids:
            self.ok("PUT", f"v1/feedback/{film_id}", {"rating": "like"})

    def home(self, **params: Any) -> Any:
        return self.ok("GET", "v1/recommendations", params=params)

    def home_when(self, holds: Callable[[Any], bool], seconds: float = DEADLINE_SECONDS) -> Any:
        """The first home page of which this holds; fails with the last one seen."""
        return wait_for(lambda: (page := self.home(limit=100)) and (page if holds(page) else None), seconds, self.home)


@cache
def no_tls() -> ssl.SSLContext:
    """What clients of loopback are given: by default each reads all authorities' certificates anew, for 25 ms."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def wait_for[T](probe: Callable[[], T | None], seconds: float, last: Callable[[], object] = lambda: "") -> T:
    """The first answer of `probe` that is not None or empty, asked every tenth of a second."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := probe():
            return found
        time.sleep(0.1)
    pytest.fail(f"not within {seconds} s: {last()}"[:3000])


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the stack is deployed."""
    parser.addoption("--emulator", choices=sorted(EMULATORS), default="ministack", help="what the stack runs on")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On another emulator than usual only what asks a stack is of interest, and differences are expected to fail."""
    if config.getoption("--emulator") == "localstack":
        aside = [item for item in items if "stack" not in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=aside)
        items[:] = [item for item in items if item not in aside]
        expect_differences(items)


def build_once() -> None:
    """What all copies are made from: two that start at once would build it twice, on the same place."""
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        package()
        built_demo()


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """A copy of its own, with its own port and state: never those of a running `make up`."""
    emulator = request.config.getoption("--emulator")
    with running_stack(emulator if emulator != "ministack" else "", HURRIED, EMULATORS[emulator]) as made:
        yield made


@contextmanager
def running_stack(
    name: str, parameters: Mapping[str, str], start: emulators.Start = ministack.start
) -> Iterator[Stack]:
    """A copy under a name of its own, with these stack parameters. Clients of AWS are led to it while it runs, and
    afterwards to where they were led before."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")  # each has a copy of the stack
    state = LOCAL / "-".join(filter(None, ("test", worker, name)))
    build_once()
    down(state)
    aws.process.cache_clear()  # what an earlier test opened led to its own emulator
    try:
        with mock.patch.dict(os.environ):
            url = up(state, processes.free_port(), start, more=parameters)
            outputs = msgspec.json.decode((state / "outputs.json").read_bytes(), type=dict[str, str])
            yield Stack(url, (state / "gigachat").read_text(), state, outputs)
    finally:
        aws.process.cache_clear()
        down(state)


def home_event(user_id: str) -> dict[str, Any]:
    """`GET /v1/recommendations` as API Gateway hands it to the function, of a viewer whom an authorizer has let in."""
    return {
        "resource": "/v1/recommendations", "path": "/v1/recommendations", "httpMethod": "GET",
        "headers": {"accept": "application/json"}, "multiValueHeaders": {}, "body": None, "isBase64Encoded": False,
        "queryStringParameters": None, "multiValueQueryStringParameters": None, "pathParameters": None,
        "stageVariables": None,
        "requestContext": {"resourcePath": "/v1/recommendations", "httpMethod": "GET", "requestId": "bench",
                           "identity": {"sourceIp": "192.0.2.1"},
                           "authorizer": {"principalId": user_id, "language": "ru"}},
    }  # fmt: skip


def made_server_key(name: str, scopes: str) -> str:
    """A key of one of the site's own servers, as the command prints it once."""
    with redirect_stdout(StringIO()) as said:
        assert main(["server-keys", "create", name, "--scopes", scopes, "--stack", STACK]) == 0
    return said.getvalue().strip()


def revoke_server_key(name: str) -> None:
    """It is believed no longer within half a minute."""
    assert main(["server-keys", "revoke", name, "--stack", STACK]) == 0


@pytest.fixture
def stranger(stack: Stack) -> Viewer:
    """Nobody in particular."""
    return Viewer(stack.url)


def registered(stack: Stack, language: str = "ru") -> Viewer:
    """A viewer nobody has seen before, signed in."""
    viewer = Viewer(stack.url, language=language)
    viewer.email = f"{uuid4().hex}@example.com"
    account = {"email": viewer.email, "password": PASSWORD, "language": language}
    viewer.user_id = viewer.ok("POST", "v1/auth/register", account)["user_id"]
    pair = viewer.ok("POST", "v1/auth/login", {"email": viewer.email, "password": PASSWORD})
    viewer.token, viewer.refresh_token = pair["access_token"], pair["refresh_token"]
    return viewer


@pytest.fixture
def new_viewer(stack: Stack) -> Callable[..., Viewer]:
    """Registers and signs in a viewer nobody has seen before."""
    return partial(registered, stack)


@pytest.fixture
def viewer(new_viewer: Callable[..., Viewer]) -> Viewer:
    """A new viewer."""
    return new_viewer()


@pytest.fixture
def gigachat_off(stack: Stack) -> Iterator[None]:
    """GigaChat answers nobody during the test, and has failed nobody after it."""
    stack.gigachat("POST", "fault", kind="off")
    yield
    stack.end_faults()
