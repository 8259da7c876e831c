"""The hourly look at users whose question has to wait. Its cost grows with their number, not with all users."""

from datetime import datetime
from itertools import batched

from chalicelib.recommendations.messages import Ask, Outbox
from chalicelib.recommendations.ports import RecommendationStore

AT_ONCE = 10


def sweep(store: RecommendationStore, outbox: Outbox, now: datetime, limit: int) -> int:
    """Queues a question for at most `limit` users whose time has come. Returns how many.

    Nothing is marked: `ask` itself looks whether the question is still due, and the hour in the deduplication id keeps
    two sweeps of one hour from asking twice.
    """
    sent = 0
    window = int(now.timestamp()) // 3_600
    for users in batched(store.list_stale(now, limit), AT_ONCE, strict=False):
        outbox.send_asks([Ask(user_id=user_id, taste_hash="", window=window) for user_id in users])
        sent += len(users)
    return sent
