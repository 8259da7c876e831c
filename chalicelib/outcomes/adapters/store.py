"""The outcomes table. `pk` is `salt#USER_ID` (a viewer's salt, and the films that rest for them), `day#YYYY-MM-DD`
(what it came to), `tally#NAME`, `experiment#NAME` (how it stands) or `votes`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from chalicelib.aws import opened
from chalicelib.compare_and_swap import is_written
from chalicelib.outcomes.experiments.model import State, Votes
from chalicelib.outcomes.model import Counted, Resting
from chalicelib.patience import TABLE_PATIENCE

DAYS_KEPT = timedelta(days=400)  # a year beside the one before
PACKED = 17  # bytes of a film that rests: its id, and how often it was shown
SALT, DAY, TALLY, EXPERIMENT, VOTES = "salt#", "day#", "tally#", "experiment#", "votes"


class DynamoOutcomes:
    """`Salts`, `SaltsOfAll`, `Days`, `Tallies` and `ExperimentStates` on DynamoDB."""

    def __init__(self, table: str) -> None:
        class Item(Model):
            class Meta(TABLE_PATIENCE):
                table_name = table

            pk = UnicodeAttribute(hash_key=True)
            body = BinaryAttribute(null=True, legacy_encoding=False)
            tallied = NumberAttribute(null=True)
            version = NumberAttribute(null=True)
            resting = BinaryAttribute(null=True, legacy_encoding=False)
            expires_at = NumberAttribute(null=True)

        self._items = opened(Item)

    def find_salt(self, user_id: str) -> bytes | None:
        """Half a read unit. One that was put a moment ago may not be found: `put_salt` says it then."""
        try:
            return bytes(self._items.get(SALT + user_id).body)
        except self._items.DoesNotExist:
            return None

    def put_salt(self, user_id: str, salt: bytes) -> bytes:
        """1 write unit, and 1 read unit for whoever comes second."""
        row = self._items(SALT + user_id, body=salt)
        if is_written(lambda: row.save(condition=self._items.pk.does_not_exist())):
            return salt
        return bytes(self._items.get(SALT + user_id, consistent_read=True).body)

    def drop_salt(self, user_id: str) -> None:
        """1 write unit."""
        self._items(SALT + user_id).delete()

    def all_salts(self) -> Iterator[tuple[str, bytes, Resting]]:
        """Half a read unit for 4 KB of the table: some forty viewers."""
        for row in self._items.scan(filter_condition=self._items.pk.startswith(SALT)):
            yield row.pk.removeprefix(SALT), bytes(row.body), _resting(row.resting)

    def find_resting(self, user_id: str) -> Resting:
        """Half a read unit."""
        try:
            return _resting(self._items.get(SALT + user_id).resting)
        except self._items.DoesNotExist:
            return {}

    def put_resting(self, user_id: str, films: Resting) -> bool:
        """1 write unit: fifty films are 900 bytes. Never makes an item: the viewer may have gone."""
        kept, row = self._items.resting, self._items(SALT + user_id)
        packed = b"".join(UUID(film_id).bytes + bytes([min(count, 255)]) for film_id, count in films.items())
        action = kept.set(packed) if packed else kept.remove()
        return is_written(lambda: row.update(actions=[action], condition=self._items.body.exists()))

    def put_day(self, day: date, counted: Counted) -> None:
        """1 write unit for each KB: some thirty cells."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        body = msgspec.msgpack.encode(counted)
        self._items(DAY + day.isoformat(), body=body, expires_at=int((midnight + DAYS_KEPT).timestamp())).save()

    def find_days(self, days: Sequence[date]) -> Mapping[date, Counted]:
        """One request for a hundred days: half a read unit for each and 4 KB of it."""
        rows = self._items.batch_get([DAY + day.isoformat() for day in days])
        return {
            date.fromisoformat(row.pk.removeprefix(DAY)): msgspec.msgpack.decode(row.body, type=Counted) for row in rows
        }

    def add_tally(self, name: str, count: int, until: datetime | None = None) -> None:
        """1 write unit."""
        tallied = self._items.tallied
        actions: list[Any] = [tallied.set((tallied | 0) + count)]
        if until is not None:
            actions.append(self._items.expires_at.set(int(until.timestamp())))
        self._items(TALLY + name).update(actions=actions)

    def find_tallies(self, names: Sequence[str]) -> Mapping[str, int]:
        """Half a read unit each."""
        rows = self._items.batch_get([TALLY + name for name in names])
        found = {row.pk.removeprefix(TALLY): int(row.tallied or 0) for row in rows}
        return {name: found.get(name, 0) for name in names}

    def find_states(self, names: Sequence[str]) -> tuple[Mapping[str, State], Votes]:
        """Half a read unit each, and for the votes."""
        rows = {row.pk: row.body for row in self._items.batch_get([VOTES, *(EXPERIMENT + name for name in names)])}
        states = {
            name: msgspec.msgpack.decode(rows[EXPERIMENT + name], type=State)
            for name in names
            if EXPERIMENT + name in rows
        }
        return states, msgspec.msgpack.decode(rows[VOTES], type=Votes) if VOTES in rows else Votes()

    def put_state(self, name: str, new: State, replaces: State) -> bool:
        """1 write unit."""
        return self._swapped(EXPERIMENT + name, new, replaces.version)

    def put_votes(self, new: Votes, replaces: Votes) -> bool:
        """1 write unit."""
        return self._swapped(VOTES, new, replaces.version)

    def _swapped(self, key: str, new: State | Votes, replaced: int) -> bool:
        stored = msgspec.structs.replace(new, version=replaced + 1)
        row = self._items(key, version=stored.version, body=msgspec.msgpack.encode(stored))
        version = self._items.version
        expected = version == replaced if replaced else version.does_not_exist()
        return is_written(lambda: row.save(condition=expected))


def _resting(packed: bytes | None) -> Resting:
    held = bytes(packed or b"")
    return {str(UUID(bytes=held[at : at + PACKED - 1])): held[at + PACKED - 1] for at in range(0, len(held), PACKED)}
