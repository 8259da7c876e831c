"""Tokens of trusted issuers: believed when one of the issuer's own keys signed them, for us, and for now.

PyJWT is loaded when the first of them comes, or while a worker starts where there are trusted issuers.
"""

import base64
import json
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.auth.elsewhere.issuer_keys import IssuerKeys
from chalicelib.auth.elsewhere.trusted import OperatorClaim, TrustedIssuer
from chalicelib.auth.tokens import InvalidTokenError
from chalicelib.viewer_ids import SUBJECT_CHARACTERS_MAX, of_issuer

TOKEN_CHARACTERS_MAX = 8_192  # API Gateway takes 10,240 bytes of headers in all
LEEWAY_SECONDS = 60
ALGORITHMS = frozenset({"RS256", "ES256", "EdDSA"})
TYPES = frozenset({"", "jwt", "at+jwt", "application/at+jwt"})
"""Of a header (RFC 8725 3.11): logout tokens, security events and proofs of possession are signed by the same keys."""
REQUIRED = ["iss", "aud", "sub", "exp"]
TIMES = ("exp", "nbf", "iat", "auth_time")


class ForeignClaims(NamedTuple):
    """What a verified token of another issuer says."""

    user_id: str
    issued_at: int | None  # seconds since the epoch
    signed_in_at: int | None
    is_operator: bool
    unconfirmed: bool  # the issuer says that it does not know the viewer's e-mail address to be theirs
    language: str


class TrustedIssuers(NamedTuple):
    """The issuers with their keys, by name; one issuer may stand for several audiences."""

    by_name: Mapping[str, tuple[tuple[TrustedIssuer, IssuerKeys], ...]]

    @classmethod
    def opened(
        cls, trusted: tuple[TrustedIssuer, ...], keys_of: Callable[[TrustedIssuer], IssuerKeys]
    ) -> "TrustedIssuers":
        """With what fetches the keys of each."""
        made: dict[str, tuple[tuple[TrustedIssuer, IssuerKeys], ...]] = {}
        for one in trusted:
            made[one.issuer] = (*made.get(one.issuer, ()), (one, keys_of(one)))
        return cls(made)

    @property
    def first(self) -> TrustedIssuer | None:
        """The one that the setting names first."""
        return next((one for entries in self.by_name.values() for one, _ in entries), None)

    def start_fetching(self) -> None:
        """Loads what checking takes, and begins to fetch every issuer's keys."""
        if self.by_name:
            import jwt  # noqa: F401
        for entries in self.by_name.values():
            for _, keys in entries:
                keys.start_fetching()


def issuer_named_in(token: str) -> str | None:
    """Whose a token says it is, unverified; None where it says nothing that can be read."""
    if len(token) > TOKEN_CHARACTERS_MAX:
        return None
    try:
        _, claims, _ = token.split(".")
        issuer = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))).get("iss")
    except (ValueError, AttributeError, RecursionError):
        return None
    return issuer if isinstance(issuer, str) else None


def verify(token: str, entries: tuple[tuple[TrustedIssuer, IssuerKeys], ...], now: datetime) -> ForeignClaims:
    """Whom the token speaks for. Algorithm, key, signature, issuer, audience, kind and times are all checked.

    Raises:
        InvalidTokenError: any of them is wrong; the text says nothing more, on purpose.
        IssuerAwayError: its issuer's keys cannot be had.
    """
    for trusted, keys in entries:
        try:
            return _verified(token, trusted, keys, now)
        except InvalidTokenError:
            continue  # it may be meant for another audience that we trust the same issuer with
    raise InvalidTokenError


def _verified(token: str, trusted: TrustedIssuer, keys: IssuerKeys, now: datetime) -> ForeignClaims:
    import jwt

    kid, algorithm = _header(token)
    key = keys.find(kid, algorithm)
    if key is None:
        raise InvalidTokenError
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            issuer=trusted.issuer,
            audience=trusted.audience,
            leeway=LEEWAY_SECONDS,
            options={"require": REQUIRED},
        )
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, AttributeError, RecursionError, OverflowError):
        raise InvalidTokenError from None
    return _checked(claims, trusted, now.timestamp())


def _header(token: str) -> tuple[str, str]:
    import jwt

    try:
        header = jwt.get_unverified_header(token)  # its key id is a text; of all else nobody knows what it is
        kid, algorithm, kind = header.get("kid", ""), header["alg"], header.get("typ") or ""
        is_known = algorithm in ALGORITHMS and kind.lower() in TYPES
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise InvalidTokenError from None
    if not is_known or "crit" in header or "b64" in header or "zip" in header:
        raise InvalidTokenError
    return kid, algorithm


def _checked(claims: dict[str, Any], trusted: TrustedIssuer, now: float) -> ForeignClaims:
    """What PyJWT leaves open: types, times by our own clock, and tokens that are no use without a proof."""
    subject, times = claims["sub"], {name: claims.get(name) for name in TIMES}
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_CHARACTERS_MAX:
        raise InvalidTokenError
    if any(not _is_moment(value) for value in times.values() if value is not None):
        raise InvalidTokenError
    begins = max(times["nbf"] or 0, times["iat"] or 0, times["auth_time"] or 0)
    if now >= claims["exp"] + LEEWAY_SECONDS or now < begins - LEEWAY_SECONDS:
        raise InvalidTokenError
    if "cnf" in claims:  # RFC 7800: good in the hands of whoever holds a key, which a bearer does not show
        raise InvalidTokenError
    issued_at = None if times["iat"] is None else int(times["iat"])
    signed_in_at = issued_at if times["auth_time"] is None else int(times["auth_time"])
    return ForeignClaims(
        of_issuer(trusted.issuer, subject),
        issued_at,
        signed_in_at,
        _has(claims, trusted.operator_claim),
        claims.get("email_verified") in (False, "false"),
        "en" if str(claims.get("locale", "")).lower().startswith("en") else "ru",
    )


def _is_moment(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _has(claims: Mapping[str, Any], wanted: OperatorClaim | None) -> bool:
    """By the claim's whole name, or by a path with dots: `realm_access.roles` as Keycloak has it."""
    if wanted is None:
        return False
    found: Any = claims.get(wanted.name)
    if wanted.name not in claims:
        found = claims
        for part in wanted.name.split("."):
            found = found.get(part) if isinstance(found, dict) else None
    return wanted.value in found if isinstance(found, list) else found == wanted.value
