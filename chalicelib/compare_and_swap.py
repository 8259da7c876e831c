"""Compare-and-swap: a write that holds only while nobody else has written, and starting over when somebody has."""

from collections.abc import Callable

REFUSED = "ConditionalCheckFailedException"


class Attempts:
    """Starts a step over each time that it raises `lost`, so that it reads again what it goes by:

        attempts = Attempts(3, ListChangedError)
        while True:
            with attempts:
                return step()

    At most `limit` times; the last one's error is the caller's, and any other error at once.
    """

    def __init__(self, limit: int, lost: type[Exception]) -> None:
        self._left, self._lost = limit, lost

    def __enter__(self) -> None:
        self._left -= 1

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> bool:
        return kind is not None and issubclass(kind, self._lost) and self._left > 0


def swapped[T](
    read: Callable[[], T], put: Callable[[T, T], bool], change: Callable[[T], T], limit: int, lost: Exception
) -> T:
    """Has what stands there changed, whoever else does, and returns what it is then. `put(new, replaces)` says whether
    it went through. What the change leaves as it is is not written. Raises `lost` when others were first `limit` times,
    and at once what any of the three raises."""
    for _ in range(limit):
        before = read()
        after = change(before)
        if after == before or put(after, before):
            return after
    raise lost


def is_written(write: Callable[[], object]) -> bool:
    """Whether a conditional write went through; False when DynamoDB found its condition not to hold.

    Other errors are the caller's. The error is known by its code, so that pynamodb stays in the stores.
    """
    try:
        write()
    except Exception as error:
        if getattr(error, "cause_response_code", None) != REFUSED:
            raise
        return False
    return True
