"""What is held of a viewer for the weekly letter, for the export."""

from datetime import datetime

import msgspec

from chalicelib.weekly.model import SubscriberStore


class Holdings(msgspec.Struct, frozen=True, kw_only=True):
    """Since when the letter is wanted; the week and the time of the last one, and the films of the last ones."""

    since: datetime
    week: str | None
    sent_at: datetime | None
    films: tuple[str, ...]


def holdings(user_id: str, subscribers: SubscriberStore) -> Holdings | None:
    """None where no letter is wanted."""
    held = subscribers.find(user_id)
    if held is None:
        return None
    return Holdings(since=held.since, week=held.week, sent_at=held.claimed_at, films=held.films)
