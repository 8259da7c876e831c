"""Who may ask: client credentials, scopes, and access tokens that expire and can be revoked."""

import base64
import binascii
import re
import secrets
import threading
import time
from dataclasses import dataclass

SCOPES = {"GIGACHAT_API_PERS": 1, "GIGACHAT_API_B2B": 10, "GIGACHAT_API_CORP": 10}
"""Requests in flight that a client of this scope may have."""

TOKEN_REQUESTS_PER_SECOND = 10
_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)


class RefusedError(Exception):
    """An OAuth request that gets no token: HTTP status and the service's own code and message."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True, slots=True)
class Grant:
    """One access token."""

    token: str
    client_id: str
    scope: str
    expires_at: float  # Unix seconds; the wire carries milliseconds


class Access:
    """Issues, expires and revokes tokens. `credentials` empty: any well-formed pair is somebody."""

    def __init__(self, credentials: str = "", token_seconds: float = 1_800.0) -> None:
        self._credentials = credentials
        self._token_seconds = token_seconds
        self._grants: dict[str, Grant] = {}
        self._recent: list[float] = []
        self._lock = threading.Lock()
        self.refuse_all = False

    def issue(self, authorization: str | None, request_id: str | None, scope: str | None) -> Grant:
        """A token for `Basic <base64 of id:secret>`. Raises `RefusedError`."""
        client_id = self._client_id(authorization)
        if not request_id or not _UUID4.fullmatch(request_id):
            raise RefusedError(400, 2, "RqUID header is missing or is not a UUID4")
        if not scope:
            raise RefusedError(400, 5, "scope is empty")
        if scope not in SCOPES:
            raise RefusedError(400, 1, "scope data format invalid")
        now = time.time()
        with self._lock:
            if self.refuse_all:
                raise RefusedError(401, 6, "credentials doesn't match db data")
            self._recent = [moment for moment in self._recent if now - moment < 1.0]
            if len(self._recent) >= TOKEN_REQUESTS_PER_SECOND:
                raise RefusedError(429, 429, "Too many requests")
            self._recent.append(now)
            grant = Grant(secrets.token_urlsafe(48), client_id, scope, now + self._token_seconds)
            self._grants = {key: old for key, old in self._grants.items() if old.expires_at > now}
            self._grants[grant.token] = grant
            return grant

    def find(self, authorization: str | None) -> Grant | None:
        """The grant behind `Bearer <token>`, unless expired, revoked or unknown."""
        kind, _, token = (authorization or "").partition(" ")
        with self._lock:
            grant = self._grants.get(token) if kind.lower() == "bearer" else None
        return grant if grant and grant.expires_at > time.time() else None

    def revoke_all(self) -> None:
        """Every token issued so far stops working."""
        with self._lock:
            self._grants.clear()

    def _client_id(self, authorization: str | None) -> str:
        kind, _, key = (authorization or "").partition(" ")
        try:
            pair = base64.b64decode(key, validate=True).decode() if kind.lower() == "basic" else ""
        except (binascii.Error, UnicodeDecodeError):
            pair = ""
        client_id, colon, secret = pair.partition(":")
        if not (client_id and colon and secret):
            raise RefusedError(401, 4, "Can't decode 'Authorization' header")
        if self._credentials and key != self._credentials:
            raise RefusedError(401, 6, "credentials doesn't match db data")
        return client_id
