"""Whether a viewer counts as a person: by a confirmed address, or by having shown itself over time.

Accounts are free, so what many of them could spend or say together waits until each is one of the two
(docs/decisions/017-accounts-are-free.md). Viewers without an account here are somebody else's to vouch for, and count.
`gather.sql` says the same of an export.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from chalicelib.settings import Settings


class Proof(NamedTuple):
    """What time has to show: feedback on so many days (UTC), the first of it so many days ago."""

    after_days: int
    on_days: int

    def first_before(self, now: datetime) -> datetime:
        """The moment at which the first of it must lie, or before."""
        return now - timedelta(days=self.after_days)


class Word(NamedTuple):
    """As much of one item as matters here. `updated_at` is ours: nobody can send it."""

    updated_at: datetime
    unconfirmed: bool


def is_proven(words: Collection[Word], proof: Proof, now: datetime) -> bool:
    """Whether whoever gave all of these is held to be a person. Nobody has proven anything by saying nothing."""
    if any(not word.unconfirmed for word in words):
        return True
    moments = [word.updated_at.astimezone(UTC) for word in words]
    days = {moment.date() for moment in moments}
    return len(days) >= proof.on_days and min(moments) <= proof.first_before(now)


def proof_of(values: Settings) -> Proof:
    """What this deployment asks for."""
    return Proof(values.proven_after_days, values.proven_on_days)
