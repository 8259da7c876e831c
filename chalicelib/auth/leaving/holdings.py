"""What this package itself holds about a user, for the export."""

from datetime import datetime

import msgspec

from chalicelib.auth.accounts import Profile, profile_of
from chalicelib.auth.elsewhere.model import ForeignStore
from chalicelib.auth.elsewhere.profiles import shown
from chalicelib.auth.model import AccountStore, SessionStore
from chalicelib.settings import Settings


class SessionSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in, without anything that could be used as one."""

    started_at: datetime
    expires_at: datetime
    refreshed: int
    device: str | None


class Holdings(msgspec.Struct, frozen=True, kw_only=True):
    """Account, sign-ins, and how many network addresses are remembered (as digests) for the throttle."""

    profile: Profile | None
    sessions: tuple[SessionSummary, ...]
    familiar_addresses: int


def holdings(
    user_id: str, accounts: AccountStore, sessions: SessionStore, settings: Settings, foreign: ForeignStore
) -> Holdings:
    """All of it, read consistently."""
    account, chosen = accounts.find(user_id), foreign.find(user_id)
    summaries = (
        SessionSummary(
            started_at=each.started_at,
            expires_at=each.expires_at,
            refreshed=each.generation - 1,
            device=each.device,
        )
        for each in sessions.list_all(user_id)
    )
    return Holdings(
        profile=profile_of(account, settings) if account else shown(chosen, is_operator=False) if chosen else None,
        sessions=tuple(sorted(summaries, key=lambda each: each.started_at)),
        familiar_addresses=sessions.count_addresses(user_id),
    )
