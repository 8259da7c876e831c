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
from chalicelib.tracing import hashed
from chalicelib.viewer_ids import is_from_elsewhere

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
    """Keeps the rest of a viewer who is about to be deleted: by the account's address, or by an id from elsewhere."""
    name = _name(user_id, dependencies)
    rest = rests.find(user_id, now) if name else None
    if name is None or rest is None:
        return
    tomorrow = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    kept = Attempts(count=rest.asked_on_day, blocked_until=rest.not_before)
    dependencies.attempts.keep(_keys(name, dependencies)[0], kept, max(rest.not_before, tomorrow))


def carry_over(account: Account, rests: Rests, dependencies: Dependencies, now: datetime) -> None:
    """Has a new account rest as long as the one before it of its address. A failure is logged: the account is made."""
    _carry_over(account.email, account.user_id, rests, dependencies, now)


def carry_over_by_id(user_id: str, rests: Rests, dependencies: Dependencies, now: datetime) -> None:
    """The same for a viewer from elsewhere who may begin anew."""
    _carry_over(user_id, user_id, rests, dependencies, now)


def _carry_over(name: str, user_id: str, rests: Rests, dependencies: Dependencies, now: datetime) -> None:
    try:
        for key in _keys(name, dependencies):
            if found := dependencies.attempts.find(key, now):
                rests.begin(user_id, Rest(found.blocked_until, found.count), now)
                return
    except Exception:
        log.exception("a new account does not rest as the one before it did: user %s", hashed(user_id))


def _name(user_id: str, dependencies: Dependencies) -> str | None:
    if is_from_elsewhere(user_id):
        return user_id
    account = dependencies.accounts.find(user_id)
    return account.email if account else None


def _keys(name: str, dependencies: Dependencies) -> list[str]:
    """The counter's key by each of our keys, newest first."""
    macs = (hmac.digest(key, name.encode(), "sha256") for key in derived_keys(dependencies.keys, PURPOSE))
    return [f"rests#{mac.hex()}" for mac in macs]
