"""The recommendations table. One partition a user: `list`, `answer`, `raw` (all compressed), `state`, and `due`.

`answer` holds the model's reply as it was accepted, `raw` as it came; `due` stands while the list lacks a word. The
sparse index `stale` holds who has to be looked at, by place and time: waiting users in `SHARD`, those of them who are
present in `present-SHARD`, unproven accounts in `common`, questions under way in `open`, marks in `due-SHARD`. Films
and texts that are asked about once stand among them (`FILM_SUBJECT`, `TEXT_SUBJECT`).
"""

import hashlib
import heapq
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import msgspec
from pynamodb.attributes import BinaryAttribute, BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib.aws import opened
from chalicelib.catalog.model import FilmCard
from chalicelib.compare_and_swap import is_written
from chalicelib.patience import TABLE_PATIENCE
from chalicelib.recommendations.adapters.cards import Cards
from chalicelib.recommendations.adapters.texts import TEXTS, Texts
from chalicelib.recommendations.model import (
    AskState,
    ListChangedError,
    Mark,
    RawReply,
    StoredList,
    StoredReply,
    UserErasedError,
    UserRecord,
)
from chalicelib.recommendations.stored_formats import (
    FORMAT,
    packed,
    packed_list,
    unpacked,
    unpacked_list,
)

LIST, ANSWER, STATE, RAW, DUE = "list", "answer", "state", "raw", "due"
HELD = (LIST, ANSWER, STATE, RAW, DUE, TEXTS)  # of a viewer
OPEN, COMMON = "open", "common"
CUT_AT_ONCE = 5
AT_ONCE = 50  # waiting users read of a shard in one request
GONE = "The account is gone."
RAW_KEPT = timedelta(days=2)  # a question that has not ended by then never will
HINT_AFTER = timedelta(minutes=15)  # the hint that was sent along with the mark comes two minutes earlier
HINT_AGAIN_AFTER = timedelta(minutes=20)  # a list comes within half an hour of the end of whatever hindered it
ERASED_KEPT = timedelta(days=32)  # longer than the longest token (30 days) and any queued message (14 days)


