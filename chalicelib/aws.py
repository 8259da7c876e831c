"""One botocore session for all clients of a process, and one DynamoDB client for all of pynamodb's models.

A session reads botocore's descriptions of services and regions: 0.07 s of a whole processor. pynamodb makes one for
each model, boto3 one more. And each client has connections of its own, with a TLS handshake each.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

BUSY = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""What the services call it when they are asked too often, whatever the status that comes with it."""

_making = Lock()  # a session makes one client at a time: https://github.com/boto/botocore/issues/1246


@dataclass(slots=True)
class Process:
    """What the process shares."""

    session: Any  # botocore.session.Session
    tables: Any = None  # the DynamoDB client of the first model that was opened


@cache
def process() -> Process:
    """Made when first asked for: botocore takes keys, region and addresses from the environment of that moment."""
    from botocore.session import get_session

    return Process(get_session())


def session() -> Any:
    """The session (`botocore.session.Session`)."""
    return process().session


def client(service: str, config: Any = None) -> Any:
    """A client of a service by its name (`sqs`), as boto3 would make it."""
    with _making:
        return session().create_client(service, config=config)


def opened[C](connection: C) -> C:
    """A pynamodb model, or a `Connection`, with the client that all of them share. Left alone, pynamodb makes one for
    each, in the first request. Models have the same patience, so the first one's client is right for all.

    What is set here has no public name; `tests/unit/test_aws.py` says when pynamodb calls it otherwise.
    """
    given: Any = connection
    inner = given._get_connection().connection if isinstance(connection, type) else given
    shared = process()
    with _making:
        if shared.tables is None:
            inner._local.session = shared.session
            with _said_once(shared.session):
                shared.tables = inner.client
        inner._client = shared.tables
    return connection


@contextmanager
def _said_once(session: Any) -> Iterator[None]:
    """A client that is made inside has its `User-Agent` ready. Others put it together twice a request, a twelfth of
    what one costs a processor."""
    from botocore.config import Config

    session.set_default_client_config(Config(user_agent=session.user_agent()))
    try:
        yield
    finally:
        session.set_default_client_config(None)


def does_not_answer(error: BaseException) -> bool:
    """Whether it came of a service that was away, slow, failing or busy: the same call may well succeed later."""
    from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

    for one in _chain(error):
        if isinstance(one, (ConnectionError, HTTPClientError)):
            return True
        if isinstance(one, ClientError):
            answer: Any = one.response  # pynamodb's own has the code alone, and botocore's behind it
            status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if status >= 500 or answer.get("Error", {}).get("Code") in BUSY:
                return True
    return False


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it was raised from; pynamodb keeps botocore's as `cause`."""
    while error is not None:
        yield error
        error = getattr(error, "cause", None) or error.__cause__
