"""What the steps of an evening need of its store."""

from datetime import datetime
from typing import Protocol

from chalicelib.recommendations.evenings.model import Attendance, Evening


class EveningStore(Protocol):
    """One item an evening, and one a viewer with those they take part in; nothing outlives an evening by more than
    days."""

    def find(self, key: str) -> Evening | None:
        """The evening, read consistently; None when there is none, or it has been ended. Whether it is over by the
        clock is the caller's to ask."""

    def put(self, key: str, new: Evening, replaces: Evening | None) -> bool:
        """Stores it one version on, in place of the one that was read (None: of none); False when another stands
        there, or none any more."""

    def end(self, key: str, until: datetime) -> None:
        """Empties it: nothing is stored in its place until then. Safe to repeat."""

    def attendance(self, user_id: str) -> Attendance:
        """Read consistently; an empty one before the first."""

    def put_attendance(self, user_id: str, new: Attendance, replaces: Attendance) -> bool:
        """Stores it one version on, in place of the one that was read; False when another stands there, or the account
        is gone. With `erased` it is the marker that keeps later ones out."""

    def readmit(self, user_id: str) -> None:
        """Takes the marker away, and nothing else. Safe to repeat."""
