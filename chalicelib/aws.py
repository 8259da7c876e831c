"""One botocore session for all clients of a process, those of pynamodb's models too.

A session reads botocore's descriptions of services and regions: 0.07 s of a whole processor. pynamodb makes one for
each model, boto3 one more; on a session that has read them, a client takes 0.005 s.
"""

from functools import cache
from threading import Lock
from typing import Any

_making = Lock()  # a session makes one client at a time: https://github.com/boto/botocore/issues/1246


@cache
def session() -> Any:
    """The session (`botocore.session.Session`), made when first asked for."""
    from botocore.session import get_session

    return get_session()


def client(service: str, config: Any = None) -> Any:
    """A client of a service by its name (`sqs`), as boto3 would make it."""
    with _making:
        return session().create_client(service, config=config)


def opened[C](connection: C) -> C:
    """A pynamodb `Connection`, or a model, with its client made: pynamodb makes it in the first request.

    Its own session has no public name; `tests/unit/test_aws.py` says when that changes.
    """
    given: Any = connection
    inner = given._get_connection().connection if isinstance(connection, type) else given
    with _making:
        inner._local.session = session()
        _ = inner.client
    return connection
