"""Evenings in memory, with the promises of the table."""

from datetime import datetime

import msgspec

from chalicelib.recommendations.evenings.model import Attendance, Evening


class FakeEveningStore:
    """Compare-and-swap included. `before_put` is called before each write of an evening: somebody is quicker."""

    def __init__(self) -> None:
        self.evenings: dict[str, Evening | None] = {}  # None: ended
        self.attended: dict[str, Attendance] = {}
        self.puts = self.finds = 0

    def before_put(self) -> None:
        """Nobody is quicker."""

    def find(self, key: str) -> Evening | None:
        self.finds += 1
        return self.evenings.get(key)

    def put(self, key: str, new: Evening, replaces: Evening | None) -> bool:
        self.before_put()
        self.puts += 1
        held = self.evenings.get(key)
        if (replaces is None and key in self.evenings) or (replaces and (not held or held.version != replaces.version)):
            return False
        self.evenings[key] = msgspec.structs.replace(new, version=(replaces.version if replaces else 0) + 1)
        return True

    def end(self, key: str, until: datetime) -> None:  # noqa: ARG002
        self.evenings[key] = None

    def attendance(self, user_id: str) -> Attendance:
        return self.attended.get(user_id, Attendance())

    def put_attendance(self, user_id: str, new: Attendance, replaces: Attendance) -> bool:
        held = self.attendance(user_id)
        if held.erased or held.version != replaces.version:
            return False
        self.attended[user_id] = new if new.erased else msgspec.structs.replace(new, version=replaces.version + 1)
        return True

    def readmit(self, user_id: str) -> None:
        if self.attendance(user_id).erased:
            del self.attended[user_id]
