"""What the model's cooldown of a deleted account leaves behind, so that deleting and registering again resets nothing
(docs/decisions/018-cooldowns-survive-deletion.md).

Kept is a MAC of the address under a key of ours, when the next question may be asked, and how many were today's; until
that time or the day's end, whichever is later. No more, and nothing that leads back to the address without our key.
"""

import hmac
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from chalicelib.auth.dependencies import Dependencies
from chalicelib.auth.keys import derived_keys
from chalicelib.auth.model import Account, Attempts

log = logging.getLogger(__name__)

PURPOSE = b"cooldowns of deleted accounts"


class Rest(NamedTuple):
    """When the model may be asked again about a viewer, and how many questions were this day's."""

    not_before: datetime
    asked_on_day: int


class Rests(NamedTuple):
    """How the rest of a viewer is found out, and how a new viewer begins with one."""

    find: Callable[[str, datetime], Rest | None]
    begin: Callable[[str, Rest, datetime], object]


def keep(user_id: str, rests: Rests, dependencies: Dependencies, now: datetime) -> None:
    """Keeps the rest of an account that is about to be deleted."""
    account = dependencies.accounts.find(user_id)
    rest = rests.find(user_id, now) if account else None
    if account is None or rest is None:
        return
    tomorrow = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    kept = Attempts(count=rest.asked_on_day, blocked_until=rest.not_before)
    dependencies.attempts.keep(_keys(account.email, dependencies)[0], kept, max(rest.not_before, tomorrow))


def carry_over(account: Account, rests: Rests, dependencies: Dependencies, now: datetime) -> None:
    """Has a new account rest as long as the one before it of its address. A failure is logged: the account is made."""
    try:
        for key in _keys(account.email, dependencies):
            if found := dependencies.attempts.find(key, now):
                rests.begin(account.user_id, Rest(found.blocked_until, found.count), now)
                return
    except Exception:
        log.exception("a new account does not rest as the one before it did: user %s", account.user_id)


def _keys(email: str, dependencies: Dependencies) -> list[str]:
    """The counter's key by each of our keys, newest first."""
    macs = (hmac.digest(key, email.encode(), "sha256") for key in derived_keys(dependencies.keys, PURPOSE))
    return [f"rests#{mac.hex()}" for mac in macs]
