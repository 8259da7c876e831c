"""How long a client of AWS waits before it tries again or gives up: well below what the functions themselves may take.

The libraries' own limits (15 s to connect, 30 s to read, three times) outlast a request of 15 s and most functions:
a worker would be killed over one slow call, and its message rest, instead of the call failing and being repeated.
"""

CONNECT_SECONDS = 1.0
READ_SECONDS = 3.0  # DynamoDB answers within 10 ms; the local emulator, when crowded, within 1 s
ATTEMPTS = 3  # in all: 3 × (1 + 3) s at the worst, with 15 s for a request
REST_SECONDS, REST_SECONDS_MAX = 5, 240
"""Of a message that failed, before its second delivery, twice as long before each later one, up to four minutes: what
was away for an hour finds its messages there, and every list is right within five minutes of its return."""


def rest_seconds(receives: int) -> int:
    """How long a message rests that has failed so often. Without this it would for its whole visibility time-out, and
    with it, in a FIFO queue, whoever waits behind it."""
    return min(REST_SECONDS_MAX, REST_SECONDS * int(2 ** min(receives - 1, 10)))


class TABLE_PATIENCE:  # noqa: N801 - a value, if pynamodb's `Meta` did not have to be a class
    """What each pynamodb model's `Meta` inherits."""

    connect_timeout_seconds = CONNECT_SECONDS
    read_timeout_seconds = READ_SECONDS
    max_retry_attempts = ATTEMPTS - 1
