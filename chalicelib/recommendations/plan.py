"""Somebody said something: their list is due. Does no other work, so that a failure here is almost impossible."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from chalicelib.recommendations.messages import Outbox, Rebuild
from chalicelib.recommendations.model import UserErasedError
from chalicelib.recommendations.ports import RecommendationStore
from chalicelib.tracing import correlation


def plan(
    store: RecommendationStore, outbox: Outbox, user_ids: Iterable[str], now: datetime, traces: Mapping[str, str] = {}
) -> int:
    """Marks each distinct user's list as due, then hints at it. Returns how many. `traces`: correlation ids by user.

    The mark stands until a list with these words is published; the hint may get lost.
    """
    marked = [user_id for user_id in sorted(set(user_ids)) if _marked(store, user_id, now)]
    outbox.send_rebuilds(
        [Rebuild(user_id=user_id, changed_at=now, trace=traces.get(user_id, "")) for user_id in marked]
    )
    return len(marked)


def plan_visit(store: RecommendationStore, outbox: Outbox, user_id: str, now: datetime) -> bool:
    """The viewer has come, and their list lacks what their site brought in: it is due, once. Returns False when a mark
    stands already, or the account is gone. 1 to 9 read units, and what `plan` costs."""
    return not store.read(user_id).due and plan(store, outbox, [user_id], now, {user_id: correlation()}) == 1


def _marked(store: RecommendationStore, user_id: str, now: datetime) -> bool:
    try:
        store.mark_due(user_id, uuid.uuid4().hex, now)
    except UserErasedError:
        return False
    return True
