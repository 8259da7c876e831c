"""Deleting an account for good, and showing its owner everything held (docs/decisions/013-erasure.md).

The request itself only removes the account and leaves a tombstone, in one step. The tombstone's stream record then
purges the rest, again and again until it works; later purges take away what requests in flight have written.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

import msgspec

from chalicelib.auth.elsewhere.model import ForeignStore
from chalicelib.auth.model import AccountStore
from chalicelib.settings import AUTHORIZER_CACHE_SECONDS, Settings
from chalicelib.tracing import hashed
from chalicelib.viewer_ids import is_from_elsewhere

log = logging.getLogger(__name__)

type Eraser = Callable[[str], object]
"""Removes all that one package holds about a user id. Safe to repeat."""


class Erasers(NamedTuple):
    """What a purge calls, in this order. The lists come before the feedback: their marker keeps the stream records of
    deleted feedback from bringing a list back."""

    sessions: Eraser
    lists: Eraser
    feedback: Eraser
    outcomes: Eraser


type Readmit = Callable[[str, datetime], object]
"""Takes away what keeps a deleted viewer out. Safe to repeat."""

type Exporter = Callable[[str], object]
"""All that one package holds about a user id, as JSON can say it."""

DELAY_SECONDS_MAX = 900  # SQS allows no longer one
REQUEST_SECONDS = 30  # API Gateway ends a request at 29 s
TOMBSTONE_DAYS = 31  # outlives every token (30 days), stream record (1 day) and queued message (14 days)


class PurgeAgain(msgspec.Struct, frozen=True, kw_only=True):
    """A later purge of a deleted viewer, due at `not_before`. Running it twice does no harm. After the `last` one
    nothing of before is left that could write."""

    user_id: str
    not_before: datetime
    last: bool = False


class ErasureQueue(Protocol):
    """Where second purges wait."""

    def send(self, message: PurgeAgain, delay_seconds: int) -> None:
        """Delivers the message after the delay, at most 900 s."""


def erase_account(user_id: str, accounts: AccountStore, now: datetime) -> None:
    """Removes the account, frees its address and leaves a tombstone, all in one step. Safe to repeat."""
    account = accounts.find(user_id)
    if account and accounts.erase(account, now, now + timedelta(days=TOMBSTONE_DAYS)):
        log.info("account deleted: user %s", hashed(user_id))


def erase_foreign(user_id: str, foreign: ForeignStore, now: datetime) -> None:
    """Removes what a viewer from elsewhere has chosen and leaves a tombstone, in one step. Safe to repeat."""
    if foreign.erase(user_id, now, now + timedelta(days=TOMBSTONE_DAYS)):
        log.info("viewer from elsewhere deleted: user %s", hashed(user_id))


def purge(user_id: str, erasers: Erasers) -> None:
    """Removes what every package holds. Goes on behind one that fails, then raises: most is better than nothing."""
    failures: list[Exception] = []
    for erase in erasers:
        try:
            erase(user_id)
        except Exception as error:  # noqa: BLE001 - all are raised together below
            failures.append(error)
    if failures:
        raise ExceptionGroup("purge failed", failures)


def purge_first(user_id: str, erasers: Erasers, queue: ErasureQueue, settings: Settings, now: datetime) -> None:
    """The purge that the tombstone's stream record starts, and two more, later.

    One as soon as no request that was let in before the deletion can still run: that takes a minute. The other when
    the last access token has expired, whatever the authorizer has done meanwhile.
    """
    purge(user_id, erasers)
    last_request = AUTHORIZER_CACHE_SECONDS + REQUEST_SECONDS
    for seconds, last in ((last_request, False), (last_request + settings.access_token_seconds, True)):
        message = PurgeAgain(user_id=user_id, not_before=now + timedelta(seconds=seconds), last=last)
        queue.send(message, _delay(message.not_before, now))
    log.info("purged: user %s", hashed(user_id))


def purge_again(
    message: PurgeAgain,
    accounts: AccountStore,
    erasers: Erasers,
    queue: ErasureQueue,
    now: datetime,
    readmit: Readmit | None = None,
) -> None:
    """A later purge; waits in the queue once more when it is too early. After the last one a viewer from elsewhere, who
    has the same id for ever, may begin anew: that is `readmit`."""
    if not accounts.is_erased(message.user_id):
        if not is_from_elsewhere(message.user_id):  # else it came twice, or late
            # A message that nobody of us sent.
            log.error("no tombstone, nothing purged: user %s", hashed(message.user_id))
        return
    if now < message.not_before:
        queue.send(message, _delay(message.not_before, now))
        return
    purge(message.user_id, erasers)
    log.info("purged again: user %s", hashed(message.user_id))
    if message.last and readmit and is_from_elsewhere(message.user_id):
        readmit(message.user_id, now)


def export(user_id: str, exporters: Mapping[str, Exporter]) -> dict[str, object]:
    """Everything held about the user, by the package that holds it."""
    return {name: exporter(user_id) for name, exporter in exporters.items()}


def _delay(until: datetime, now: datetime) -> int:
    return min(DELAY_SECONDS_MAX, max(0, round((until - now).total_seconds()) + 1))
