"""The recommendations table and the queues in memory, with the promises of the real ones."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from chalicelib.recommendations.messages import Ask, Rebuild
from chalicelib.recommendations.model import (
    AskState,
    ListChangedError,
    RawReply,
    StoredList,
    StoredReply,
    UserErasedError,
    UserRecord,
)
from chalicelib.recommendations.site_model import FilmScores, Similarities


class FakeRecommendationStore:
    """Three items a user, compare-and-swap included."""

    def __init__(self) -> None:
        self.records: dict[str, UserRecord] = {}
        self._waiting: dict[str, datetime] = {}  # the sparse index

    def read(self, user_id: str) -> UserRecord:
        return self.records.get(user_id, UserRecord())

    def read_page(self, user_id: str) -> UserRecord:
        return msgspec.structs.replace(self.read(user_id), reply=None, raw=None)

    def publish(self, user_id: str, new: StoredList) -> None:
        record = self.read(user_id)
        if record.erased:
            raise UserErasedError(user_id)
        if (record.list_.version if record.list_ else 0) != new.version - 1:
            raise ListChangedError(user_id)
        self.records[user_id] = msgspec.structs.replace(record, list_=new)

    def put_raw(self, user_id: str, raw: RawReply) -> None:
        if self.read(user_id).erased:
            raise UserErasedError(user_id)
        self.records[user_id] = msgspec.structs.replace(self.read(user_id), raw=raw)

    def put_reply(self, user_id: str, reply: StoredReply) -> None:
        if self.read(user_id).erased:
            raise UserErasedError(user_id)
        self.records[user_id] = msgspec.structs.replace(self.read(user_id), reply=reply)

    def put_state(self, user_id: str, state: AskState, replaces: AskState) -> AskState:
        record = self.read(user_id)
        if record.erased:
            raise UserErasedError(user_id)
        if record.state.version != replaces.version:
            raise ListChangedError(user_id)
        stored = msgspec.structs.replace(state, version=replaces.version + 1)
        self.records[user_id] = msgspec.structs.replace(record, state=stored)
        self._waiting.pop(user_id, None)
        if stored.stale_since and stored.not_before:
            self._waiting[user_id] = stored.not_before
        return stored

    def list_stale(self, now: datetime, limit: int) -> Iterator[str]:
        due = sorted((moment, user_id) for user_id, moment in self._waiting.items() if moment <= now)
        yield from [user_id for _, user_id in due][:limit]

    def erase(self, user_id: str, now: datetime) -> None:  # noqa: ARG002
        self.records[user_id] = UserRecord(erased=True)
        self._waiting.pop(user_id, None)


class FakeOutbox:
    """What was sent, for a test to deliver. FIFO deduplication is as SQS does it, but without its five minutes' end."""

    def __init__(self) -> None:
        self.rebuilds: list[Rebuild] = []
        self.delayed: list[Rebuild] = []  # each is due at its own `changed_at`
        self.asks: list[Ask] = []
        self.delivered_again: list[tuple[str, str, int]] = []
        self.buried: list[tuple[str, str, str]] = []
        self._known: set[str] = set()

    def send_rebuilds(self, messages: Sequence[Rebuild], delay_seconds: int = 0) -> None:
        if delay_seconds:
            self.delayed += messages
        else:
            self.rebuilds += messages

    def send_asks(self, messages: Sequence[Ask]) -> None:
        for message in messages:
            if message.deduplication_id() not in self._known:
                self._known.add(message.deduplication_id())
                self.asks.append(message)

    def bury(self, dead_letters_url: str, body: str, reason: str) -> None:
        self.buried.append((dead_letters_url, body, reason))

    def deliver_again_in(self, queue_url: str, receipt: str, seconds: int) -> None:
        self.delivered_again.append((queue_url, receipt, seconds))


class FakeItemSimilarity:
    """Item similarity as given."""

    def __init__(self, known: Mapping[str, FilmScores] | None = None) -> None:
        self.known = dict(known or {})

    def similarities(self, film_ids: Sequence[str]) -> Similarities:
        return Similarities(near={film_id: self.known[film_id] for film_id in film_ids if film_id in self.known})
