"""A shared evening, as plain data.

No taste and no feedback of either is in it. What each has answered is, and is shown to them alone.
"""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from chalicelib.errors import ConflictError, NotFoundError, TooManyRequestsError

type Said = Literal["yes", "no", "veto"]
type How = Literal["both", "compromise"]
"""`both`: both said yes to it. `compromise`: no film had that, and this is the one that comes nearest."""

LASTS = timedelta(hours=12)  # from the afternoon on which it is arranged to the night
CARDS = 10  # more are not decided between: the number
SPARE = 5  # films behind them, for such as are withdrawn meanwhile
PICKS_MAX = 5  # films by which somebody says what they like, in place of a taste
GUEST = "guest#"
"""Before the digest of a guest's token, where a viewer's id stands otherwise."""


class NoSuchEveningError(NotFoundError):
    """No evening has that code, or it is over, or it is other people's: nobody is told which."""

    def __init__(self) -> None:
        super().__init__("There is no such evening, or it is over.")


class EveningFullError(ConflictError):
    """Two are there already."""

    def __init__(self) -> None:
        super().__init__("Two have joined this evening already: open another one.")


class EveningChangedError(ConflictError):
    """Others kept changing the evening at the same moment."""


class TooManyEveningsError(TooManyRequestsError):
    """The viewer has as many evenings as one viewer may have at a time."""


class Seat(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One of the two: whoever `holder` names, by a viewer's id or by `GUEST` and a digest; what they may be shown, and
    what they have answered by film id."""

    holder: str
    age_limit: int | None = None
    region: str | None = None
    answers: dict[str, Said] = {}


class CommonFilm(msgspec.Struct, frozen=True, array_like=True):
    """A film for both, and the genres of it that are to the liking `both`, of `one` alone and of the `other` alone.
    Whose is whose is not kept."""

    film_id: str
    both: tuple[str, ...] = ()
    one: str = ""
    other: str = ""


class Evening(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Two seats, the first of them whoever has opened it; the films, best first, from when both are there; and the
    film that it ended with."""

    opened_at: datetime
    seats: tuple[Seat, ...]
    version: int = 0  # counts stores, for compare-and-swap; set by the store
    films: tuple[CommonFilm, ...] = ()
    chosen: str = ""
    how: How | None = None

    @property
    def ends_at(self) -> datetime:
        """When it is forgotten."""
        return self.opened_at + LASTS

    @property
    def is_full(self) -> bool:
        """Whether both are there."""
        return len(self.seats) > 1

    def seat_of(self, holder: str) -> Seat | None:
        """Their seat; None for anybody else."""
        return next((seat for seat in self.seats if seat.holder == holder), None)

    def with_seat(self, changed: Seat) -> "Evening":
        """The same with this seat in place of its holder's."""
        seats = tuple(changed if seat.holder == changed.holder else seat for seat in self.seats)
        return msgspec.structs.replace(self, seats=seats)


class Attended(msgspec.Struct, frozen=True, array_like=True):
    """That a viewer takes part in an evening, by its key: for the limit, the export and the erasure."""

    key: str
    until: datetime


class Attendance(msgspec.Struct, frozen=True, kw_only=True):
    """The evenings of a viewer that are not over yet. `erased`: the account is gone."""

    version: int = 0
    evenings: tuple[Attended, ...] = ()
    erased: bool = False

    def by(self, now: datetime) -> tuple[Attended, ...]:
        """Those of them that are not over by now."""
        return tuple(one for one in self.evenings if one.until > now)
