"""Somebody said something: their list is due. Does no other work, so that a failure here is almost impossible."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import batched

from chalicelib.recommendations.messages import Outbox, Rebuild
from chalicelib.recommendations.model import MARK_COVERS, MARK_RESTS, Mark, UserErasedError
from chalicelib.recommendations.ports import RecommendationStore
from chalicelib.tracing import correlation

AT_ONCE = 100  # marks read in one request
CLOCKS_APART = timedelta(seconds=20)


def plan(
    store: RecommendationStore, outbox: Outbox, user_ids: Iterable[str], now: datetime, traces: Mapping[str, str] = {}
) -> int:
    """Sees to it that a mark stands for each distinct user's words, then hints at the list. Returns how many. `traces`:
    correlation ids by user.

    The mark stands until somebody has made sure that the list has these words; the hint may get lost.
    """
    known, new = _marked(store, user_ids, now)
    outbox.send_rebuilds([Rebuild(user_id=user_id, changed_at=now, trace=traces.get(user_id, "")) for user_id in known])
    _end_later(outbox, new, now)
    return len(known)


def plan_visit(store: RecommendationStore, outbox: Outbox, user_id: str, now: datetime) -> bool:
    """The viewer has come, and their list lacks what their site brought in: it is due, once. Returns False when a mark
    later than the list stands already, or the account is gone. 1 to 9 read units, and what `plan` costs."""
    record = store.read(user_id)
    since = record.due.since if record.due else None
    if since and (record.list_ is None or since >= record.list_.read_at):
        return False
    return plan(store, outbox, [user_id], now, {user_id: correlation()}) == 1


def mark_reply(store: RecommendationStore, user_id: str, now: datetime) -> None:
    """Sees to it that a mark stands for the model's reply, which the list lacks. It covers no words: whoever publishes
    the reply takes it away. Half a read unit, and 2 write units where none stands. Raises `UserErasedError`."""
    if not _covers(store.read_marks([user_id]).get(user_id), now):
        store.mark_due(user_id, uuid.uuid4().hex, now, ends_at=now)


def _marked(store: RecommendationStore, user_ids: Iterable[str], now: datetime) -> tuple[list[str], list[str]]:
    """Whose words have a mark now, and whose had none before. Half a read unit each; 2 write units for the first word
    of a sitting, none for those that its mark covers."""
    known, new = [], []
    for some in batched(sorted(set(user_ids)), AT_ONCE, strict=False):
        stand = store.read_marks(some)
        there = [one for one in some if _covers(stand.get(one), now) or _is_marked(store, one, now)]
        known += there
        new += [one for one in there if one not in stand]
    return known, new


def _end_later(outbox: Outbox, user_ids: Iterable[str], now: datetime) -> None:
    """Has somebody look at these marks when they have ended; what gets lost of that the sweep finds soon after."""
    hints = [Rebuild(user_id=user_id, changed_at=now) for user_id in user_ids]
    outbox.send_rebuilds(hints, int((MARK_COVERS + MARK_RESTS + CLOCKS_APART).total_seconds()))


def _covers(mark: Mark | None, now: datetime) -> bool:
    return mark is not None and mark.covers(now)


def _is_marked(store: RecommendationStore, user_id: str, now: datetime) -> bool:
    try:
        store.mark_due(user_id, uuid.uuid4().hex, now, now + MARK_COVERS + MARK_RESTS)
    except UserErasedError:
        return False
    return True
