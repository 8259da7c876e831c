"""The keys that access tokens are signed with: a small set in one secret, newest first.

The authorizer imports this on every cold start, so it imports nothing heavy.
"""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

SECRET_CHARACTERS_MIN = 32  # RFC 7518 3.2: a key for HS256 has at least 256 bits
CACHE_SECONDS = 15  # how long a warm function believes a key that was revoked, and signs with one that was replaced
REFETCH_SECONDS = 5  # forged key ids must not turn into a stream of paid Secrets Manager calls


@dataclass(frozen=True, slots=True)
class Key:
    """One key. `created_at` is in seconds since the epoch; 0 for the first, which CloudFormation made."""

    kid: str
    secret: str
    created_at: int = 0

    def __repr__(self) -> str:
        return f"Key({self.kid!r})"  # the secret never reaches a log or a traceback


def parse(text: str) -> tuple[Key, ...]:
    """Keys from the secret's text, newest first.

    Takes `{"keys": [{"kid", "secret", "created_at"}…]}` and the flat `{"kid", "secret"}` of the first deployment.

    Raises:
        ValueError: not such a document, a short secret, an odd or repeated key id.
    """
    document = json.loads(text)
    entries = document.get("keys", [document])
    keys = [Key(str(entry["kid"]), str(entry["secret"]), int(entry.get("created_at", 0))) for entry in entries]
    if not keys:
        raise ValueError("no key in the key set")
    for key in keys:
        if len(key.secret) < SECRET_CHARACTERS_MIN or not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", key.kid):
            raise ValueError("a key of the key set has a short secret or an odd id")
    if len({key.kid for key in keys}) < len(keys):
        raise ValueError("two keys of the key set share an id")
    return tuple(sorted(keys, key=lambda key: -key.created_at))


class KeyRing:
    """The key set, kept in memory for a moment and fetched again at once (but not often) for an unknown key id."""

    def __init__(self, fetch: Callable[[], str], clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._clock = fetch, clock
        self._keys: tuple[Key, ...] = ()
        self._fetched_at = 0.0

    def all(self) -> tuple[Key, ...]:
        """Every key that may verify, newest first."""
        if not self._keys or self._age() > CACHE_SECONDS:
            self._refetch()
        return self._keys

    def newest(self) -> Key:
        """The key to sign with."""
        return self.all()[0]

    def find(self, kid: str) -> Key | None:
        """The key of that id, looked for again in the secret when it is unknown: it may have been added just now."""
        found = next((key for key in self.all() if key.kid == kid), None)
        if found is None and self._age() >= REFETCH_SECONDS:
            self._refetch()
            found = next((key for key in self._keys if key.kid == kid), None)
        return found

    def _age(self) -> float:
        return self._clock() - self._fetched_at

    def _refetch(self) -> None:
        self._keys, self._fetched_at = parse(self._fetch()), self._clock()


def derived_keys(keys: KeyRing, purpose: bytes) -> tuple[bytes, ...]:
    """A key of its own for another purpose from each key of the set, newest first: one secret serves all."""
    return tuple(hmac.digest(key.secret.encode(), b"kinosovet " + purpose, hashlib.sha256) for key in keys.all())
