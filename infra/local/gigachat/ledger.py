"""The service's own books: what was asked, what was billed, and how many requests were in flight at once."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


class Ledger:
    """Counts of one process, shared by all threads.

    `requests` are chat requests that arrived with a good token, refused ones included. Tokens are billed when an
    answer has been delivered; those of an answer that its asker no longer waited for stand apart as `lost_tokens`.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._in_flight: Counter[str] = Counter()
        self._max_in_flight = 0
        self._faults: Counter[str] = Counter()
        self._by_day: dict[str, Counter[str]] = {}

    @contextmanager
    def in_flight(self, client_id: str) -> Iterator[int]:
        """Counts one chat request of the client while it lasts; yields how many it has now, this one included."""
        with self._lock:
            self._counts["requests"] += 1
            self._in_flight[client_id] += 1
            now = self._in_flight[client_id]
            self._max_in_flight = max(self._max_in_flight, now)
        try:
            yield now
        finally:
            with self._lock:
                self._in_flight[client_id] -= 1

    def billed(self, prompt_tokens: int, completion_tokens: int, precached_tokens: int) -> None:
        """An answer was delivered."""
        amounts = {"answers": 1, "prompt_tokens": prompt_tokens, "completion_tokens": completion_tokens}
        amounts["precached_prompt_tokens"] = precached_tokens
        day = datetime.now(UTC).date().isoformat()
        with self._lock:
            self._counts.update(amounts)
            self._by_day.setdefault(day, Counter()).update(amounts)

    def lost(self, tokens: int) -> None:
        """An answer was made that nobody waited for."""
        with self._lock:
            self._counts.update(lost_answers=1, lost_tokens=tokens)

    def failed(self, kind: str) -> None:
        """A fault was acted out."""
        with self._lock:
            self._faults[kind] += 1

    def token_issued(self) -> None:
        """OAuth handed out a token."""
        with self._lock:
            self._counts["token_requests"] += 1

    def bill(self) -> dict[str, object]:
        """The books as they stand; `by_day` has what was billed on each day of UTC."""
        names = ("requests", "prompt_tokens", "completion_tokens", "precached_prompt_tokens", "answers")
        more = ("lost_answers", "lost_tokens", "token_requests")
        with self._lock:
            counts: dict[str, object] = {name: self._counts[name] for name in names + more}
            days = {day: dict(amounts) for day, amounts in self._by_day.items()}
            return counts | {"max_in_flight": self._max_in_flight, "faults": dict(self._faults), "by_day": days}
