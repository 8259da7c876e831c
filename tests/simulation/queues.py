"""SQS and DynamoDB streams, by AWS's rules.

Queues: visibility, receive counts, dead letters, at least once and in any order; FIFO: one message of a group at a
time, five minutes of deduplication. Streams: in order, one batch at a time, halves of a failed batch tried apart,
again and again until a record is a day old.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import count

import msgspec

from chalicelib.auth.leaving.erasure import PurgeAgain
from chalicelib.recommendations.messages import Ask, Rebuild
from infra.deploy.declaration import Queue, Stream
from tests.simulation.schedule import Schedule

DEDUPLICATED = timedelta(minutes=5)
STREAM_RECORD_KEPT = timedelta(hours=24)
STREAM_RETRY_SECONDS_MAX = 60
LATELY = 4  # handled messages that may be delivered once more


class Message:
    """One message of a queue."""

    def __init__(self, number: int, body: str, visible_at: datetime, group: str) -> None:
        self.number, self.body, self.visible_at, self.group = number, body, visible_at, group
        self.receives = 0


class SimQueue:
    """A queue as it is declared, with its dead letters."""

    def __init__(self, schedule: Schedule, declared: Queue, timeout_seconds: int) -> None:
        self.schedule, self.declared = schedule, declared
        self.visibility = timedelta(seconds=declared.visibility_seconds or 6 * timeout_seconds)
        self.messages: list[Message] = []
        self.dead: list[Message] = []
        self.dropped = 0
        self._handled: list[Message] = []
        self._first_sent: dict[str, datetime] = {}
        self._numbers = count(1)

    def send(self, body: str, group: str = "", deduplication_id: str = "", delay_seconds: float = 0) -> None:
        """A message, unless the queue has seen its deduplication id within five minutes."""
        now = self.schedule.now
        if deduplication_id:
            first = self._first_sent.get(deduplication_id)
            if first is not None and now - first < DEDUPLICATED:
                self.dropped += 1
                self.schedule.say(f"  queue {self.declared.name}: dropped as a duplicate {body}")
                return
            self._first_sent[deduplication_id] = now
        self.messages.append(Message(next(self._numbers), body, now + timedelta(seconds=delay_seconds), group))

    def ready(self) -> list[Message]:
        """What could be received now."""
        now = self.schedule.now
        if not self.declared.fifo:
            return [one for one in self.messages if one.visible_at <= now]
        first: dict[str, Message] = {}
        for one in self.messages:
            first.setdefault(one.group, one)
        return [one for one in first.values() if one.visible_at <= now]

    def next_visible(self) -> datetime | None:
        """When something can be received that cannot be now."""
        return min((one.visible_at for one in self.messages if one.visible_at > self.schedule.now), default=None)

    def receive(self, messages: Sequence[Message]) -> list[Message]:
        """Takes ready messages out of sight; those that were received too often become dead letters."""
        taken = []
        for one in messages:
            if one.receives >= self.declared.receives:
                self.messages.remove(one)
                self.bury(one)
                continue
            one.receives += 1
            one.visible_at = self.schedule.now + self.visibility
            taken.append(one)
        return taken

    def bury(self, message: Message) -> None:
        """Puts a message among the dead letters."""
        self.schedule.say(f"  queue {self.declared.name}: DEAD LETTER {message.body}")
        self.dead.append(message)

    def buried(self, body: str) -> None:
        """A handler's own dead letter."""
        self.bury(Message(next(self._numbers), body, self.schedule.now, ""))

    def delete(self, message: Message) -> None:
        """The message was handled."""
        if message in self.messages:
            self.messages.remove(message)
            self._handled = [*self._handled[1 - LATELY :], message]

    def deliver_again(self) -> None:
        """At least once: a copy of a message that was handled lately."""
        if self._handled and not self.declared.fifo:
            self.send(self.schedule.random.choice(self._handled).body)

    def show_in(self, number: str, seconds: float) -> None:
        """Changes the rest of a message that is out of sight."""
        for one in self.messages:
            if str(one.number) == number:
                one.visible_at = self.schedule.now + timedelta(seconds=seconds)

    def lose(self) -> int:
        """Everything that waits or is being handled is gone; in a FIFO queue what is being handled stays, for without
        it the lane would be given to another. Returns how much that was."""
        handled = [one for one in self.messages if one.receives and one.visible_at > self.schedule.now]
        kept = handled if self.declared.fifo else []
        lost, self.messages = len(self.messages) - len(kept), kept
        return lost


