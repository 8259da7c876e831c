"""A site's file, a bucket, a queue and a catalogue in memory, and workers that take the file step by step."""

import gzip
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.catalog.imports import Import, begin_import, get_import, take_waiting
from chalicelib.feedback.bulk.taking import Taking, take_step
from chalicelib.feedback.model import Feedback
from chalicelib.viewer_ids import of_server
from tests.factories import NOW, film
from tests.fake_imports import MemoryImports, MemorySteps
from tests.fakes import FakeCatalog, FakeFeedbackStore

FILMS = [film(f"Film {number}") for number in range(40)]


def row(viewer: int = 0, place: int = 0, minutes_ago: float = 60, **fields: Any) -> dict[str, Any]:
    """A like of a film, that many minutes ago."""
    at = (NOW - timedelta(minutes=minutes_ago)).isoformat()
    said = {} if {"rating", "steer", "value"} & set(fields) else {"rating": "like"}
    return {"viewer": f"v{viewer}", "film": FILMS[place].film_id, "at": at} | said | fields


def some_rows(viewers: int = 30, films: int = 12) -> list[dict[str, Any]]:
    """Of every viewer, mixed."""
    return [row(viewer, place, minutes_ago=100 + place) for place in range(films) for viewer in range(viewers)]


class Site:
    """Everything between a file and the feedback."""

    def __init__(self, most: int = 10_000, feedback: FakeFeedbackStore | None = None) -> None:
        self.now = NOW
        self.store, self.queue = MemoryImports(), MemorySteps()
        self.feedback = feedback or FakeFeedbackStore()
        self.catalog = FakeCatalog(FILMS)
        self.gone: set[str] = set()
        self.taking = Taking(
            self.store, self.queue, self.feedback, lambda ids: self.catalog.get_many(ids), self._erased, most,
            lambda: self.now,
        )  # fmt: skip

    def _erased(self, user_ids: Sequence[str]) -> set[str]:
        return self.gone & set(user_ids)

    def begun(self, *rows: object, packed: bool = False) -> str:
        """The id of an import whose file has come."""
        import_id = begin_import(self.store, self.now, "interactions", "en").import_id
        lines = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in rows]
        raw = b"\n".join(lines)
        self.store.sent[import_id] = gzip.compress(raw) if packed else raw
        return import_id

    def look(self) -> None:
        """The look each minute at what has come."""
        take_waiting(self.store, self.catalog, self.queue, self.now)

    def work(self, has_time: Callable[[], bool] = lambda: True) -> list[str]:
        """Works off the queue. Returns what each step did."""
        done = []
        while self.queue.messages:
            done.append(take_step(self.taking, self.queue.messages.pop(0), has_time))
        return done

    def took(self, *rows: object, packed: bool = False) -> Import:
        """What became of a file."""
        import_id = self.begun(*rows, packed=packed)
        self.look()
        self.work()
        return get_import(self.store, import_id)

    def held(self, viewer: int = 0) -> list[Feedback]:
        """What is held of a viewer, the latest first."""
        return self.feedback.list_all(of_server(f"v{viewer}"))

    def everything(self) -> dict[str, dict[str, tuple[object, ...]]]:
        """What is held of everybody, without the moments of writing."""
        return {
            user: {one.film_id: (one.rating, one.steer, one.given_at, one.imported) for one in items.values()}
            for user, items in self.feedback.by_user.items()
        }

    def moments(self) -> set[datetime]:
        """Of writing."""
        return {one.updated_at for items in self.feedback.by_user.values() for one in items.values()}
