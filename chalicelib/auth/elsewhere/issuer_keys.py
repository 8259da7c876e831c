"""An issuer's public keys: which of a key set are of use, kept for minutes, and looked for again when one is unknown.

An issuer may be slow, away or hostile. It makes those of its own viewers wait, three seconds at the most and rarely,
and nobody else.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Lock
from typing import TYPE_CHECKING, Any

from chalicelib.auth.elsewhere.trusted import TrustedIssuer, check_address
from chalicelib.errors import UnavailableError

if TYPE_CHECKING:
    from jwt import PyJWK

log = logging.getLogger(__name__)

type Keys = Mapping[tuple[str, str], "PyJWK"]
"""By key id and algorithm."""

KEYS_MAX = 50  # issuers publish two to ten; more is a mistake or a trap
KID_CHARACTERS_MAX = 256
RSA_BITS = range(2_048, 8_193)  # NIST SP 800-131A asks for 2,048; above 8,192 one check takes milliseconds
RSA_EXPONENT_BITS_MAX = 33  # 65,537 has 17
ALGORITHMS: Mapping[tuple[str, str | None], str] = {
    ("RSA", None): "RS256",
    ("EC", "P-256"): "ES256",
    ("OKP", "Ed25519"): "EdDSA",
}
"""A key's kind says which algorithm it is for, never the token."""
FRESH_SECONDS = 600  # how long a key that its issuer took back goes on
STALE_SECONDS = 3_600  # while an issuer is away it gives out no new tokens, and its old ones run out
LOOK_AGAIN_SECONDS = 60  # for an unknown key id: made-up ones must not become a stream of requests
AFTER_FAILURE_SECONDS = 10  # while nothing is known of an issuer's keys
JUST_FETCHED_SECONDS = 5
GIVEN_UP_SECONDS = 30  # a fetch ends after some seconds by itself, unless names cannot be looked up
WAIT_SECONDS = 3.0  # of one request; the authorizer has ten


class IssuerAwayError(UnavailableError):
    """An issuer's keys cannot be had, so nobody knows whose token it is: 503, not 401."""


def parse_keys(text: bytes) -> Keys:
    """The usable keys of a JWK set (RFC 7517): public ones for signatures by one of three algorithms.

    Raises:
        ValueError: not a key set, or one of more than `KEYS_MAX` keys.
    """
    document = json.loads(text)
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list) or len(entries) > KEYS_MAX:
        raise ValueError(f"no key set of at most {KEYS_MAX} keys")
    found: dict[tuple[str, str], PyJWK] = {}
    for entry in entries:
        if isinstance(entry, dict) and (algorithm := _algorithm_of(entry)) and (key := _key_of(entry, algorithm)):
            found.setdefault((entry.get("kid") or "", algorithm), key)
    return found


def source_of(trusted: TrustedIssuer, get: Callable[[str], bytes], *, is_local: bool) -> Callable[[], Keys]:
    """What fetches an issuer's keys, from where it says or the setting does."""

    def fetch() -> Keys:
        url = trusted.jwks_url
        if not url:
            discovered = json.loads(get(trusted.discovery_url))
            if discovered["issuer"] != trusted.issuer:
                raise ValueError("the discovery document is another issuer's")  # Discovery 1.0, 4.3
            url = str(discovered["jwks_uri"])
            check_address(url, is_local=is_local)
        return parse_keys(get(url))

    return fetch


