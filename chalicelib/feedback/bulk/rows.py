"""One line of a file → what a viewer did with a film, in 45 bytes. Pure."""

import struct
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from chalicelib.feedback.model import Rating, Steer
from chalicelib.viewer_ids import is_sites_own, of_server

type Name = Annotated[str, Meta(min_length=1, max_length=128)]

LIKED_FROM = 0.8
"""Share of a film: whoever stayed that long, without a word, liked it; it ends before its credits do. Below, it is only
known to them."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)  # of a clock in another time zone that calls itself UTC
MEMO_MAX = 200_000  # names that are remembered: some 40 MB
RATINGS: tuple[Rating | None, ...] = (None, "like", "dislike", "seen")
STEERS: tuple[Steer | None, ...] = (None, "more_like_this", "exclude")
_PACKED = struct.Struct(">16s16sqBI")
BYTES = _PACKED.size


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line as api.md has it. `film` is its source's id or a `film_id`, `value` the share that was watched; `saved`
    puts the film on the viewer's watchlist."""

    viewer: Name
    film: Name
    rating: Rating | None = None
    steer: Steer | None = None
    saved: bool | None = None
    value: Annotated[float, Meta(ge=0, le=1)] | None = None
    at: Annotated[datetime, Meta(tz=True)]


class Word(NamedTuple):
    """One row of a known viewer on a known film. `implied`: they have done something, and said nothing."""

    user_id: str
    film_id: str
    at: datetime
    rating: Rating | None
    steer: Steer | None
    implied: bool
    row: int  # its number in the file, from 1
    saved: bool = False

    def packed(self) -> bytes:
        """In `BYTES` bytes."""
        said = RATINGS.index(self.rating) | STEERS.index(self.steer) << 2 | self.implied << 4 | self.saved << 5
        micros = (self.at - EPOCH) // timedelta(microseconds=1)
        return _PACKED.pack(uuid.UUID(self.user_id).bytes, uuid.UUID(self.film_id).bytes, micros, said, self.row)


class RowRefusedError(Exception):
    """The row makes no sense."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


def words_of(packed: bytes) -> Iterator[Word]:
    """The words that were packed one behind the other."""
    for user, film, micros, said, row in _PACKED.iter_unpack(packed):
        at = EPOCH + timedelta(microseconds=micros)
        rating, steer = RATINGS[said & 3], STEERS[said >> 2 & 3]
        implied, saved = bool(said & 1 << 4), bool(said & 1 << 5)
        yield Word(str(uuid.UUID(bytes=user)), str(uuid.UUID(bytes=film)), at, rating, steer, implied, row, saved)


class Reader:
    """Reads lines; remembers whom it has met, for a viewer's rows are many."""

    def __init__(self, now: datetime) -> None:
        self._latest = now + AHEAD
        self._row = msgspec.json.Decoder(Row)
        self._users: dict[str, str] = {}

    def row(self, line: bytes) -> Row:
        """The line's row.

        Raises:
            msgspec.MsgspecError, UnicodeDecodeError: it is none.
            RowRefusedError: its values are none that could be.
        """
        row = self._row.decode(line)
        if row.at > self._latest:
            raise RowRefusedError("at", "It has not happened yet.")
        if row.at < EPOCH:
            raise RowRefusedError("at", "Nobody had viewers then.")
        if row.saved is False:
            raise RowRefusedError("saved", "A file puts films on watchlists; PUT /v1/feedback takes one off.")
        if row.value == 0 and row.rating is None and row.steer is None and not row.saved:
            raise RowRefusedError("value", "Nothing was watched, and nothing said.")
        return row

    def word(self, row: Row, film_id: str, number: int) -> Word:
        """What it says of that film. Raises `RowRefusedError`."""
        implied = row.rating is None and row.steer is None and not (row.saved and not row.value)
        rating = row.rating
        if implied:
            rating = "like" if row.value is not None and row.value >= LIKED_FROM else "seen"
        return Word(self._user_of(row.viewer), film_id, row.at.astimezone(UTC), rating, row.steer, implied, number,
                    bool(row.saved))  # fmt: skip

    def _user_of(self, viewer: str) -> str:
        known = self._users.get(viewer)
        if known is None:
            if not is_sites_own(viewer):
                raise RowRefusedError("viewer", "An id that X-Viewer cannot carry: visible ASCII, no blanks around it.")
            if len(self._users) >= MEMO_MAX:
                self._users.clear()
            known = self._users[viewer] = of_server(viewer)
        return known
