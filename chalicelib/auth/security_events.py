"""What an operator who suspects an attack looks for: one form of log line, and a metric by kind.

The authorizer imports this on every cold start, so it imports nothing heavy.
"""

import hmac
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from chalicelib.auth.keys import KeyRing, derived_keys
from chalicelib.errors import TooManyRequestsError
from chalicelib.metrics import count
from chalicelib.tracing import hashed

log = logging.getLogger(__name__)

type Kind = Literal["refresh token came back", "throttled", "token refused", "server key refused"]

DIGITS = 16  # of an address: 64 bits, so two of them are never taken for one another
UNKNOWN = "-"


def record(kind: Kind, keys: KeyRing, user_id: str = "", address: str = "") -> None:
    """Notes a security event. Nobody is named: a user by the SHA-256 of the id, which is random enough for that and
    which whoever knows the id can compute; an address by a MAC of ours, since there are few enough to try all."""
    who = hashed(user_id) or UNKNOWN
    log.warning("security event: %s: user %s, address %s", kind, who, _of_address(address, keys))
    count("SecurityEvents", kind=kind)


@contextmanager
def noting_throttles(keys: KeyRing, user_id: str = "", address: str = "") -> Iterator[None]:
    """Notes a refusal that the throttle raises inside; it passes on."""
    try:
        yield
    except TooManyRequestsError:
        record("throttled", keys, user_id, address)
        raise


def _of_address(address: str, keys: KeyRing) -> str:
    if not address:
        return UNKNOWN
    return hmac.digest(derived_keys(keys, b"addresses in logs")[0], address.encode(), "sha256").hex()[:DIGITS]
