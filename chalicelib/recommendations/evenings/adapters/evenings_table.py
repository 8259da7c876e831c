"""Evenings in the recommendations table: under `evening#KEY` the `evening`; under a viewer's id their `evenings`."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from chalicelib.compare_and_swap import is_written
from chalicelib.recommendations.evenings.model import Attendance, Evening
from chalicelib.recommendations.stored_formats import packed, unpacked

SUBJECT = "evening#"
"""Before the key of an evening, where it stands among viewers: no id of a user begins like that."""
EVENING, EVENINGS = "evening", "evenings"
ERASED_KEPT = timedelta(days=32)  # as the other markers of a deleted account (`adapters/store.py`)


class Evenings:
    """`EveningStore` in the recommendations table, whose model `items` is."""

    def __init__(self, items: Any) -> None:
        self._items = items

    def find(self, key: str) -> Evening | None:
        """1 read unit, strongly consistent: some 1 KB."""
        rows = self._items.batch_get([(SUBJECT + key, EVENING)], consistent_read=True)
        return next((_evening(row) for row in rows if row.body), None)

    def put(self, key: str, new: Evening, replaces: Evening | None) -> bool:
        """One conditional put: 1 write unit for an evening that waits, 2 at the most."""
        version = (replaces.version if replaces else 0) + 1
        stored = msgspec.structs.replace(new, version=0)  # stands beside it
        row = self._items(
            SUBJECT + key, EVENING, version=version, body=packed(stored), expires_at=_seconds(new.ends_at)
        )
        as_read = self._items.version == replaces.version if replaces else self._items.user_id.does_not_exist()
        return is_written(lambda: row.save(condition=as_read))

    def end(self, key: str, until: datetime) -> None:
        """One put: 1 write unit. What is left has no version, so no later write's condition holds."""
        self._items(SUBJECT + key, EVENING, expires_at=_seconds(until)).save()

    def attendance(self, user_id: str) -> Attendance:
        """1 read unit, strongly consistent."""
        rows = self._items.batch_get([(user_id, EVENINGS)], consistent_read=True)
        return next((_attendance(row) for row in rows), Attendance())

    def put_attendance(self, user_id: str, new: Attendance, replaces: Attendance) -> bool:
        """One conditional put: 1 write unit."""
        now = datetime.now(UTC)
        item, nobody = self._items, self._items.user_id.does_not_exist()
        as_read = (item.version == replaces.version if replaces.version else nobody) & item.erased.does_not_exist()
        if new.erased:
            row = item(user_id, EVENINGS, erased=True, expires_at=_seconds(now + ERASED_KEPT))
        else:
            until = max((one.until for one in new.evenings), default=now)
            stored = msgspec.structs.replace(new, version=0)
            version = replaces.version + 1
            row = item(user_id, EVENINGS, version=version, body=packed(stored), expires_at=_seconds(until))
        return is_written(lambda: row.save(condition=as_read))

    def readmit(self, user_id: str) -> None:
        """One conditional delete: 1 write unit."""
        row = self._items(user_id, EVENINGS)
        is_written(lambda: row.delete(condition=self._items.erased == True))  # noqa: E712


def _attendance(row: Any) -> Attendance:
    """What a row of a viewer's evenings says."""
    if row.erased:
        return Attendance(erased=True)
    return msgspec.structs.replace(unpacked(row.body, Attendance), version=int(row.version))


def _evening(row: Any) -> Evening:
    return msgspec.structs.replace(unpacked(row.body, Evening), version=int(row.version))


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
