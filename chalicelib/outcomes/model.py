"""Events, and what is counted of them, as plain data; and what the steps need of the outside."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Literal, Protocol

import msgspec

type EventKind = Literal["shown", "opened", "started", "finished"]
type Kind = Literal["shown", "opened", "started", "finished", "liked", "disliked"]
"""What a client tells, and the two that we know by ourselves."""

UNKNOWN = "unknown"
"""The source of a film that stood in no list of ours, or in one whose version was not told."""


type Resting = Mapping[str, int]
"""Films that have been shown to a viewer again and again and were never touched, by id: how often."""


class Told(msgspec.Struct, frozen=True, array_like=True):
    """One event as it is kept. `at` in microseconds since the epoch; `place` 0 and empty texts: not told."""

    kind: Kind
    film_id: str
    at: int
    source: str = ""
    place: int = 0
    surface: str = ""
    experiment: str = ""
    version: str = ""  # the list's, shortened: only that it is the same one matters
    prompt_version: str = ""  # of the question that put it there; "" where the model did not, or nobody says


class ToldBatch(msgspec.Struct, frozen=True):
    """The message: what one viewer has told at once. The viewer stands in it under a pseudonym (`pseudonyms.py`)."""

    viewer: str
    events: tuple[Told, ...]


class Cell(msgspec.Struct, frozen=True, array_like=True):
    """How often, of one kind of place on one day. `place` is the first of its band (`rates.BANDS`), 0 when not told.
    `shown` counts a film once a viewer, list and day, the others the showings that it came of. `age`: the first year of
    its band (`rates.AGES`), -1 where it is not known."""

    source: str
    place: int
    surface: str
    experiment: str
    shown: int
    opened: int
    started: int
    finished: int
    liked: int
    disliked: int
    prompt_version: str = ""
    age: int = -1


class Counted(msgspec.Struct, frozen=True):
    """What a day came to. `files` says which files it was counted from."""

    files: str
    cells: tuple[Cell, ...] = ()


class Salts(Protocol):
    """A secret of each viewer, without which what they told leads to nobody."""

    def find_salt(self, user_id: str) -> bytes | None:
        """The viewer's; None when nothing of theirs was ever told."""

    def put_salt(self, user_id: str, salt: bytes) -> bytes:
        """Keeps it unless there is one; returns the one that is kept."""

    def drop_salt(self, user_id: str) -> None:
        """Forgets it: nobody can tell any more whose events they were. Safe to repeat."""


class SaltsOfAll(Protocol):
    """All viewers' salts, for what happens once a day."""

    def all_salts(self) -> Iterator[tuple[str, bytes, Resting]]:
        """User id, salt, and which films rest for the viewer. Half a read unit for 4 KB: some forty viewers."""

    def put_resting(self, user_id: str, films: Resting) -> bool:
        """Replaces the films that rest; False where the viewer's salt is gone: nothing is kept then. 1 write unit."""


class Telling(Protocol):
    """Where what is told waits to be written down."""

    def tell(self, batch: ToldBatch) -> None:
        """Hands it over. Raises `UnavailableError`."""


class Days(Protocol):
    """What the days came to."""

    def put_day(self, day: date, counted: Counted) -> None:
        """Replaces what was counted of that day."""

    def find_days(self, days: Sequence[date]) -> Mapping[date, Counted]:
        """Of those that were counted."""


class Tallies(Protocol):
    """Counts that grow by one now and then."""

    def add_tally(self, name: str, count: int, until: datetime | None = None) -> None:
        """Adds to the count of that name; it is kept until then."""

    def find_tallies(self, names: Sequence[str]) -> Mapping[str, int]:
        """The counts of these names, 0 for one that never grew."""


class EventFiles(Protocol):
    """Files of events, by the day they happened on."""

    def write_file(self, day: date, name: str, rows: Iterable[Sequence[object]]) -> None:
        """Keeps them as one file; the same name again replaces it."""

    def fingerprint(self, day: date) -> str:
        """Another one whenever a file of that day has come; "" when there is none."""

    def has_any(self) -> bool:
        """Whether anything was ever told and is kept."""


class Counting(Protocol):
    """What answers a query."""

    def rows(self, sql: str) -> Iterator[dict[str, str]]:
        """By column name. Raises `UnavailableError`."""