class DynamoRecommendationStore:
    """`RecommendationStore` on DynamoDB."""

    def __init__(self, table: str, list_bytes_max: int, stale_shards: int) -> None:
        class Stale(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]
            class Meta:
                index_name = "stale"
                projection = KeysOnlyProjection()

            stale_shard = UnicodeAttribute(hash_key=True)
            due_at = UnicodeAttribute(range_key=True)
            user_id = UnicodeAttribute()

        class Item(Model):
            class Meta(TABLE_PATIENCE):
                table_name = table
                billing_mode = "PAY_PER_REQUEST"

            user_id = UnicodeAttribute(hash_key=True)
            item = UnicodeAttribute(range_key=True)
            version = NumberAttribute(null=True)
            format = NumberAttribute(null=True)  # of a list's body; absent: 1
            body = BinaryAttribute(null=True, legacy_encoding=False)
            erased = BooleanAttribute(null=True)
            stale_shard = UnicodeAttribute(null=True)
            due_at = UnicodeAttribute(null=True)
            token = UnicodeAttribute(null=True)
            first_token = UnicodeAttribute(null=True)  # of a mark, the one it was set with
            ends_at = UnicodeAttribute(null=True)  # absent: a mark of 0.2
            expires_at = NumberAttribute(null=True)
            stale = Stale()

        self.items = opened(Item)
        self.cards = Cards(self.items)
        self.texts = Texts(self.items)
        self.list_bytes_max = list_bytes_max
        self.stale_shards = stale_shards

    def read(self, user_id: str) -> UserRecord:
        """One strongly consistent query: 1 read unit for every 4 KB, 6 at the most; and cards, see `Cards.cards_of`."""
        return _record(self.items.query(user_id, consistent_read=True), self.cards)

    def read_page(self, user_id: str) -> UserRecord:
        """One batch of two strongly consistent reads: 2 read units (a list of 3 KB and a small item); and cards that
        this worker has not met, see `Cards.cards_of`."""
        return _record(self.items.batch_get([(user_id, LIST), (user_id, STATE)], consistent_read=True), self.cards)

    def publish(self, user_id: str, new: StoredList) -> None:
        """One conditional put: 2 write units for a hundred films. Cards that nobody's list has named yet come first."""
        causes = self.cards.cards_of(film_id for film in new.films for film_id in film.because)
        self.cards.keep_cards([*causes.values(), *(film.card for film in new.films)])
        body = self._fitting(new, causes)
        version = self.items.version
        expected = version == new.version - 1 if new.version > 1 else self.items.user_id.does_not_exist()
        row = self.items(user_id, LIST, version=new.version, format=FORMAT, body=body)
        if not is_written(lambda: row.save(condition=expected)):
            raise self._refusal(user_id)

    def put_reply(self, user_id: str, reply: StoredReply) -> None:
        """One conditional put: about 2 write units."""
        self._put_unless_gone(self.items(user_id, ANSWER, body=packed(reply)))

    def put_raw(self, user_id: str, raw: RawReply) -> None:
        """One conditional put: about 3 write units."""
        expires_at = int((raw.replied_at + RAW_KEPT).timestamp())
        self._put_unless_gone(self.items(user_id, RAW, body=packed(raw), expires_at=expires_at))

    def _put_unless_gone(self, row: Any) -> None:
        if not is_written(lambda: row.save(condition=self.items.erased.does_not_exist())):
            raise UserErasedError(GONE)

    def put_state(self, user_id: str, state: AskState, replaces: AskState) -> AskState:
        """One conditional put of a small item: 1 write unit, and 1 for the index when the user becomes stale or not."""
        stored = msgspec.structs.replace(state, version=replaces.version + 1)
        row = self.items(user_id, STATE, version=stored.version, body=packed(stored))
        if stored.kept_until:
            row.expires_at = int(stored.kept_until.timestamp())
        if stored.look_at:
            row.stale_shard, row.due_at = self._place(user_id, stored), _stamp(stored.look_at)
        version = self.items.version
        nobody = version.does_not_exist() & self.items.erased.does_not_exist()
        expected: Condition = version == replaces.version if replaces.version else nobody
        if not is_written(lambda: row.save(condition=expected)):
            raise self._refusal(user_id)
        return stored

    def mark_due(self, user_id: str, token: str, now: datetime, ends_at: datetime) -> None:
        """One update of a small item: 1 write unit, and 1 for the index where no mark stood before."""
        item = self.items
        actions: list[Any] = [
            item.token.set(token),
            item.first_token.set(item.first_token | token),
            item.stale_shard.set(f"{DUE}-{self._shard(user_id)}"),
            item.due_at.set(item.due_at | _stamp(now + HINT_AFTER)),
            item.ends_at.set(item.ends_at | _stamp(ends_at)),
        ]
        row = item(user_id, DUE)
        if not is_written(lambda: row.update(actions=actions, condition=item.erased.does_not_exist())):
            raise UserErasedError(GONE)

    def read_marks(self, user_ids: Sequence[str]) -> Mapping[str, Mark]:
        """Half a read unit a user: what is a moment old will do, for a mark that covers words is not cleared."""
        rows = self.items.batch_get([(user_id, DUE) for user_id in user_ids])
        return {row.user_id: mark for row in rows if (mark := _mark(row))}

    def clear_due(self, user_id: str, token: str) -> None:
        """One conditional delete: 1 write unit, and 1 for the index."""
        row = self.items(user_id, DUE)
        is_written(lambda: row.delete(condition=self.items.token == token))

    def list_due(self, now: datetime, limit: int) -> Iterator[str]:
        """One query a shard: half a read unit each when no mark stands for long."""
        return self._found([f"{DUE}-{shard}" for shard in range(self.stale_shards)], self._until(now), limit)

    def put_off_due(self, user_id: str, now: datetime) -> None:
        """One conditional update; a mark that was cleared meanwhile stays away."""
        later: list[Any] = [self.items.due_at.set(_stamp(now + HINT_AGAIN_AFTER))]
        row = self.items(user_id, DUE)
        is_written(lambda: row.update(actions=later, condition=self.items.token.exists()))

    def list_waiting(self, now: datetime, limit: int) -> Iterator[str]:
        """One query a place: half a read unit each when nobody waits."""
        shards = [str(shard) for shard in range(self.stale_shards)]
        return self._found([*shards, *(_present(one) for one in shards), OPEN], self._until(now), limit)

    def list_present(self, since: datetime, now: datetime, limit: int) -> Iterator[str]:
        """One query a shard: half a read unit each when nobody waits."""
        meanwhile = self.items.due_at.between(_stamp(since), _stamp(now))
        places = [_present(str(shard)) for shard in range(self.stale_shards)]
        return self._found(places, meanwhile, limit, latest_first=True)

    def list_common(self, now: datetime, limit: int) -> Iterator[str]:
        """One query: half a read unit when nobody waits."""
        return self._found([COMMON], self._until(now), limit)

    def count_open(self, now: datetime, limit: int) -> int:
        """One query: half a read unit for some sixty."""
        return sum(1 for _ in self.items.stale.query(OPEN, self.items.due_at > _stamp(now), limit=limit))

    def count_waiting(self, limit: int) -> int:
        """One query a place: half a read unit for some sixty users."""
        shards = [str(shard) for shard in range(self.stale_shards)]
        places = (*shards, *(_present(one) for one in shards), COMMON)
        return sum(self.items.stale.count(place, limit=limit) for place in places)

    def read_states(self, user_ids: Sequence[str]) -> Mapping[str, AskState]:
        """1 read unit a user."""
        rows = self.items.batch_get([(user_id, STATE) for user_id in user_ids], consistent_read=True)
        return {row.user_id: unpacked(row.body, AskState) for row in rows if row.body}

    def erase(self, user_id: str, now: datetime) -> None:
        """A marker in each place, the list's first: it has no version, so no later write's condition holds."""
        expires_at = int((now + ERASED_KEPT).timestamp())
        for item in HELD:
            self.items(user_id, item, erased=True, expires_at=expires_at).save()

    def readmit(self, user_id: str) -> None:
        """Six conditional deletes: 6 write units."""
        for item in HELD:
            row = self.items(user_id, item)
            is_written(lambda row=row: row.delete(condition=self.items.erased == True))  # type: ignore[misc]  # noqa: E712

    def _found(
        self, places: Sequence[str], when: Condition, limit: int, *, latest_first: bool = False
    ) -> Iterator[str]:
        """DynamoDB sorts within a place alone, so they are merged: the longest waiting come first wherever they
        stand, or last."""
        if limit < 1:
            return
        wanted = ["user_id", "due_at"]
        at_once = min(limit, AT_ONCE)
        rows = [
            self.items.stale.query(
                one, when, page_size=at_once, attributes_to_get=wanted, scan_index_forward=not latest_first
            )
            for one in places
        ]
        for row in islice(heapq.merge(*rows, key=lambda row: str(row.due_at), reverse=latest_first), limit):
            yield str(row.user_id)

    def _until(self, now: datetime) -> Condition:
        found: Condition = self.items.due_at <= _stamp(now)
        return found

    def _place(self, user_id: str, state: AskState) -> str:
        if state.pending_since:
            return OPEN
        if state.unproven:
            return COMMON
        return _present(self._shard(user_id)) if state.is_present else self._shard(user_id)

    def _refusal(self, user_id: str) -> Exception:
        """Why a write that expected another state was refused."""
        rows = self.items.batch_get([(user_id, LIST), (user_id, STATE)], consistent_read=True)
        if any(row.erased for row in rows):
            return UserErasedError(GONE)
        return ListChangedError("Somebody else has written meanwhile.")

    def _fitting(self, new: StoredList, causes: Mapping[str, FilmCard]) -> bytes:
        """The list, cut from its end until it fits: a shorter list beats none."""
        body = packed_list(new, causes)
        while len(body) > self.list_bytes_max and new.films:
            new = msgspec.structs.replace(new, films=new.films[:-CUT_AT_ONCE])
            body = packed_list(new, causes)
        return body

    def _shard(self, user_id: str) -> str:
        return str(int.from_bytes(hashlib.sha256(user_id.encode()).digest()[:4]) % self.stale_shards)


