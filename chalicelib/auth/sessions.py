"""Sessions: refresh tokens that are rotated at every use (docs/decisions/010-refresh-rotation.md).

A refresh token is 16 bytes of user id, 16 of session id, 16 random ones and a MAC of 16 over them. Only its SHA-256 is
stored, which is enough for something nobody can guess. The MAC tells a spent token of ours, whose return means that
somebody has a copy, from one made up out of the ids in a stolen access token: that one must not end a session.
"""

import base64
import hashlib
import hmac
import logging
import secrets
import uuid
from datetime import datetime, timedelta

import msgspec

from chalicelib.auth import security_events, tokens
from chalicelib.auth.dependencies import Dependencies
from chalicelib.auth.keys import KeyRing, derived_keys
from chalicelib.auth.model import Account, Session, SessionNotFoundError, SessionOverError, SessionStore
from chalicelib.compare_and_swap import Attempts
from chalicelib.errors import SignInTooOldError, UnavailableError
from chalicelib.settings import Settings
from chalicelib.tracing import hashed

log = logging.getLogger(__name__)

SESSION_DAYS_MAX = 180  # ASVS 7.3.2: rotation does not make a session eternal
ROTATION_TRIES = 60  # each lost race is somebody else's won one, so fifty at once end
TOKEN_BYTES = 64
MAC_BYTES = 16


class TokenPair(msgspec.Struct, frozen=True, kw_only=True):
    """What a sign-in or a refresh gives."""

    access_token: str
    refresh_token: str
    token_type: str = "Bearer"
    expires_in: int


class RotationLostError(UnavailableError):
    """Another refresh of the same session was faster."""


def start(account: Account, dependencies: Dependencies, now: datetime, device: str | None = None) -> TokenPair | None:
    """A new session of the account; None when its password was changed or it was deleted in this very moment."""
    session_id = secrets.token_hex(16)
    token = _new_token(account.user_id, session_id, dependencies.keys)
    session = Session(
        user_id=account.user_id,
        session_id=session_id,
        current_hash=_hash(token),
        epoch=account.session_epoch,
        started_at=now,
        expires_at=now + timedelta(seconds=dependencies.settings.refresh_token_seconds),
        device=device,
    )
    if not dependencies.sessions.start(session, account.password_hash):
        return None
    return _pair(session, token, dependencies, now)


def refresh(token: str, dependencies: Dependencies, now: datetime, address: str = "") -> TokenPair:
    """A new pair for a refresh token, which is spent by this.

    `address` is the caller's network address, for the log alone.
    `now` is when the request came in: a repeat that came in time is not late because it lost a few races.

    Raises:
        SessionOverError: unknown, expired or revoked; or spent, which revokes the whole session.
        RotationLostError: too many refreshes of one session at once.
    """
    user_id, session_id = _ids_of(token)
    account = dependencies.accounts.find(user_id)
    attempts = Attempts(ROTATION_TRIES, RotationLostError)
    while True:
        with attempts:
            return _exchanged(token, user_id, session_id, account, dependencies, now, address)


def _exchanged(
    token: str,
    user_id: str,
    session_id: str,
    account: Account | None,
    dependencies: Dependencies,
    now: datetime,
    address: str,
) -> TokenPair:
    session = dependencies.sessions.find(user_id, session_id)
    if session is None or not _is_open(session, account, now):
        raise SessionOverError("Sign in again.")
    fresh = _new_token(user_id, session_id, dependencies.keys)
    rotated = _rotated(session, _hash(token), _hash(fresh), dependencies.settings, now)
    if rotated is None:
        if _is_ours(token, dependencies.keys):
            security_events.record("refresh token came back", dependencies.keys, user_id, address)
            dependencies.sessions.revoke(user_id, session_id)
        raise SessionOverError("Sign in again.")
    if not dependencies.sessions.put_rotated(session, rotated):
        raise RotationLostError("Too many refreshes at once; try again.")
    return _pair(rotated, fresh, dependencies, now)


def log_out(token: str, sessions: SessionStore) -> None:
    """Ends the token's session; nothing happens for a token that the session did not give out lately."""
    try:
        user_id, session_id = _ids_of(token)
    except SessionOverError:
        return
    session = sessions.find(user_id, session_id)
    if session and _hash(token) in (session.current_hash, session.previous_hash):
        sessions.revoke(user_id, session_id)


