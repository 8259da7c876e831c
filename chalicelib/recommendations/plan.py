"""Somebody said something: their list is due. Does no other work, so that a failure here is almost impossible."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.recommendations.messages import Outbox, Rebuild


def plan(outbox: Outbox, user_ids: Iterable[str], now: datetime) -> int:
    """Queues one rebuild for each distinct user. Returns how many."""
    distinct = sorted(set(user_ids))
    outbox.send_rebuilds([Rebuild(user_id=user_id, changed_at=now) for user_id in distinct])
    return len(distinct)
