"""A worker that dies at one of its calls, in a process that goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock


class KilledError(BaseException):
    """The worker is gone: no handler of errors sees it."""


@contextmanager
def killed_at(holder: Any, method: str, number: int, *, after: bool = False) -> Iterator[None]:
    """The `number`th call of the holder's method is the worker's last: it dies before the call is made, or `after`."""
    real, calls = getattr(holder, method), 0

    def dying(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        is_last = calls == number
        if is_last and not after:
            raise KilledError
        found = real(*args, **kwargs)
        if is_last:
            raise KilledError
        return found

    with mock.patch.object(holder, method, dying):
        yield
