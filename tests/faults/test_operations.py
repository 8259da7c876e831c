"""Every operation of the OpenAPI document, its success and each error it declares, at the deployed API.

What is tried comes from the document, so a route without a line in `tests/operations.py` fails here.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, ClassVar

import boto3
import httpx
import msgspec
import pytest

from chalicelib.callers import TABLE
from tests.deployed import Stack
from tests.operations import ARRANGED, DECLARED, GOOD, Request, Site, opened_site

OPEN_NOTHING = {"GET /v1/health", "GET /v1/openapi.json"}
ELSEWHERE = {
    ("PUT /v1/feedback/{film_id}", 409): "a race: tests/contract/test_feedback_races.py",
    (
        "PUT /v1/catalog/films/{source_id}",
        429,
    ): "thousands of changes: tests/unit/catalog/adapters/test_snapshot_changes.py",
    ("DELETE /v1/catalog/films/{source_id}", 429): "the same",
    ("POST /v1/evenings", 409): "of somebody erased meanwhile: tests/unit/recommendations/evenings/test_joining.py",
    ("POST /v1/evenings/{code}/answers", 409): "a race: tests/unit/recommendations/evenings/test_attending.py",
} | {(operation, status): "opens nothing that could fail" for operation in OPEN_NOTHING for status in (500, 503)}
TIGHT = {"THROTTLE_FAILURES_PER_ACCOUNT": "1", "LETTERS_PER_ADDRESS_AND_HOUR": "0", "REGISTRATIONS_PER_HOUR": "0",
         "EVENINGS_PER_VIEWER": "0", "JOININGS_PER_ADDRESS_AND_HOUR": "0"}  # fmt: skip
AWAY = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}  # discard: nobody answers
TABLES = ("ACCOUNTS", "SESSIONS", "FEEDBACK", "RECOMMENDATIONS", "BUDGET", "OUTCOMES")
BROKEN = {f"{name}_TABLE": "a-table-of-nobody" for name in TABLES} | {
    "CATALOG_URL": "nonsense",
    "SERVER_KEYS_SECRET": "a-secret-of-nobody",
}
AT_ONCE = 4
NO_FAILURE = {200, 201, 202, 204}


def cases(*statuses: int) -> list[tuple[str, int]]:
    """Declared answers with these statuses that are to be tried here."""
    return [
        (operation, status)
        for operation, (_, declared) in DECLARED.items()
        for status in declared
        if status in statuses and (operation, status) not in ELSEWHERE
    ]


def check(answer: httpx.Response, operation: str, status: int) -> None:
    """The status, and the kind of document that the operation declares with it."""
    assert answer.status_code == status, f"{operation}: {answer.status_code} {answer.text[:500]}"
    declared = DECLARED[operation][0]["responses"][str(status)].get("content")
    kind = next(iter(declared), None) if declared else None
    assert kind is None or answer.headers["Content-Type"].startswith(kind)
    if status >= 400:
        assert (answer.json()["status"], bool(answer.json()["request_id"])) == (status, True)


@pytest.fixture(scope="module")
def site(stack: Stack) -> Iterator[Site]:
    with opened_site(stack) as opened:
        yield opened


@contextmanager
def configured(stack: Stack, **variables: str) -> Iterator[None]:
    """The API's function with other variables: its workers start anew."""
    client, name = boto3.client("lambda"), stack.function_name("APIHandler")
    before = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    client.update_function_configuration(FunctionName=name, Environment={"Variables": before | variables})
    try:
        yield
    finally:
        client.update_function_configuration(FunctionName=name, Environment={"Variables": before})


@pytest.fixture(scope="class")
def answers(site: Site, request: pytest.FixtureRequest) -> dict[str, httpx.Response]:
    """What good requests, made beforehand, are told while the API is configured as the class says. A request that
    waits for somebody who does not answer costs nothing, so some are sent at once."""
    kind = request.cls
    operations = dict(kind.CASES)
    prepared = [GOOD[operation](site) for operation in operations]
    with configured(site.stack, **kind.VARIABLES), ThreadPoolExecutor(AT_ONCE) as pool:
        for one in prepared * kind.WRONG_BEFORE:
            site.send(with_another_password(one))
        return dict(zip(operations, pool.map(site.send, prepared), strict=True))


