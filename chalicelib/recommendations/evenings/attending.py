"""What one of the two sees of an evening, what they answer, and how it is ended."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from chalicelib.catalog.availability import narrower
from chalicelib.catalog.model import Card, Film, card_of
from chalicelib.catalog.port import Catalog
from chalicelib.compare_and_swap import swapped
from chalicelib.errors import InvalidInputError
from chalicelib.language import Language
from chalicelib.recommendations.evenings.choosing import with_answers
from chalicelib.recommendations.evenings.codes import key_of
from chalicelib.recommendations.evenings.joining import open_at, shown_to_both
from chalicelib.recommendations.evenings.model import (
    CARDS,
    Evening,
    EveningChangedError,
    How,
    NoSuchEveningError,
    Said,
    Seat,
)
from chalicelib.recommendations.evenings.opening import ATTEMPTS
from chalicelib.recommendations.evenings.port import EveningStore
from chalicelib.recommendations.evenings.words import reason

type Phase = Literal["waiting", "choosing", "decided"]


class EveningFilm(Card, frozen=True, kw_only=True):
    """A card that says what it has for both."""

    reason: str


class OwnAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one has said of a film; it is shown to nobody else."""

    film_id: str
    said: Said


class SharedEvening(msgspec.Struct, frozen=True, kw_only=True):
    """An evening as one of the two sees it: the common list and their own answers, nothing of the other's.

    `state`: `waiting` for the second one, `choosing`, `decided`. `chosen` is the film that it ended with, null where
    each was vetoed; `how` says whether both said yes to it or it is what comes nearest. `is_host`: who asks has opened
    it.
    """

    code: str
    state: Phase
    opened_at: datetime
    ends_at: datetime
    is_host: bool
    films: tuple[EveningFilm, ...]
    answers: tuple[OwnAnswer, ...]
    chosen: EveningFilm | None
    how: How | None


def look(
    store: EveningStore, catalog: Catalog, code: str, seat: Seat, language: Language, now: datetime
) -> SharedEvening:
    """The evening as whoever sits there sees it. `seat`: who asks, and what they may be shown by now.

    Raises:
        NoSuchEveningError: there is none, it is over, or it is other people's.
        CatalogUnavailableError: no film can be shown.
    """
    return answer(store, catalog, code, seat, {}, language, now)


def answer(
    store: EveningStore,
    catalog: Catalog,
    code: str,
    seat: Seat,
    given: Mapping[str, Said],
    language: Language,
    now: datetime,
) -> SharedEvening:
    """The evening after these answers by film id. Safe to repeat: the first word on a film stands.

    Raises:
        InvalidInputError: one is about a film that is not of this evening.
        EveningChangedError: the other one kept changing it at the same moment.
        NoSuchEveningError, CatalogUnavailableError: as for looking.
    """
    key = key_of(code)
    deck: list[Film] = []

    def change(evening: Evening) -> Evening:
        evening = evening.with_seat(_narrowed(evening, seat))
        named = {film.film_id for film in evening.films}
        if unknown := [film_id for film_id in given if film_id not in named]:
            raise InvalidInputError(f"There is no film {unknown[0]} in this evening.", "answers")
        deck[:] = _deck(catalog, evening)
        return with_answers(evening, seat.holder, given, [film.film_id for film in deck])

    evening = swapped(
        lambda: _of(store, key, seat.holder, now),
        lambda new, replaces: store.put(key, new, replaces),
        change,
        ATTEMPTS,
        EveningChangedError("The other one was quicker: send it again."),
    )
    return _shown(evening, seat.holder, code, {film.film_id: film for film in deck}, language)


def end_evening(store: EveningStore, code: str, holder: str, now: datetime) -> None:
    """Ends it for both: nothing is left of it. Whoever does not take part changes nothing, and is not told."""
    try:
        evening = _of(store, key_of(code), holder, now)
    except NoSuchEveningError:
        return
    store.end(key_of(code), evening.ends_at)


def _of(store: EveningStore, key: str, holder: str, now: datetime) -> Evening:
    evening = open_at(store, key, now)
    if evening.seat_of(holder) is None:
        raise NoSuchEveningError
    return evening


def _narrowed(evening: Evening, now: Seat) -> Seat:
    """Their seat, with what they may be shown by now where that has become less."""
    held = evening.seat_of(now.holder)
    assert held is not None  # noqa: S101 - `_of` has looked
    return msgspec.structs.replace(held, age_limit=narrower(held.age_limit, now.age_limit), region=now.region)


def _deck(catalog: Catalog, evening: Evening) -> list[Film]:
    """The cards: the first `CARDS` films that may be shown to both by now, the one that was chosen in any case."""
    if not evening.films:
        return []
    films = shown_to_both(catalog, *evening.seats).get_many([film.film_id for film in evening.films])
    left = [film.film_id for film in evening.films if film.film_id in films]
    return [films[film_id] for place, film_id in enumerate(left) if place < CARDS or film_id == evening.chosen]


def _shown(evening: Evening, holder: str, code: str, films: Mapping[str, Film], language: Language) -> SharedEvening:
    seat = evening.seat_of(holder)
    assert seat is not None  # noqa: S101
    cards = {
        one.film_id: card_of(EveningFilm, films[one.film_id], language, reason=reason(one, language))
        for one in evening.films
        if one.film_id in films
    }
    phase: Phase = "decided" if evening.how else "choosing" if evening.is_full else "waiting"
    return SharedEvening(
        code=code,
        state=phase,
        opened_at=evening.opened_at,
        ends_at=evening.ends_at,
        is_host=evening.seats[0].holder == holder,
        films=tuple(cards.values()),
        answers=tuple(OwnAnswer(film_id=film_id, said=said) for film_id, said in seat.answers.items()),
        chosen=cards.get(evening.chosen),
        how=evening.how,
    )