class IssuerKeys:
    """The keys of one issuer. `fetch` may take its time and fail."""

    def __init__(self, fetch: Callable[[], Keys], name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._name, self._clock = fetch, name, clock
        self._keys: Keys = {}
        self._fetched_at = self._tried_at = self._looked_again_at = float("-inf")
        self._fetching: Future[None] | None = None
        self._lock = Lock()

    def find(self, kid: str, algorithm: str) -> "PyJWK | None":
        """The key of that id (`""`: the only one there is) for that algorithm; None where the issuer has no such.

        Raises:
            IssuerAwayError: nothing is known of its keys, or nothing recent.
        """
        if self._age() > FRESH_SECONDS:
            self._look(LOOK_AGAIN_SECONDS if self._is_usable() else AFTER_FAILURE_SECONDS)
        found = self._among(kid, algorithm)
        if found is None and self._age() > JUST_FETCHED_SECONDS and self._may_look_again():
            self._look(0)
            found = self._among(kid, algorithm)
        if not self._is_usable():
            raise IssuerAwayError("Sign-in cannot be checked right now. Try again soon.")
        return found

    def start_fetching(self) -> None:
        """Begins to fetch, and waits for nothing: while a worker starts there is time to use."""
        self._begin(AFTER_FAILURE_SECONDS)

    def _among(self, kid: str, algorithm: str) -> "PyJWK | None":
        if kid:
            return self._keys.get((kid, algorithm))
        (only,) = self._keys.values() if len(self._keys) == 1 else (None,)
        return only if only and only.algorithm_name == algorithm else None

    def _may_look_again(self) -> bool:
        with self._lock:
            may = self._clock() - self._looked_again_at >= LOOK_AGAIN_SECONDS
            if may:
                self._looked_again_at = self._clock()
            return may

    def _look(self, pause_seconds: float) -> None:
        """Fetches, and waits for it as long as a request may wait for that fetch in all."""
        running = self._begin(pause_seconds)
        left = WAIT_SECONDS - (self._clock() - self._tried_at)
        if running and left > 0:
            wait([running], left)

    def _begin(self, pause_seconds: float) -> Future[None] | None:
        """The fetch that is under way, unless one has ended a moment ago. A thread, for nothing else bounds a name's
        look-up."""
        with self._lock:
            running = self._fetching
            is_stuck = self._clock() - self._tried_at > GIVEN_UP_SECONDS
            if running is None or running.done() or is_stuck:
                if self._clock() - self._tried_at < pause_seconds:
                    return None
                self._tried_at = self._clock()
                running = self._fetching = ThreadPoolExecutor().submit(self._fetch_now)
            return running

    def _fetch_now(self) -> None:
        try:
            keys = self._fetch()
        except Exception:
            log.exception("the keys of the issuer %s could not be fetched", self._name)
            return
        self._keys, self._fetched_at = keys, self._clock()

    def _is_usable(self) -> bool:
        return self._age() <= STALE_SECONDS

    def _age(self) -> float:
        return self._clock() - self._fetched_at


def _algorithm_of(entry: Mapping[str, Any]) -> str | None:
    """What a key is for; None where it is for nothing of ours, or where its issuer has published a private one."""
    kind = entry.get("kty")
    curve = None if kind == "RSA" else entry.get("crv")
    algorithm = ALGORITHMS.get((kind, curve)) if isinstance(kind, str) and isinstance(curve, str | None) else None
    kid, use, operations = entry.get("kid", ""), entry.get("use", "sig"), entry.get("key_ops", ["verify"])
    is_ours = (
        algorithm is not None
        and entry.get("alg", algorithm) == algorithm
        and use == "sig"
        and isinstance(operations, list)
        and "verify" in operations
        and isinstance(kid, str)
        and len(kid) <= KID_CHARACTERS_MAX
        and "d" not in entry
    )
    return algorithm if is_ours else None


def _key_of(entry: Mapping[str, Any], algorithm: str) -> "PyJWK | None":
    from jwt import PyJWK
    from jwt.exceptions import PyJWTError

    try:
        key = PyJWK({name: entry[name] for name in ("kty", "crv", "n", "e", "x", "y") if name in entry}, algorithm)
    except (PyJWTError, ValueError, TypeError, KeyError, AttributeError):
        return None
    if algorithm == "RS256":
        numbers = key.key.public_numbers()
        if numbers.n.bit_length() not in RSA_BITS or numbers.e.bit_length() > RSA_EXPONENT_BITS_MAX:
            return None
    return key
