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
    CONTRARY,
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
    """What to change: an absent field keeps, null clears. `saved`: on the watchlist or off it, which judges nothing."""

    rating: Rating | msgspec.UnsetType | None = msgspec.UNSET
    steer: Steer | msgspec.UnsetType | None = msgspec.UNSET
    saved: bool | msgspec.UnsetType = msgspec.UNSET

    @property
    def judges(self) -> bool:
        """Whether it names rating or steer."""
        return self.rating is not msgspec.UNSET or self.steer is not msgspec.UNSET

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

    Of like and exclude the later one clears the other, and of dislike and "more like this"; said at once, the steer
    counts. Two write units (the item, and its place in the index), whatever it says; saving wakes hardly any list.

    `unconfirmed`: nobody knows yet whether the user's address is theirs. `most` items a user may have; they are counted
    by their list, which is read for a new item anyway, so whoever is quicker than their list gets that much further.

    Raises:
        InvalidInputError: the change changes nothing.
        UnknownFilmError: the catalogue does not hold the film.
        CatalogUnavailableError: only the catalogue could tell, and it is down; nothing was stored.
        TooMuchFeedbackError: the user has `most` items; those may still be changed, and taken back.
        FeedbackChangedError: other requests kept changing the item.
    """
    if not change.judges and change.saved is msgspec.UNSET:
        raise InvalidInputError("Say something: rating, steer, saved, or several of them.")

    attempts = Attempts(ATTEMPTS, FeedbackChangedError)
    while True:
        with attempts:
            held = store.find(user_id, film_id)
            rating, steer = _said(held, change)
            saved_at = _saved_at(held, change, now)
            listed = Listed(held) if held else find_listed(user_id, film_id)
            film = listed.film or _known(catalog, film_id)
            if rating is None and steer is None and saved_at is None:
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
                rated_at=_still_given_at(held, change),
                unconfirmed=unconfirmed,
                imported=bool(held and held.imported and not change.judges),
                saved_at=saved_at,
            )
            store.put(user_id, item, replaces=held)
            return item


def _said(held: Feedback | None, change: Change) -> tuple[Rating | None, Steer | None]:
    """Rating and steer after the change: what it names clears what is contrary to it."""
    rating = (held.rating if held else None) if change.rating is msgspec.UNSET else change.rating
    steer = (held.steer if held else None) if change.steer is msgspec.UNSET else change.steer
    if (rating, steer) not in CONTRARY:
        return rating, steer
    return (None, steer) if change.steer is not msgspec.UNSET else (rating, None)


def _saved_at(held: Feedback | None, change: Change, now: datetime) -> datetime | None:
    before = held.saved_at if held else None
    if change.saved is msgspec.UNSET:
        return before
    return before or now if change.saved else None


def _still_given_at(held: Feedback | None, change: Change) -> datetime | None:
    """When rating and steer were given, where the change leaves them as they are."""
    if held is None or change.judges or (held.rating is None and held.steer is None):
        return None
    return held.given_at


def _known(catalog: Callable[[], Catalog], film_id: str) -> KnownFilm:
    try:
        return part_of(KnownFilm, catalog().get(film_id))
    except FilmNotFoundError:
        raise UnknownFilmError("The catalogue does not hold this film.") from None


def take_back(store: FeedbackStore, user_id: str, film_id: str) -> None:
    """Removes the user's item on the film; fine when there is none."""
    store.delete_one(user_id, film_id)
