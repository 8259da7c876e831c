"""An AWS that fails: one call among those that a step makes goes wrong, in one of the ways in which calls do.

It stands where botocore would send a request (`before-send`), in front of moto. A place is a call as the code makes it:
the tries that its client makes of it bear the same `amz-sdk-invocation-id`.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError
from botocore.retries.quota import RetryQuota
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse

from chalicelib.batch_writer import BatchWriter

type Kind = Literal["throttled", "5xx", "unreachable", "slow", "lost", "partial", "death"]
"""`throttled`, `5xx`, `unreachable`: nothing is done. `slow`, `lost`: it is done, and the client waits in vain or loses
its connection. `partial`: of a batch the first entry alone is done. `death`: it is done, and the process is no more."""

KINDS: tuple[Kind, ...] = ("throttled", "5xx", "unreachable", "slow", "lost", "partial", "death")
BATCHES = ("BatchWriteItem", "BatchGetItem", "SendMessageBatch")
READS = ("GetItem", "BatchGetItem", "Query", "Scan", "GetSecretValue")
DYNAMODB_THROTTLED = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"
SQS_THROTTLED = "com.amazonaws.sqs#RequestThrottled"


def can_strike(kind: Kind, operation: str) -> bool:
    """Whether that fault of that operation is one of its own: a read whose answer is lost is one that was refused."""
    if kind == "partial":
        return operation in BATCHES
    return operation not in READS or kind not in ("slow", "lost", "death")


class Death(BaseException):
    """The process is killed: no `except Exception` of the product sees it."""


class FailingAws:
    """Counts the calls while it is `armed`, and fails the one that was chosen.

    `calls` are the operations called since it was armed, in order; `struck` is the one that failed. A call that is
    `stubborn` fails in each try of its client, any other in the first.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.struck = ""
        self.slept: list[float] = []
        self._ids: list[str] = []
        self._tried: set[str] = set()
        self._kind: Kind | None = None
        self._place, self._stubborn = -1, False
        self._is_armed = False
        self._answers: dict[str, AWSResponse] = {}

    @contextmanager
    def armed(self, place: int = -1, kind: Kind | None = None, *, stubborn: bool = False) -> Iterator[None]:
        """Inside, the call at that place (from 0) fails; -1: none does, they are only counted."""
        self.calls, self.struck, self._ids, self._tried = [], "", [], set()
        self._place, self._kind, self._stubborn, self._is_armed = place, kind, stubborn, True
        try:
            yield
        finally:
            self._is_armed = False

    def answer(self, event_name: str, request: Any, execute: Any) -> Any:
        """What the client gets for a request; `execute` has moto carry one out."""
        operation = event_name.rpartition(".")[2]

        def done() -> Any:
            return self._once(operation, request, execute)

        if not self._is_armed:
            return done()
        call = _text(request.headers["amz-sdk-invocation-id"])
        if call not in self._ids:
            self._ids.append(call)
            self.calls.append(operation)
        is_first = call not in self._tried
        self._tried.add(call)
        if self._ids.index(call) != self._place or not (is_first or self._stubborn):
            return done()
        return self._failed(operation, request, done, execute)

    def _failed(self, operation: str, request: Any, done: Any, execute: Any) -> Any:
        kind = self._kind
        self.struck = operation
        where = {"endpoint_url": request.url, "error": kind}
        match kind:
            case "throttled":
                return _refusal(request, 400, DYNAMODB_THROTTLED if _is_dynamodb(request) else SQS_THROTTLED)
            case "5xx":
                return _refusal(request, 500, "com.amazonaws#InternalServerError")
            case "unreachable":
                raise EndpointConnectionError(**where)
            case "partial":
                return _first_alone(operation, request, execute)
        done()
        if kind == "slow":
            raise ReadTimeoutError(**where)
        if kind == "lost":
            raise ConnectionClosedError(**where)
        raise Death(operation)

    def _once(self, operation: str, request: Any, execute: Any) -> Any:
        """A transaction is done once, however often it comes with its token; moto does not know that.
        https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html"""
        token = json.loads(request.body).get("ClientRequestToken") if operation == "TransactWriteItems" else None
        if token in self._answers:
            return _response(request, 200, {})
        answer = execute(request)
        if token and answer.status_code == 200:
            self._answers[token] = answer
        return answer


@contextmanager
def failing_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[FailingAws]:
    """Stands in front of moto, within `aws_in_memory`; nobody sleeps between tries."""
    failing, inner = FailingAws(), BotocoreStubber.__call__

    def answer(self: Any, event_name: str, request: Any, **more: Any) -> Any:
        return failing.answer(event_name, request, lambda one: inner(self, event_name, one, **more))

    with monkeypatch.context() as patched:
        patched.setattr(BotocoreStubber, "__call__", answer)
        patched.setattr(time, "sleep", failing.slept.append)
        patched.setattr(RetryQuota, "acquire", lambda *_: True)  # else a client tires of so many faults in a row
        patched.setattr(BatchWriter.__init__, "__defaults__", (failing.slept.append,))
        yield failing


def _first_alone(operation: str, request: Any, execute: Any) -> Any:
    """Carries out the batch's first entry and hands back the others, as each service says it."""
    body, whole = json.loads(request.body), request.body
    if operation == "SendMessageBatch":
        entries = body["Entries"]
        failed = [{"Id": one["Id"], "Code": "ServiceUnavailable", "SenderFault": False} for one in entries[1:]]
        more: dict[str, Any] = {"Failed": failed}
        body["Entries"] = entries[:1]
    elif operation == "BatchWriteItem":
        ((table, writes),) = body["RequestItems"].items()
        more = {"UnprocessedItems": {table: writes[1:]} if writes[1:] else {}}
        body["RequestItems"] = {table: writes[:1]}
    else:
        ((table, wanted),) = body["RequestItems"].items()
        left = wanted["Keys"][1:]
        more = {"UnprocessedKeys": {table: wanted | {"Keys": left}} if left else {}}
        body["RequestItems"] = {table: wanted | {"Keys": wanted["Keys"][:1]}}
    request.body = json.dumps(body).encode()
    try:
        answer = execute(request)
    finally:
        request.body = whole
    return _response(request, 200, json.loads(answer.content) | more)


def _refusal(request: Any, status: int, code: str) -> AWSResponse:
    return _response(request, status, {"__type": code, "message": "not now"})


def _response(request: Any, status: int, body: dict[str, Any]) -> AWSResponse:
    text: Any = MockRawResponse(json.dumps(body))
    headers: Any = {"Content-Type": "application/x-amz-json-1.0"}
    return AWSResponse(request.url, status, headers, text)


def _is_dynamodb(request: Any) -> bool:
    return "DynamoDB" in _text(request.headers["X-Amz-Target"])


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
