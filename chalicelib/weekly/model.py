"""Subscribers, what of an issue waits in the queue, and the ports of what keeps both, as plain data."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from chalicelib.language import Language

FILMS = 3  # of one letter
SHOWN_KEPT = 4 * FILMS  # films of the last four letters do not come again
GOOD_FOR = timedelta(hours=48)  # an issue of Friday is none for a weekend that is over


class Subscriber(msgspec.Struct, frozen=True, kw_only=True):
    """An account that has asked for the letter. `week`, `claimed_at` and `films` are of the last letter, and of those
    before it."""

    user_id: str
    email: str
    language: Language
    age_limit: int | None = None
    region: str | None = None
    since: datetime
    confirmed: bool
    week: str | None = None  # 2026-W48
    claimed_at: datetime | None = None
    films: tuple[str, ...] = ()


class Page(msgspec.Struct, frozen=True, kw_only=True, tag="page"):
    """A page of the subscribers is due: those behind `after`. Handling it twice queues their letters twice, and each
    leaves once."""

    issue: datetime
    after: str | None = None


class One(msgspec.Struct, frozen=True, kw_only=True, tag="one"):
    """A subscriber's letter of an issue is due. No address is in it: who has it, and whether they still want it, is
    looked up when it is written."""

    issue: datetime
    user_id: str


type Due = Page | One


class SubscriberStore(Protocol):
    """Whoever has asked for the letter."""

    def list_ids(self, after: str | None, limit: int) -> Sequence[str]:
        """Their user ids in order, behind `after`. Who has just asked may be missing."""

    def find(self, user_id: str) -> Subscriber | None:
        """The subscriber, read consistently; None when they want no letter, or are gone."""

    def claim(self, held: Subscriber, week: str, now: datetime, films: Sequence[str]) -> bool:
        """Notes a week's letter before it is sent, with its films; False when one of that week or a later one is noted,
        or no letter is wanted any more."""

    def release(self, held: Subscriber, claimed_at: datetime) -> None:
        """Takes that note back, for what stood there before: the letter was not sent."""


class DueQueue(Protocol):
    """Where an issue waits."""

    def send(self, due: Sequence[Due]) -> None:
        """Puts the messages into the queue, ten in a request. Raises when one of them could not be."""


def week_of(issue: datetime) -> str:
    """The week of an issue, as ISO 8601 counts: `2026-W48`. Later weeks sort behind."""
    year, week, _ = issue.isocalendar()
    return f"{year}-W{week:02}"