def _list(row: Any, cards: Cards) -> StoredList:
    written_in = int(row.format or 1)
    return unpacked_list(row.body, written_in, cards.old_cards_of if written_in < FORMAT else cards.cards_of)


def _record(rows: Any, cards: Cards) -> UserRecord:
    by_item = {row.item: row for row in rows}
    if any(row.erased for row in by_item.values()):
        return UserRecord(erased=True)
    return UserRecord(
        list_=_list(by_item[LIST], cards) if LIST in by_item else None,
        reply=unpacked(by_item[ANSWER].body, StoredReply) if ANSWER in by_item else None,
        raw=unpacked(by_item[RAW].body, RawReply) if RAW in by_item else None,
        state=unpacked(by_item[STATE].body, AskState) if STATE in by_item else AskState(),
        due=_mark(by_item[DUE]) if DUE in by_item else None,
        texts=int(by_item[TEXTS].version) if TEXTS in by_item else 0,
        texts_day=str(by_item[TEXTS].token) if TEXTS in by_item else "",
    )


def _mark(row: Any) -> Mark | None:
    if not row.token:  # somebody erased
        return None
    ends_at = datetime.fromisoformat(row.ends_at) if row.ends_at else None
    return Mark(token=str(row.token), renewed=row.token != row.first_token, ends_at=ends_at)


def _present(shard: str) -> str:
    return f"present-{shard}"


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
