"""How long a client of AWS waits before it tries again or gives up: well below what the functions themselves may take.

The libraries' own limits (15 s to connect, 30 s to read, three times) outlast a request of 15 s and most functions:
a worker would be killed over one slow call, and its message rest, instead of the call failing and being repeated.
"""

CONNECT_SECONDS = 1.0
READ_SECONDS = 3.0  # DynamoDB answers within 10 ms; the local emulator, when crowded, within 1 s
ATTEMPTS = 3  # in all: 3 × (1 + 3) s at the worst, with 15 s for a request


class TABLE_PATIENCE:  # noqa: N801 - a value, if pynamodb's `Meta` did not have to be a class
    """What each pynamodb model's `Meta` inherits."""

    connect_timeout_seconds = CONNECT_SECONDS
    read_timeout_seconds = READ_SECONDS
    max_retry_attempts = ATTEMPTS - 1
