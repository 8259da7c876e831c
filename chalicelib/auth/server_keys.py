"""The keys of a site's own servers: a small set in one secret, of which only hashes are kept.

A key is `ks_` and 256 random bits, so one round of SHA-256 is enough: there is nothing to guess that a slow hash would
protect (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html is about passwords).
"""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib.callers import SCOPES

PREFIX = "ks_"
CACHE_SECONDS = 20  # how long a revoked key goes on: each request asks, whatever the gateway remembers
REFETCH_SECONDS = 5  # forged keys must not turn into a stream of paid Secrets Manager calls
_KEY = re.compile(r"ks_[A-Za-z0-9_-]{43}")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class ServerKey:
    """One key, without the key itself. `created_at` is in seconds since the epoch."""

    name: str
    sha256: str
    scopes: tuple[str, ...]
    created_at: int = 0

    def __repr__(self) -> str:
        return f"ServerKey({self.name!r})"


def digest(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def parse(text: str) -> tuple[ServerKey, ...]:
    """Keys from the secret's text, `{"keys": [{"name", "sha256", "scopes", "created_at"}…]}`, in the order they came.

    Raises:
        ValueError: not such a document, an odd or repeated name, no hash, an unknown scope.
    """
    entries = json.loads(text).get("keys", [])
    keys = tuple(
        ServerKey(str(one["name"]), str(one["sha256"]), tuple(one["scopes"]), int(one.get("created_at", 0)))
        for one in entries
    )
    for key in keys:
        if not _NAME.fullmatch(key.name) or not re.fullmatch(r"[0-9a-f]{64}", key.sha256):
            raise ValueError("a server key has an odd name or no hash")
        if not key.scopes or not set(key.scopes) <= set(SCOPES):
            raise ValueError(f"the scopes of the server key {key.name} are not among {', '.join(SCOPES)}")
    if len({key.name for key in keys}) < len(keys):
        raise ValueError("two server keys share a name")
    return keys


def text_of(keys: Sequence[ServerKey]) -> str:
    """The secret's text."""
    entries = [
        {"name": key.name, "sha256": key.sha256, "scopes": list(key.scopes), "created_at": key.created_at}
        for key in keys
    ]
    return json.dumps({"keys": entries})


class ServerKeys:
    """The set, kept in memory for a moment and fetched again at once (but not often) for an unknown key."""

    def __init__(self, fetch: Callable[[], str], clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._clock = fetch, clock
        self._keys: tuple[ServerKey, ...] = ()
        self._fetched_at = float("-inf")

    def find(self, key: str) -> ServerKey | None:
        """The key that was sent, looked for again in the secret when it is unknown: it may have been made just now."""
        if not _KEY.fullmatch(key):
            return None
        if self._age() > CACHE_SECONDS:
            self._refetch()
        found = self._among(key)
        if found is None and self._age() >= REFETCH_SECONDS:
            self._refetch()
            found = self._among(key)
        return found

    def _among(self, key: str) -> ServerKey | None:
        """Every key is compared, each in constant time: how long it takes says nothing of any."""
        sent, found = digest(key), None
        for one in self._keys:
            if hmac.compare_digest(one.sha256, sent):
                found = one
        return found

    def _age(self) -> float:
        return self._clock() - self._fetched_at

    def _refetch(self) -> None:
        self._keys, self._fetched_at = parse(self._fetch()), self._clock()