def require_recent(signed_in_at: int | None, settings: Settings, now: datetime) -> None:
    """For what a stolen token must not do. `signed_in_at`: seconds since the epoch; a token of 0.2 does not say.

    Raises:
        SignInTooOldError: the password was given more than `recent_sign_in_seconds` ago.
    """
    if signed_in_at is None or now.timestamp() - signed_in_at > settings.recent_sign_in_seconds:
        raise SignInTooOldError("Sign in again: this needs a sign-in of the last minutes.")


def list_open(user_id: str, dependencies: Dependencies, now: datetime) -> list[Session]:
    """The user's sessions that a refresh would still find, the one used last first."""
    account = dependencies.accounts.find(user_id)
    found = dependencies.sessions.list_all(user_id) if account else []
    return sorted((one for one in found if _is_open(one, account, now)), key=last_used_at, reverse=True)


def last_used_at(session: Session) -> datetime:
    """When its last refresh was; that of the sign-in before any."""
    return session.previous_spent_at or session.started_at


def end(user_id: str, session_id: str, dependencies: Dependencies, now: datetime) -> None:
    """Ends one session of the user, for every token that came of it. Raises `SessionNotFoundError`."""
    account, session = dependencies.accounts.find(user_id), dependencies.sessions.find(user_id, session_id)
    if session is None or not _is_open(session, account, now):
        raise SessionNotFoundError("You have no such session.")
    dependencies.sessions.revoke(user_id, session_id)
    log.info("session ended by its owner: user %s", hashed(user_id))


def _is_open(session: Session, account: Account | None, now: datetime) -> bool:
    return account is not None and session.expires_at > now and session.epoch == account.session_epoch


def _rotated(session: Session, shown: str, fresh: str, settings: Settings, now: datetime) -> Session | None:
    """The session after `shown` was exchanged for `fresh`; None when `shown` is spent for good.

    A repeat within the grace replaces the pair of the first use, unless that pair has been used: then its answer was
    not lost, and somebody else has the old token.
    """
    expires_at = min(
        now + timedelta(seconds=settings.refresh_token_seconds), session.started_at + timedelta(days=SESSION_DAYS_MAX)
    )
    if hmac.compare_digest(session.current_hash, shown):
        previous_hash, spent_at = shown, now
    elif session.previous_hash and session.previous_spent_at and hmac.compare_digest(session.previous_hash, shown):
        previous_hash, spent_at = shown, session.previous_spent_at
        if now - spent_at > timedelta(seconds=settings.refresh_grace_seconds):
            return None
    else:
        return None
    return msgspec.structs.replace(
        session,
        current_hash=fresh,
        previous_hash=previous_hash,
        previous_spent_at=spent_at,
        generation=session.generation + 1,
        expires_at=expires_at,
    )


def _pair(session: Session, token: str, dependencies: Dependencies, now: datetime) -> TokenPair:
    access = tokens.issue(
        dependencies.keys, session.user_id, session.session_id, session.started_at, dependencies.settings, now
    )
    return TokenPair(access_token=access, refresh_token=token, expires_in=dependencies.settings.access_token_seconds)


def _new_token(user_id: str, session_id: str, keys: KeyRing) -> str:
    raw = uuid.UUID(user_id).bytes + bytes.fromhex(session_id) + secrets.token_bytes(TOKEN_BYTES - 32 - MAC_BYTES)
    return base64.urlsafe_b64encode(raw + _mac(_mac_keys(keys)[0], raw)).rstrip(b"=").decode()


def _is_ours(token: str, keys: KeyRing) -> bool:
    """Whether a token that `_ids_of` could read was once given out: its MAC is by a key of ours."""
    raw = _raw(token)
    said, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
    return any(hmac.compare_digest(_mac(key, said), mac) for key in _mac_keys(keys))


def _mac_keys(keys: KeyRing) -> tuple[bytes, ...]:
    return derived_keys(keys, b"refresh")


def _mac(key: bytes, raw: bytes) -> bytes:
    return hmac.digest(key, raw, hashlib.sha256)[:MAC_BYTES]


def _raw(token: str) -> bytes:
    return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)


def _ids_of(token: str) -> tuple[str, str]:
    """User and session id of a refresh token. Raises `SessionOverError` for anything else."""
    try:
        raw = _raw(token)
    except ValueError:
        raw = b""
    if len(raw) != TOKEN_BYTES:
        raise SessionOverError("Sign in again.")
    return str(uuid.UUID(bytes=raw[:16])), raw[16:32].hex()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
