"""Who may come in: the token's user, while the account and the session behind the token exist; and whoever a trusted
issuer or one of the site's own servers vouches for, unless they have been deleted here.

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
    from chalicelib.auth.elsewhere.foreign_tokens import TrustedIssuers
    from chalicelib.auth.elsewhere.model import ForeignStore
    from chalicelib.auth.model import AccountStore, SessionStore

WHO = "Sign in first."


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
    is_operator: bool = False

    @property
    def context(self) -> dict[str, str]:
        """What API Gateway hands on of them: texts, what is unknown left out."""
        known = {
            "age_limit": self.age_limit,
            "region": self.region,
            "session_id": self.session_id,
            "signed_in_at": self.signed_in_at,
            "unconfirmed": self.unconfirmed or None,
            "operator": self.is_operator or None,
        }
        return {"language": self.language} | {name: str(value) for name, value in known.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Admission:
    """The check with what it needs; the stores are opened only for a token that is somebody's. `issuers`: those that
    the site trusts, or None."""

    keys: KeyRing
    accounts: "Callable[[], AccountStore]"
    sessions: "Callable[[], SessionStore]"
    settings: Settings
    foreign: "Callable[[], ForeignStore] | None" = None
    issuers: "TrustedIssuers | None" = None

    def admit(self, token: str, now: datetime) -> Admitted:
        """The token's user.

        Raises:
            UnauthorizedError: nobody we believe has made the token, or its account or session is gone; never says
                which.
            IssuerAwayError: the keys of its issuer cannot be had.
        """
        try:
            if self.issuers is not None and (issuer := _issuer_of(token)) in self.issuers.by_name:
                return self._admit_foreign(token, str(issuer), self.issuers, now)
            if not self.settings.own_accounts:
                raise InvalidTokenError
            claims = verify(token, self.keys, self.settings, now)
        except InvalidTokenError:
            record("token refused", self.keys)
            raise UnauthorizedError(WHO) from None
        account = self.accounts().find(claims.user_id)
        session = self.sessions().find(claims.user_id, claims.session_id) if account else None
        if account is None or session is None or session.epoch != account.session_epoch:
            record("token refused", self.keys, claims.user_id)
            raise UnauthorizedError(WHO)
        return Admitted(
            claims.user_id,
            account.language,
            account.age_limit,
            account.region,
            claims.session_id,
            claims.signed_in_at,
            unconfirmed=self.settings.confirm_email and account.confirmed_at is None,
            is_operator=account.is_operator,
        )

    def admit_by_id(self, user_id: str, language: str, now: datetime) -> Admitted:
        """The viewer whom somebody else vouches for, who says that they are there now. `language`: until they choose
        one here. Raises `UnauthorizedError` when they have been deleted here."""
        assert self.foreign is not None  # noqa: S101 - who vouches for somebody has opened it
        store = self.foreign()
        if store.is_erased(user_id):
            record("token refused", self.keys, user_id)
            raise UnauthorizedError(WHO)
        chosen = store.find(user_id)
        return Admitted(
            user_id,
            chosen.language if chosen else language,
            chosen.age_limit if chosen else None,
            chosen.region if chosen else None,
            signed_in_at=int(now.timestamp()),
        )

    def _admit_foreign(self, token: str, issuer: str, issuers: "TrustedIssuers", now: datetime) -> Admitted:
        from dataclasses import replace

        from chalicelib.auth.elsewhere.foreign_tokens import verify as verify_foreign

        claims = verify_foreign(token, issuers.by_name[issuer], now)
        return replace(
            self.admit_by_id(claims.user_id, claims.language, now),
            signed_in_at=claims.signed_in_at,
            unconfirmed=self.settings.confirm_email and claims.unconfirmed,
            is_operator=claims.is_operator,
        )


def _issuer_of(token: str) -> str | None:
    from chalicelib.auth.elsewhere.foreign_tokens import issuer_named_in

    return issuer_named_in(token)
