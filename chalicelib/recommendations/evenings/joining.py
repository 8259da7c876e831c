"""The second one comes, and the films for both are found."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from chalicelib.catalog.availability import narrower
from chalicelib.catalog.model import Film, part_of
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.shown import shown_to
from chalicelib.errors import InvalidInputError
from chalicelib.feedback.model import Feedback, FeedbackStore
from chalicelib.recommendations.evenings.codes import key_of
from chalicelib.recommendations.evenings.common_films import common_films
from chalicelib.recommendations.evenings.model import (
    GUEST,
    Evening,
    EveningChangedError,
    EveningFullError,
    NoSuchEveningError,
    Seat,
)
from chalicelib.recommendations.evenings.opening import ATTEMPTS, check_limit, note_attendance
from chalicelib.recommendations.evenings.port import EveningStore
from chalicelib.recommendations.model import Taste
from chalicelib.recommendations.ports import SimilaritySource
from chalicelib.recommendations.ranking.candidates import FindSimilar
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.recommendations.site_model import Similarities

log = logging.getLogger(__name__)


def join_evening(
    store: EveningStore,
    feedback: FeedbackStore,
    catalog: Catalog,
    similarity: SimilaritySource,
    code: str,
    seat: Seat,
    picks: Sequence[str],
    most: int,
    now: datetime,
) -> Evening:
    """The evening with this one in it, and the films for both. Whoever is in it already finds it as it is, so that a
    request whose answer was lost can be sent again. `picks`: films that they like, in place of a taste or besides it;
    `most`: as for opening one.

    Raises:
        NoSuchEveningError: there is none under this code, or it is over.
        EveningFullError: two others are in it.
        InvalidInputError: a guest without picks, or a pick that may not be shown.
        CatalogUnavailableError: no films are to be had; nothing has changed.
        TooManyEveningsError, UserErasedError: as for opening one.
    """
    key = key_of(code)
    for _ in range(ATTEMPTS):
        held = open_at(store, key, now)
        if held.seat_of(seat.holder):
            note_attendance(store, seat.holder, key, held, now)
            return held
        if held.is_full:
            raise EveningFullError
        check_limit(store, seat.holder, most, now)
        host = held.seats[0]
        films = common_films(
            taste_of(feedback.list_all(host.holder), now),
            _taste(feedback, catalog, seat, picks, now),
            shown_to_both(catalog, host, seat),
            _learned(similarity),
        )
        joined = msgspec.structs.replace(held, seats=(host, seat), films=films)
        if store.put(key, joined, replaces=held):
            note_attendance(store, seat.holder, key, joined, now)
            return msgspec.structs.replace(joined, version=held.version + 1)
    raise EveningChangedError("Others joined at the same moment: try again.")


def _learned(similarity: SimilaritySource) -> FindSimilar:
    """What was learned; nothing while that cannot be read: two who wait are told by content and popularity alone."""

    def find(film_ids: Sequence[str]) -> Similarities:
        try:
            return similarity.similarities(film_ids)
        except Exception:
            log.exception("the learned similarity does not answer; an evening goes by content alone")
            return Similarities()

    return find


def open_at(store: EveningStore, key: str, now: datetime) -> Evening:
    """The evening that is not over yet. Raises `NoSuchEveningError`."""
    held = store.find(key)
    if held is None or held.ends_at <= now:
        raise NoSuchEveningError
    return held


def shown_to_both(catalog: Catalog, *seats: Seat) -> Catalog:
    """The catalogue as all of them may see it: the strictest age limit, and each one's region."""
    limit = None
    for seat in seats:
        limit = narrower(limit, seat.age_limit)
    both = catalog
    for seat in seats:
        both = shown_to(both, limit, seat.region)
    return both


def _taste(feedback: FeedbackStore, catalog: Catalog, seat: Seat, picks: Sequence[str], now: datetime) -> Taste:
    is_guest = seat.holder.startswith(GUEST)
    if is_guest and not picks:
        raise InvalidInputError("A guest names films that they like.", "picks")
    known = shown_to(catalog, seat.age_limit, seat.region).get_many(picks) if picks else {}
    if unknown := [film_id for film_id in picks if film_id not in known]:
        raise InvalidInputError(f"There is no film {unknown[0]}.", "picks")
    said = [] if is_guest else feedback.list_all(seat.holder)
    picked = [_liked(known[film_id], now - timedelta(seconds=place)) for place, film_id in enumerate(picks)]
    return taste_of([*picked, *(one for one in said if one.film_id not in known)], now)


def _liked(film: Film, at: datetime) -> Feedback:
    return part_of(
        Feedback, film, rating="like", steer=None, language="ru", updated_at=at, rated_at=None, unconfirmed=False,
        imported=False, saved_at=None,
    )  # fmt: skip
