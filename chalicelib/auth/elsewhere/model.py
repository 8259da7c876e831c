"""What is kept of viewers who have no account here, as plain data, and the port of the store that keeps it."""

from datetime import datetime
from typing import Protocol

import msgspec

from chalicelib.language import Language


class ForeignProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What a viewer has chosen here. Nothing is stored until they choose something."""

    user_id: str
    name: str | None = None
    language: Language
    age_limit: int | None = None  # films for older viewers are not shown; None: no limit
    region: str | None = None  # ISO 3166


class ForeignStore(Protocol):
    """Viewers from elsewhere by user id."""

    def find(self, user_id: str) -> ForeignProfile | None:
        """What the viewer has chosen, read consistently; None while that is nothing."""

    def is_erased(self, user_id: str) -> bool:
        """Whether a tombstone stands for the viewer, read consistently."""

    def put(self, profile: ForeignProfile) -> bool:
        """Stores it in place of what stands there; False when a tombstone stands for the viewer."""

    def erase(self, user_id: str, erased_at: datetime, forgotten_at: datetime) -> bool:
        """One step: removes what was chosen and leaves a tombstone. False when one stands already."""

    def readmit(self, user_id: str) -> None:
        """Takes the tombstone away: this viewer has the same id for ever, and may begin anew."""
