"""What no worker could handle: looked at without reading it, and sent back to work."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

LOOKED_AT_MAX = 10  # as many as one request to SQS brings
SENT_AT_ONCE_MAX = 50  # some four seconds of the fifteen that a request may take


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A message without its content, which may name a viewer. `reason`: the kind of the error, where a worker buried
    the message itself; null where its receives ran out: then the logs know (`python -m infra dead-letters show`)."""

    message_id: str
    sent_at: datetime
    receives: int
    reason: str | None


class DeadLetters(msgspec.Struct, frozen=True, kw_only=True):
    """Some of a queue's dead letters; at most ten."""

    queue: str
    letters: tuple[DeadLetter, ...]


class Redriven(msgspec.Struct, frozen=True, kw_only=True):
    """How many messages went back to work; at most fifty at a time."""

    queue: str
    sent: int


class DeadLetterQueues(Protocol):
    """The stack's dead-letter queues, by the name of the queue they belong to."""

    def look(self, queue: str, most: int) -> Sequence[DeadLetter]:
        """At most so many; they stay. `NotFoundError` when there is no such queue."""

    def send_again(self, queue: str, most: int, now: datetime) -> int:
        """Each goes back to its queue and only then is deleted: dying in between repeats it. Returns how many."""


def look(queues: DeadLetterQueues, queue: str) -> DeadLetters:
    """Some of them. Raises `NotFoundError` for an unknown queue."""
    return DeadLetters(queue=queue, letters=tuple(queues.look(queue, LOOKED_AT_MAX)))


def send_again(queues: DeadLetterQueues, queue: str, now: datetime) -> Redriven:
    """Some of them back to work. Raises `NotFoundError` for an unknown queue."""
    return Redriven(queue=queue, sent=queues.send_again(queue, SENT_AT_ONCE_MAX, now))


def fifo_arguments(message_id: str, group: str | None, now: datetime) -> dict[str, str]:
    """What SQS wants to know of a message that goes back into a FIFO queue; nothing where it has no group. Another id:
    the old one would be dropped as a duplicate for five minutes."""
    if group is None:
        return {}
    return {"MessageGroupId": group, "MessageDeduplicationId": f"redrive-{message_id}-{now.timestamp():.0f}"}
