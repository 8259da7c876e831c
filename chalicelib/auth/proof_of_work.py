"""Work instead of a wait: who is throttled may pay for an attempt with hashes (decision 015).

A challenge is an opaque text with a MAC of ours over whom it is for, how hard it is and until when it is good; nothing
is stored until it is used. The answer is any short text with `SHA-256(challenge + ":" + solution)` beginning with as
many zero bits as were asked for, which takes 2^bits tries on average (Back 2002, "Hashcash").
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Annotated

import msgspec

from chalicelib.auth.keys import KeyRing, derived_keys
from chalicelib.auth.model import AttemptStore
from chalicelib.errors import ProofOfWork

LIFETIME_SECONDS = 300  # a slow telephone needs half a minute for the hardest
MAC_BYTES = 16


class Proof(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer to a challenge."""

    challenge: Annotated[str, msgspec.Meta(max_length=512)]
    solution: Annotated[str, msgspec.Meta(max_length=64)]


class _Said(msgspec.Struct, frozen=True, array_like=True):
    """What a challenge holds. `until`: seconds since the epoch."""

    subject: str
    bits: int
    until: int
    nonce: str


def asked_of(subject: str, bits: int, keys: KeyRing, now: datetime) -> ProofOfWork:
    """A new challenge. `subject` says whose attempt at what it pays for: nobody's work is used for another's."""
    said = _Said(subject, bits, int(now.timestamp()) + LIFETIME_SECONDS, secrets.token_hex(8))
    raw = msgspec.json.encode(said)
    sealed = base64.urlsafe_b64encode(_mac(_keys(keys)[0], raw) + raw).rstrip(b"=").decode()
    return ProofOfWork(challenge=sealed, bits=bits)


def is_paid(proof: Proof | None, subject: str, attempts: AttemptStore, keys: KeyRing, now: datetime) -> bool:
    """Whether the proof answers a challenge of ours for this subject, in time and for the first time; uses it up."""
    said = _said(proof.challenge, keys) if proof else None
    if proof is None or said is None or said.subject != subject or said.until <= now.timestamp():
        return False
    if (
        leading_zeros(hashlib.sha256(f"{proof.challenge}:{proof.solution}".encode("utf-8", "replace")).digest())
        < said.bits
    ):
        return False
    return attempts.admit(f"proof#{said.nonce}", now, 1, LIFETIME_SECONDS)


def leading_zeros(digest: bytes) -> int:
    """How many zero bits a digest begins with."""
    return len(digest) * 8 - int.from_bytes(digest).bit_length()


def _said(challenge: str, keys: KeyRing) -> _Said | None:
    try:
        sealed = base64.b64decode(challenge + "=" * (-len(challenge) % 4), altchars=b"-_", validate=True)
        raw = sealed[MAC_BYTES:]
        if any(hmac.compare_digest(sealed[:MAC_BYTES], _mac(key, raw)) for key in _keys(keys)):
            return msgspec.json.decode(raw, type=_Said)
    except (ValueError, msgspec.MsgspecError):
        pass
    return None


def _keys(keys: KeyRing) -> tuple[bytes, ...]:
    return derived_keys(keys, b"proof of work")


def _mac(key: bytes, raw: bytes) -> bytes:
    return hmac.digest(key, raw, hashlib.sha256)[:MAC_BYTES]
