"""The recommendations table and the queues in memory, with the promises of the real ones."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from chalicelib.recommendations.llm.budget import day_of
from chalicelib.recommendations.messages import Ask, Rebuild
from chalicelib.recommendations.model import (
    AskState,
    FilmQuestions,
    KnownText,
    ListChangedError,
    Mark,
    RawReply,
    StoredList,
    StoredPlan,
    StoredReply,
    StoredVector,
    TextQuestions,
    UserErasedError,
    UserRecord,
)
from chalicelib.recommendations.site_model import FilmScores, Similarities


class FakeRecommendationStore:
    """A user's items, compare-and-swap included."""

    def __init__(self) -> None:
        self.records: dict[str, UserRecord] = {}
        self._hints: dict[str, datetime] = {}  # when a mark is hinted at
        self._waiting: dict[str, datetime] = {}  # the sparse index: whom to look at, and when

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
        if stored.look_at:
            self._waiting[user_id] = stored.look_at
        return stored

    def mark_due(self, user_id: str, token: str, now: datetime, ends_at: datetime) -> None:
        if self.read(user_id).erased:
            raise UserErasedError(user_id)
        stands = self.read(user_id).due
        mark = Mark(token=token, renewed=stands is not None, ends_at=stands.ends_at if stands else ends_at)
        self.records[user_id] = msgspec.structs.replace(self.read(user_id), due=mark)
        self._hints.setdefault(user_id, now + timedelta(minutes=15))

    def read_marks(self, user_ids: Sequence[str]) -> Mapping[str, Mark]:
        return {user_id: mark for user_id in user_ids if (mark := self.read(user_id).due)}

    def clear_due(self, user_id: str, token: str) -> None:
        mark = self.read(user_id).due
        if mark and mark.token == token:
            self.records[user_id] = msgspec.structs.replace(self.read(user_id), due=None)
            self._hints.pop(user_id, None)

    def list_due(self, now: datetime, limit: int) -> Iterator[str]:
        yield from _longest(self._hints, now, limit)

    def put_off_due(self, user_id: str, now: datetime) -> None:
        if user_id in self._hints:
            self._hints[user_id] = now + timedelta(minutes=20)

    def list_waiting(self, now: datetime, limit: int) -> Iterator[str]:
        yield from _longest(self._places(common=False), now, limit)

    def list_common(self, now: datetime, limit: int) -> Iterator[str]:
        yield from _longest(self._places(common=True), now, limit)

    def _places(self, *, common: bool) -> dict[str, datetime]:
        states = {user_id: self.records[user_id].state for user_id in self._waiting}
        of_kind = {one for one, state in states.items() if (state.unproven and not state.pending_since) == common}
        return {user_id: at for user_id, at in self._waiting.items() if user_id in of_kind}

    def list_present(self, since: datetime, now: datetime, limit: int) -> Iterator[str]:
        reached = {user_id: at for user_id, at in self._places(common=False).items() if since <= at <= now}
        states = {user_id: self.records[user_id].state for user_id in reached}
        present = {one: at for one, at in reached.items() if states[one].is_present and not states[one].pending_since}
        latest = heapq.nlargest(limit, ((moment, user_id) for user_id, moment in present.items()))
        yield from (user_id for _, user_id in latest)

    def count_open(self, now: datetime, limit: int) -> int:
        return min(limit, sum(self.read(user_id).state.is_open(now) for user_id in self._waiting))

    def count_waiting(self, limit: int) -> int:
        states = [self.read(user_id).state for user_id in self._waiting]
        return min(limit, sum(state.pending_since is None for state in states))

    def read_states(self, user_ids: Sequence[str]) -> Mapping[str, AskState]:
        known = {user_id: self.read(user_id).state for user_id in user_ids}
        return {user_id: state for user_id, state in known.items() if state.version}

    def erase(self, user_id: str, now: datetime) -> None:  # noqa: ARG002
        self.records[user_id] = UserRecord(erased=True)
        self._hints.pop(user_id, None)
        self._waiting.pop(user_id, None)

    def readmit(self, user_id: str) -> None:
        if self.records.get(user_id, UserRecord()).erased:
            del self.records[user_id]


def _longest(moments: Mapping[str, datetime], now: datetime, limit: int) -> list[str]:
    """Whose moment has come, longest waiting first."""
    reached = ((moment, user_id) for user_id, moment in moments.items() if moment <= now)
    return [user_id for _, user_id in heapq.nsmallest(limit, reached)]


class FakeOutbox:
    """What was sent, for a test to deliver. FIFO deduplication is as SQS does it, but without its five minutes' end."""

    def __init__(self) -> None:
        self.rebuilds: list[Rebuild] = []
        self.delayed: list[tuple[datetime, Rebuild]] = []  # with the moment of their delivery
        self.asks: list[Ask] = []
        self.delivered_again: list[tuple[str, str, int]] = []
        self.buried: list[tuple[str, str, str]] = []
        self._known: set[str] = set()

    def send_rebuilds(self, messages: Sequence[Rebuild], delay_seconds: int = 0) -> None:
        if delay_seconds:
            self.delayed += [(one.changed_at + timedelta(seconds=delay_seconds), one) for one in messages]
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


class FakeTextStore:
    """What is known of texts, their states in the store of viewers' ones; compare-and-swap included."""

    def __init__(self, store: FakeRecommendationStore) -> None:
        self.plans: dict[str, StoredPlan] = {}
        self.vectors: dict[str, StoredVector] = {}
        self.held = TextQuestions()
        self._store = store

    def known_text(self, subject: str) -> KnownText:
        return KnownText(self._store.read(subject).state, self.plans.get(subject), self.held)

    def put_plan(self, subject: str, plan: StoredPlan) -> None:
        self.plans[subject] = plan

    def find_vector(self, subject: str) -> StoredVector | None:
        return self.vectors.get(subject)

    def put_vector(self, subject: str, vector: StoredVector) -> None:
        self.vectors[subject] = vector

    def text_questions(self) -> TextQuestions:
        return self.held

    def put_text_questions(self, new: TextQuestions, replaces: TextQuestions) -> bool:
        if replaces.version != self.held.version:
            return False
        self.held = msgspec.structs.replace(new, version=replaces.version + 1)
        return True

    def count_text(self, user_id: str, now: datetime, most: int) -> bool:
        record = self._store.read(user_id)
        had = record.texts if record.texts_day == day_of(now) else 0
        if record.erased or had >= most:
            return False
        self._store.records[user_id] = msgspec.structs.replace(record, texts=had + 1, texts_day=day_of(now))
        return True


class FakeFilmQuestions:
    """The questions about new films, compare-and-swap included."""

    def __init__(self) -> None:
        self.held = FilmQuestions()

    def film_questions(self) -> FilmQuestions:
        return self.held

    def put_film_questions(self, new: FilmQuestions, replaces: FilmQuestions) -> bool:
        if replaces.version != self.held.version:
            return False
        self.held = msgspec.structs.replace(new, version=replaces.version + 1)
        return True


class FakeItemSimilarity:
    """Item similarity as given."""

    def __init__(self, known: Mapping[str, FilmScores] | None = None) -> None:
        self.known = dict(known or {})

    def lately_liked(self) -> Sequence[str]:
        return ()

    def similarities(self, film_ids: Sequence[str]) -> Similarities:
        return Similarities(near={film_id: self.known[film_id] for film_id in film_ids if film_id in self.known})