class SimStream:
    """A shard: the keys of changed items, in order."""

    def __init__(self, schedule: Schedule, name: str, declared: Stream) -> None:
        self.schedule, self.name, self.declared = schedule, name, declared
        self.given_up: list[str] = []
        self._waiting: list[tuple[str, datetime]] = []
        self._batches: list[list[tuple[str, datetime]]] = []
        self._busy = False
        self._tries = 0
        self._not_before = schedule.now

    def add(self, key: str) -> None:
        """An item changed."""
        self._waiting.append((key, self.schedule.now))

    @property
    def is_empty(self) -> bool:
        """Whether everything has been handled."""
        return not (self._waiting or self._batches)

    def next_at(self) -> datetime | None:
        """When the next batch can be taken; None when there is none, or one is being handled."""
        return None if self._busy or self.is_empty else self._not_before

    def take(self, most: int) -> list[str]:
        """The next batch; nothing while one is being handled, or rests after a failure."""
        if self._busy or self._not_before > self.schedule.now:
            return []
        if not self._batches:
            most = min(most, self.declared.batch)
            first, self._waiting = self._waiting[:most], self._waiting[most:]
            self._batches += [first] if first else []
        if not self._batches:
            return []
        self._busy = True
        return [key for key, _ in self._batches[0]]

    def end(self, failed_at: int | None) -> None:
        """The batch is done up to this place; None: wholly."""
        self._busy = False
        batch = self._batches.pop(0)
        if failed_at is None:
            self._tries = 0
            return
        self._tries += 1
        rest = min(STREAM_RETRY_SECONDS_MAX, 2 ** min(self._tries, 10))
        self._not_before = self.schedule.now + timedelta(seconds=rest)
        left = batch[failed_at:]
        old = [key for key, at in left if self.schedule.now - at >= STREAM_RECORD_KEPT]
        self.given_up += old
        left = [one for one in left if one[0] not in old]
        half = (len(left) + 1) // 2
        self._batches[:0] = [part for part in (left[:half], left[half:]) if part]


class SimOutbox:
    """The `Outbox` on simulated queues. Each message is a call of its own, so that a batch can be half sent."""

    def __init__(self, schedule: Schedule, queues: dict[str, SimQueue], lanes: int) -> None:
        self.schedule, self.queues, self.lanes = schedule, queues, lanes

    def send_rebuilds(self, messages: Sequence[Rebuild], delay_seconds: int = 0) -> None:
        for one in messages:
            body = msgspec.json.encode(one).decode()
            self.schedule.at("sqs.send_rebuild", partial(self._rebuild, body, delay_seconds))

    def _rebuild(self, body: str, delay_seconds: int) -> None:
        self.queues["rebuild"].send(body, delay_seconds=delay_seconds)

    def send_asks(self, messages: Sequence[Ask]) -> None:
        for one in messages:
            self.schedule.at("sqs.send_ask", partial(self._ask, one))

    def _ask(self, message: Ask) -> None:
        body = msgspec.json.encode(message).decode()
        self.queues["ask"].send(body, message.lane(self.lanes), message.deduplication_id())

    def bury(self, dead_letters_url: str, body: str, reason: str) -> None:  # noqa: ARG002
        queue = self.queues[dead_letters_url.removesuffix("_dead_letters")]
        self.schedule.at("sqs.bury", lambda: queue.buried(body))

    def deliver_again_in(self, queue_url: str, receipt: str, seconds: int) -> None:
        self.queues[queue_url].show_in(receipt, seconds)  # best effort, so no point of the schedule


class SimErasureQueue:
    """The `ErasureQueue` on a simulated queue."""

    def __init__(self, schedule: Schedule, queue: SimQueue) -> None:
        self.schedule, self.queue = schedule, queue

    def send(self, message: PurgeAgain, delay_seconds: int) -> None:
        body = msgspec.json.encode(message).decode()
        self.schedule.at("sqs.send_purge", lambda: self.queue.send(body, delay_seconds=delay_seconds))