def test_every_operation_of_the_document_has_a_good_request() -> None:
    assert GOOD.keys() == DECLARED.keys()
    assert {(operation, status) for operation, status in (*ARRANGED, *ELSEWHERE)} <= set(cases(*range(600))) | set(
        ELSEWHERE
    )


@pytest.mark.parametrize(("operation", "status"), cases(*NO_FAILURE), ids=str)
def test_an_operation_does_what_it_declares(site: Site, operation: str, status: int) -> None:
    arranged = ARRANGED.get((operation, status))
    check(arranged(site) if arranged else site.send(GOOD[operation](site)), operation, status)


def spoiled(site: Site, operation: str, status: int) -> Request:
    """The good request with what every route refuses alike."""
    good = GOOD[operation](site)
    match status:
        case 401:
            return msgspec.structs.replace(good, token="" if good.token else "made.up.token")
        case 403:
            may_read = "read" in TABLE[operation].scopes
            return msgspec.structs.replace(good, token=site.server_keys["catalog" if may_read else "read"])
        case 413:
            return msgspec.structs.replace(good, body=b'{"x": "' + b"x" * 70_000 + b'"}')
        case 415:
            return msgspec.structs.replace(good, body=b"<x/>", headers={"Content-Type": "application/xml"})
        case 400 if good.body is not None:
            return msgspec.structs.replace(good, body=b"{")
        case 400 if "/{" in operation:
            names, parts = operation.partition(" /")[2].split("/"), good.path.split("/")
            parts[max(place for place, name in enumerate(names) if name.startswith("{"))] = "x" * 300
            return msgspec.structs.replace(good, path="/".join(parts))
        case 400:
            return msgspec.structs.replace(good, params={"limit": "x"})
    raise AssertionError(f"{operation} declares {status}: say in tests/operations.py how it comes about")


@pytest.mark.parametrize(("operation", "status"), cases(*range(400, 429), *range(430, 500)), ids=str)
def test_an_operation_refuses_as_it_declares(site: Site, operation: str, status: int) -> None:
    arranged = ARRANGED.get((operation, status))
    check(arranged(site) if arranged else site.send(spoiled(site, operation, status)), operation, status)


def with_another_password(one: Request) -> Request:
    """The request with a password that nobody has."""
    body: Any = one.body or {}
    wrong = {name: "not the password" for name in ("password", "current_password") if name in body}
    return msgspec.structs.replace(one, body=body | wrong) if wrong else one


class Configured:
    """Operations while the API has other variables than usual."""

    VARIABLES: ClassVar[dict[str, str]]
    CASES: ClassVar[list[tuple[str, int]]]
    WRONG_BEFORE: ClassVar[int] = 0


class TestWhenAllIsUsedUp(Configured):
    VARIABLES = TIGHT
    CASES = cases(429)
    WRONG_BEFORE = 2

    @pytest.mark.parametrize(("operation", "status"), CASES, ids=str)
    def test_it_says_when_to_come_again(self, answers: dict[str, httpx.Response], operation: str, status: int) -> None:
        answer = answers[operation]
        check(answer, operation, status)
        assert int(answer.headers["Retry-After"]) > 0


class TestWhenNothingAnswers(Configured):
    VARIABLES = AWAY
    CASES = cases(503)

    @pytest.mark.parametrize(("operation", "status"), CASES, ids=str)
    def test_it_says_so(self, answers: dict[str, httpx.Response], operation: str, status: int) -> None:
        check(answers[operation], operation, status)


class TestWhenItIsSetUpWrongly(Configured):
    VARIABLES = BROKEN
    CASES = cases(500)

    @pytest.mark.parametrize(("operation", "status"), CASES, ids=str)
    def test_it_tells_nothing_but_a_number(
        self, answers: dict[str, httpx.Response], operation: str, status: int
    ) -> None:
        answer = answers[operation]
        check(answer, operation, status)
        assert "nobody" not in answer.text
