"""A viewer rates or steers a film, or takes that back."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

import msgspec

from chalicelib.catalog.model import FilmNotFoundError, KnownFilm, part_of
from chalicelib.catalog.port import Catalog
from chalicelib.compare_and_swap import Attempts
from chalicelib.errors import InvalidInputError
from chalicelib.feedback.model import (
    Feedback,
    FeedbackChangedError,
    FeedbackStore,
    FindListed,
    Listed,
    Rating,
    Steer,
    TooMuchFeedbackError,
    UnknownFilmError,
)
from chalicelib.language import Language
from chalicelib.settings import Settings

ATTEMPTS = 3  # two clicks on one film at once are rare; three in a row are a script


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change: an absent field keeps, null clears."""

    rating: Rating | msgspec.UnsetType | None = msgspec.UNSET
    steer: Steer | msgspec.UnsetType | None = msgspec.UNSET

    @property
    def verdict(self) -> Literal["liked", "disliked"] | None:
        """What it says of the advice to watch the film; None: nothing."""
        if self.rating == "like" or self.steer == "more_like_this":
            return "liked"
        return "disliked" if self.rating == "dislike" or self.steer == "exclude" else None


def give_feedback(
    store: FeedbackStore,
    catalog: Callable[[], Catalog],
    find_listed: FindListed,
    user_id: str,
    film_id: str,
    change: Change,
    language: Language,
    now: datetime,
    *,
    unconfirmed: bool = False,
    most: int = Settings().judgements_max,
) -> Feedback | None:
    """Applies the change to the user's item on the film. Returns the stored item, or None when nothing remains of it.

    `unconfirmed`: nobody knows yet whether the user's address is theirs. `most` items a user may have; they are counted
    by their list, which is read for a new item anyway, so whoever is quicker than their list gets that much further.

    Raises:
        InvalidInputError: the change changes nothing.
        UnknownFilmError: the catalogue does not hold the film.
        CatalogUnavailableError: only the catalogue could tell, and it is down; nothing was stored.
        TooMuchFeedbackError: the user has `most` items; those may still be changed, and taken back.
        FeedbackChangedError: other requests kept changing the item.
    """
    if change.rating is msgspec.UNSET and change.steer is msgspec.UNSET:
        raise InvalidInputError("Say something: rating, steer, or both.")

    attempts = Attempts(ATTEMPTS, FeedbackChangedError)
    while True:
        with attempts:
            held = store.find(user_id, film_id)
            rating = (held.rating if held else None) if change.rating is msgspec.UNSET else change.rating
            steer = (held.steer if held else None) if change.steer is msgspec.UNSET else change.steer
            listed = Listed(held) if held else find_listed(user_id, film_id)
            film = listed.film or _known(catalog, film_id)
            if rating is None and steer is None:
                if held:
                    store.delete_unchanged(user_id, held)
                return None
            if listed.judged >= most:
                raise TooMuchFeedbackError(most)
            item = part_of(
                Feedback,
                film,
                rating=rating,
                steer=steer,
                language=language,
                updated_at=now,
                rated_at=None,
                unconfirmed=unconfirmed,
                imported=False,
            )
            store.put(user_id, item, replaces=held)
            return item


def _known(catalog: Callable[[], Catalog], film_id: str) -> KnownFilm:
    try:
        return part_of(KnownFilm, catalog().get(film_id))
    except FilmNotFoundError:
        raise UnknownFilmError("The catalogue does not hold this film.") from None


def take_back(store: FeedbackStore, user_id: str, film_id: str) -> None:
    """Removes the user's item on the film; fine when there is none."""
    store.delete_one(user_id, film_id)
