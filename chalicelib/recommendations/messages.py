"""What travels through the queues. Small, without personal data beyond the user's id, and safe to deliver twice."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec


class Rebuild(msgspec.Struct, frozen=True, kw_only=True):
    """A hint: look at this user. What is to be done stands in the recommendations table.

    `changed_at` is when it was noticed; 0.2 goes by it, to which a deployment may be rolled back.
    """

    user_id: str
    changed_at: datetime
    trace: str = ""  # correlation id, see `tracing.py`


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """Put this user's taste to GigaChat. Goes through a FIFO queue.

    Group id: the lane. Messages of a lane run one after the other, so the fleet never has more calls in flight than
    there are lanes. Deduplication id: drops what is already queued for the same user and state.
    """

    user_id: str
    taste_hash: str = ""  # nothing goes by it; 0.2 wants it, to which a deployment may be rolled back
    window: int  # version of the state in which the question was admitted
    trace: str = ""  # correlation id of the word that made the question due

    def lane(self, lanes: int) -> str:
        """The message group: a stable spread of users over `lanes` lanes."""
        return f"lane-{int.from_bytes(hashlib.sha256(self.user_id.encode()).digest()[:4]) % lanes}"

    def deduplication_id(self) -> str:
        """The same for the same question in the same window."""
        return hashlib.sha256(f"{self.user_id} {self.taste_hash} {self.window}".encode()).hexdigest()


class Outbox(Protocol):
    """Where messages go. Sending is at least once; a failure raises and nothing is half-sent silently."""

    def send_rebuilds(self, messages: Sequence[Rebuild], delay_seconds: int = 0) -> None:
        """Queues rebuilds, to be delivered that much later (at most 900 s)."""

    def send_asks(self, messages: Sequence[Ask]) -> None:
        """Queues questions, each in its user's lane."""

    def bury(self, dead_letters_url: str, body: str, reason: str) -> None:
        """Puts a message that nobody can handle among the dead letters, with the reason."""

    def deliver_again_in(self, queue_url: str, receipt: str, seconds: int) -> None:
        """Shortens the rest of a message that failed. Best effort: else it comes when its time-out ends."""
