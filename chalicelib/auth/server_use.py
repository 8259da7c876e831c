"""How much a server key is used: a limit a minute, and when it was used last.

Each worker counts by itself and tells the others once a second, so a key costs a write a second and worker at the most,
and may go beyond its limit by what the workers let through within that second.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Protocol

from chalicelib.errors import TooManyRequestsError

log = logging.getLogger(__name__)

TOLD_EVERY_SECONDS = 1.0
MINUTE = 60


class UseStore(Protocol):
    """What all workers know together."""

    def add(self, name: str, requests: int, now: datetime) -> int:
        """Counts requests of a key within the minute of `now`; how many there are then."""

    def mark_used(self, name: str, now: datetime) -> None:
        """Notes that a key was used."""

    def find_last_used(self, name: str) -> datetime | None:
        """When a key was used last, to the minute; None where nobody knows of any use."""


@dataclass(slots=True)
class _Counted:
    """One key in one minute: `told` by all workers at the last telling, `here` in this worker since."""

    minute: int
    told: int = 0
    here: int = 0
    told_at: float = float("-inf")


class ServerUse:
    """The count of this worker, kept beside that of the others."""

    def __init__(self, store: UseStore, limit: int) -> None:
        self._store, self._limit = store, limit
        self._counted: dict[str, _Counted] = {}
        self._lock = Lock()

    def note(self, name: str, now: datetime) -> None:
        """One more request. Where the count cannot be kept the request goes on: it has done nothing wrong.

        Raises:
            TooManyRequestsError: the minute has had as many as the key may make.
        """
        moment = now.timestamp()
        with self._lock:
            counted = self._counted.get(name)
            is_new = counted is None or counted.minute != int(moment // MINUTE)
            if counted is None or is_new:
                counted = self._counted[name] = _Counted(int(moment // MINUTE))
            counted.here += 1
            is_over = counted.told + counted.here > self._limit
            telling = counted.here if moment - counted.told_at >= TOLD_EVERY_SECONDS else 0
            if telling:
                counted.told_at = moment
        if telling:
            self._tell(name, counted, telling, now, is_new)
            is_over = counted.told + counted.here > self._limit
        if is_over:
            raise TooManyRequestsError(f"This server key may make {self._limit} requests a minute.", self._left(now))

    def _tell(self, name: str, counted: _Counted, telling: int, now: datetime, is_new: bool) -> None:
        try:
            told = self._store.add(name, telling, now)
            if is_new:
                self._store.mark_used(name, now)
        except Exception:
            log.exception("the use of the server key %s could not be noted", name)
            return
        with self._lock:
            counted.told, counted.here = told, counted.here - telling

    @staticmethod
    def _left(now: datetime) -> int:
        return MINUTE - now.astimezone(UTC).second
