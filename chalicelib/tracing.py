"""What a step says of itself in the log: one line of JSON each, by which `python -m infra trace` follows a request.

A line has `step`, `request_id` (API Gateway's of a request, Lambda's own of an event), `correlation_id` (of the request
that it all began with, "" where that is not known), `viewer` (a hash), how long it took, and what the step notes. The
correlation id travels in feedback's item, in messages and in the state of whoever waits.
"""

import hashlib
import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

CORRELATION_CHARACTERS = 12  # 48 bits: of a million requests a day two are taken for one in a hundred days
VIEWER_CHARACTERS = 16

type Fact = str | int | float | bool


class _Step(NamedTuple):
    correlation_id: str
    facts: dict[str, Fact]


_present: ContextVar[_Step | None] = ContextVar("step", default=None)


def correlation_of(request_id: str) -> str:
    """The correlation id of what this request of the API brings about."""
    return request_id.replace("-", "")[:CORRELATION_CHARACTERS].lower()


def hashed(user_id: str) -> str:
    """The viewer as lines name them: whoever knows the id finds them, and nobody finds the id."""
    return hashlib.sha256(user_id.encode()).hexdigest()[:VIEWER_CHARACTERS] if user_id else ""


def invocation_of(event: object) -> str:
    """Lambda's own id of what runs for this event, as it stands in the log around what a step says; "" without one."""
    return str(getattr(getattr(event, "context", None), "aws_request_id", ""))


def correlation() -> str:
    """The present step's correlation id; "" outside of one."""
    step = _present.get()
    return step.correlation_id if step else ""


def note(**facts: Fact) -> None:
    """Has the present step's line say this too. Outside of a step nothing is said."""
    if step := _present.get():
        step.facts.update(facts)


@contextmanager
def tracing(step: str, request_id: str, correlation_id: str, user_id: str = "") -> Iterator[None]:
    """Writes the step's line when it has ended, `failed` with the kind of error where it raised."""
    facts: dict[str, Fact] = {}
    token, began = _present.set(_Step(correlation_id, facts)), time.monotonic()
    try:
        yield
    except Exception as error:
        facts["failed"] = type(error).__name__
        raise
    finally:
        _present.reset(token)
        facts["took_ms"] = round((time.monotonic() - began) * 1000)
        write_line(step, request_id, correlation_id, user_id, facts)


def write_line(step: str, request_id: str, correlation_id: str, user_id: str, facts: Mapping[str, Fact]) -> None:
    """One line, for a step that is over."""
    known = {"step": step, "request_id": request_id, "correlation_id": correlation_id, "viewer": hashed(user_id)}
    sys.stdout.write(json.dumps({**known, **facts}) + "\n")
