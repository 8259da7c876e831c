"""Opaque cursors: a position, sealed so that nobody can make one up."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

import msgspec

from chalicelib import errors

MAC_BYTES = 12  # 96 bits: a forger who tries a million cursors a second needs longer than the sun has


def seal(position: object, keys: Sequence[bytes]) -> str:
    """An opaque cursor: the position with a MAC over it, by the newest of the keys, which is the first."""
    raw = msgspec.json.encode(position)
    return base64.urlsafe_b64encode(_mac(keys[0], raw) + raw).rstrip(b"=").decode()


def unseal[P](cursor: str, kind: type[P], keys: Sequence[bytes]) -> P:
    """The position in a cursor that `seal` made with one of the keys; anything else is an `InvalidInputError`."""
    try:
        sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        raw = sealed[MAC_BYTES:]
        if any(hmac.compare_digest(sealed[:MAC_BYTES], _mac(key, raw)) for key in keys):
            return msgspec.json.decode(raw, type=kind)
    except (ValueError, msgspec.MsgspecError):
        pass
    raise errors.InvalidInputError("The cursor was not issued here.", "cursor")


def _mac(key: bytes, raw: bytes) -> bytes:
    return hmac.digest(key, raw, hashlib.sha256)[:MAC_BYTES]
