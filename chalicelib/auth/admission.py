"""Who may come in: the token's user, while the account and the session behind the token exist.

The authorizer imports this on every cold start, so it imports nothing heavy.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.auth.keys import KeyRing
from chalicelib.auth.security_events import record
from chalicelib.auth.tokens import InvalidTokenError, verify
from chalicelib.errors import UnauthorizedError
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.auth.model import AccountStore, SessionStore


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who is calling, and what every route needs to know of them."""

    user_id: str
    language: str
    age_limit: int | None = None
    region: str | None = None
    session_id: str | None = None
    signed_in_at: int | None = None
    unconfirmed: bool = False

    @property
    def context(self) -> dict[str, str]:
        """What API Gateway hands on of them: texts, what is unknown left out."""
        known = {
            "age_limit": self.age_limit,
            "region": self.region,
            "session_id": self.session_id,
            "signed_in_at": self.signed_in_at,
            "unconfirmed": self.unconfirmed or None,
        }
        return {"language": self.language} | {name: str(value) for name, value in known.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Admission:
    """The check with what it needs; the stores are opened only for a token that is ours."""

    keys: KeyRing
    accounts: "Callable[[], AccountStore]"
    sessions: "Callable[[], SessionStore]"
    settings: Settings

    def admit(self, token: str, now: datetime) -> Admitted:
        """The token's user.

        Raises:
            UnauthorizedError: the token is not ours, or its account or session is gone; never says which.
        """
        try:
            claims = verify(token, self.keys, self.settings, now)
        except InvalidTokenError:
            record("token refused", self.keys)
            raise UnauthorizedError("Sign in first.") from None
        account = self.accounts().find(claims.user_id)
        session = self.sessions().find(claims.user_id, claims.session_id) if account else None
        if account is None or session is None or session.epoch != account.session_epoch:
            record("token refused", self.keys, claims.user_id)
            raise UnauthorizedError("Sign in first.")
        return Admitted(
            claims.user_id,
            account.language,
            account.age_limit,
            account.region,
            claims.session_id,
            claims.signed_in_at,
            unconfirmed=self.settings.confirm_email and account.confirmed_at is None,
        )
