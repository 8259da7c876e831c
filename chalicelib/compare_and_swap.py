"""Compare-and-swap: a write that holds only while nobody else has written, and starting over when somebody has."""

from collections.abc import Callable

REFUSED = "ConditionalCheckFailedException"


def retried[T](attempts: int, lost: type[Exception], action: Callable[[], T]) -> T:
    """What the action returns, begun anew each time that it raises `lost`: it reads again what it goes by.

    At most `attempts` times; the last one's error is the caller's, and any other error at once.
    """
    for _ in range(attempts - 1):
        try:
            return action()
        except lost:
            continue
    return action()


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
