"""Access tokens: signed with HS256 by the newest key, believed when any key of the set signed them.

The authorizer imports this on every cold start, so it imports nothing heavy.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from jose import JWTError, jwt

from chalicelib.auth.keys import KeyRing, derived_keys
from chalicelib.settings import Settings

__all__ = ["Claims", "InvalidTokenError", "derived_keys", "issue", "verify"]

ALGORITHM = "HS256"
TOKEN_USE = "access"
TOKEN_CHARACTERS_MAX = 2_048  # ours have about 420
CLOCK_SKEW_SECONDS = 5  # between two Lambda hosts; for `iat` and `nbf` only, an expired token is expired
REQUIRED = ("iss", "aud", "sub", "iat", "exp", "jti")


class InvalidTokenError(Exception):
    """Not an access token of ours, or no longer one."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified access token says."""

    user_id: str
    session_id: str
    signed_in_at: int | None = None  # seconds since the epoch; None in tokens of 0.2


def issue(
    keys: KeyRing, user_id: str, session_id: str, signed_in_at: datetime, settings: Settings, now: datetime
) -> str:
    """A signed access token that lives `access_token_seconds`. `signed_in_at` is when the password was given, however
    often the session was refreshed since (RFC 9470: `auth_time`)."""
    key = keys.newest()
    issued_at = int(now.timestamp())
    claims = {
        "iss": settings.token_issuer,
        "aud": settings.token_audience,
        "sub": user_id,
        "sid": session_id,
        "token_use": TOKEN_USE,
        "auth_time": int(signed_in_at.timestamp()),
        "iat": issued_at,
        "exp": issued_at + settings.access_token_seconds,
        "jti": secrets.token_hex(16),
    }
    token: str = jwt.encode(claims, key.secret, algorithm=ALGORITHM, headers={"kid": key.kid, "typ": "at+jwt"})
    return token


def verify(token: str, keys: KeyRing, settings: Settings, now: datetime) -> Claims:
    """Who the token speaks for. Algorithm, key id, signature, issuer, audience, use and times are all checked.

    Raises:
        InvalidTokenError: any of them is wrong; the text says nothing more, on purpose.
    """
    if len(token) > TOKEN_CHARACTERS_MAX:
        raise InvalidTokenError
    key = keys.find(_kid(token))  # outside of the try: a broken key set is our fault, not the token's
    if key is None:
        raise InvalidTokenError
    try:
        claims = jwt.decode(
            token,
            key.secret,
            algorithms=[ALGORITHM],
            issuer=settings.token_issuer,
            audience=settings.token_audience,
            options={f"require_{name}": True for name in REQUIRED} | {"leeway": CLOCK_SKEW_SECONDS},
        )
        return _checked(claims, settings, now.timestamp())
    except (JWTError, KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise InvalidTokenError from None


def _kid(token: str) -> str:
    try:
        header = jwt.get_unverified_header(token)
        kid = header.get("kid")
    except (JWTError, TypeError, ValueError, AttributeError, RecursionError):
        raise InvalidTokenError from None
    if header.get("alg") != ALGORITHM or not isinstance(kid, str) or "crit" in header:
        raise InvalidTokenError
    return kid


def _checked(claims: dict[str, object], settings: Settings, now: float) -> Claims:
    """What python-jose leaves open: the use, types, no leeway for an expired token, and a bound on its life."""
    user_id, session_id = claims["sub"], claims["sid"]
    issued_at, expires_at = claims["iat"], claims["exp"]
    if not (isinstance(user_id, str) and isinstance(session_id, str)):
        raise InvalidTokenError
    if not (isinstance(issued_at, int) and isinstance(expires_at, int)):
        raise InvalidTokenError
    in_time = issued_at <= now + CLOCK_SKEW_SECONDS and now < expires_at <= issued_at + settings.access_token_seconds
    if claims["token_use"] != TOKEN_USE or claims["aud"] != settings.token_audience or not in_time:
        raise InvalidTokenError
    signed_in_at = claims.get("auth_time")
    if not (signed_in_at is None or isinstance(signed_in_at, int)):
        raise InvalidTokenError
    return Claims(user_id, session_id, signed_in_at)
