"""A viewer's feedback on a film, as plain data, and the port of the store that keeps it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

import msgspec

from chalicelib.catalog.model import KnownFilm
from chalicelib.errors import ConflictError, NotFoundError
from chalicelib.language import Language

# "seen" hides a film and judges nothing.
type Rating = Literal["like", "dislike", "seen"]
type Steer = Literal["more_like_this", "exclude"]

CONTRARY: frozenset[tuple[Rating | None, Steer | None]] = frozenset(
    {("like", "exclude"), ("dislike", "more_like_this")}
)
"""No film has both: of these the later one wins and clears the other."""


class Feedback(KnownFilm, frozen=True, kw_only=True):
    """One viewer's feedback on one film: at least one of `rating`, `steer` and `saved_at` is set.

    Titles and year are copied in at writing, so that nobody needs the catalogue to show or weigh it.
    """

    rating: Rating | None
    steer: Steer | None
    language: Language  # the viewer's when they gave it: reasons are written in it
    updated_at: datetime  # UTC, microseconds
    rated_at: datetime | None  # when they said it elsewhere: an imported history keeps its own order
    unconfirmed: bool = False  # given before the account's address was confirmed, see `standing.py`
    imported: bool = False  # brought in by the site (`bulk/`), not said here: no list is made until the viewer comes
    saved_at: datetime | None = None  # when it was put on the viewer's watchlist; None: it is not there

    @property
    def given_at(self) -> datetime:
        """When it was given, here or elsewhere: what is newer says more of a taste."""
        return self.rated_at or self.updated_at

    @property
    def is_saved(self) -> bool:
        """Whether it stands on the watchlist."""
        return self.saved_at is not None

    @property
    def says_nothing(self) -> bool:
        """Whether the last change put the film on the watchlist, and nothing else is said of it: no taste changed."""
        return self.rating is None and self.steer is None and self.saved_at == self.updated_at

    @property
    def came_at(self) -> datetime:
        """When rating and steer reached us: putting the film on the watchlist later is no new word on it."""
        return self.given_at if self.saved_at == self.updated_at else self.updated_at


class Listed(NamedTuple):
    """What a user's own list tells of a film and of them: the film as it shows it, if it does, and how much feedback of
    theirs it was made from."""

    film: KnownFilm | None = None
    judged: int = 0


type FindListed = Callable[[str, str], Listed]
"""What the user's (first) own list tells of a film (second): spares the catalogue a look-up, and works while it is
down."""


class Interaction(NamedTuple):
    """One user's rating of one film, as far as learning goes. `rated_at` in microseconds of the epoch."""

    user_id: str
    film_id: str
    liked: bool | None  # None: seen, and nothing else is known
    rated_at: int

    @property
    def said(self) -> int:
        """As the learning's tables have it: 1 liked, 0 disliked, 2 only seen."""
        return 2 if self.liked is None else int(self.liked)


WAKES_ONE_IN = 16
"""Of so many films put on a watchlist one has the list made anew, by the lot of its microsecond: what a home page has
to subtract, 250 bytes a film, then stays within a read unit (4 KB), and what counts as too much feedback is counted."""


def wakes(saved_at: datetime) -> bool:
    """Whether a film put on the watchlist at that moment has the list made anew; the same whenever it is asked."""
    return saved_at.microsecond % WAKES_ONE_IN == 0


class FeedbackPage(msgspec.Struct, frozen=True):
    """A page of feedback, newest first, and the position behind it; None when it was the last."""

    items: tuple[Feedback, ...]
    after: dict[str, str] | None = None


class UnknownFilmError(NotFoundError):
    """Feedback on a film that the catalogue does not hold."""


class FeedbackChangedError(ConflictError):
    """Another request changed the same item between our read and our write."""


class TooMuchFeedbackError(ConflictError):
    """The viewer has as much feedback as one viewer may have."""

    def __init__(self, most: int) -> None:
        super().__init__(f"You have judged {most:,} films, and more are not kept: take back some that no longer count.")


class FeedbackStore(Protocol):
    """One item per user and film."""

    def find(self, user_id: str, film_id: str) -> Feedback | None:
        """The item, read consistently, or None."""

    def put(self, user_id: str, item: Feedback, replaces: Feedback | None) -> None:
        """Stores the item in place of the one that was read; `FeedbackChangedError` if another stands there."""

    def delete_one(self, user_id: str, film_id: str) -> None:
        """Removes the item, whatever it says; fine when there is none."""

    def delete_unchanged(self, user_id: str, item: Feedback) -> None:
        """Removes the item that was read; `FeedbackChangedError` if another stands there, or none."""

    def page(
        self,
        user_id: str,
        limit: int,
        after: dict[str, str] | None,
        rating: Rating | None = None,
        steer: Steer | None = None,
        saved: bool | None = None,
    ) -> FeedbackPage:
        """Newest first, filtered; a full page unless it is the last."""

    def list_all(self, user_id: str) -> list[Feedback]:
        """All feedback of the user, read consistently, newest first."""

    def list_since(self, user_id: str, moment: datetime) -> list[Feedback]:
        """Items with `updated_at` after the moment, read consistently from the local index."""

    def delete_all(self, user_id: str) -> int:
        """Removes everything of the user. Returns how many items went."""

    def put_many(self, user_id: str, items: Sequence[Feedback]) -> None:
        """Stores many items; safe to repeat."""

    def put_new(self, items: Sequence[tuple[str, Feedback]]) -> None:
        """Stores items (second) of users (first) where nothing is known to stand; safe to repeat."""

    def said_here(self, keys: Collection[tuple[str, str]]) -> Mapping[str, str]:
        """The users among these keys (user id, film id) with a word of their own there, or none any more, read
        consistently; without those of whom the site alone has said something, or who have only put a film on their
        watchlist (but see `WAKES_ONE_IN`). With the correlation id of a request that said it, "" where none is
        known."""

    def note_confirmed(self, user_id: str) -> None:
        """The user's newest item counts as given by a confirmed account; fine when there is none."""
