"""What two answers to each of ten films come to. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from chalicelib.recommendations.evenings.model import Evening, How, Said


class Outcome(NamedTuple):
    """The film that an evening ends with, "" where each was vetoed by somebody."""

    film_id: str
    how: How


def with_answers(evening: Evening, holder: str, given: Mapping[str, Said], deck: Sequence[str]) -> Evening:
    """The evening after these answers of one of the two. The first word on a film stands, so that answers may come
    twice, late and in any order; and once it has ended nothing changes it. `deck`: the cards that may be shown now."""
    seat = evening.seat_of(holder)
    if seat is None or evening.how:
        return evening
    named = {film.film_id for film in evening.films}
    new = {film_id: said for film_id, said in given.items() if film_id in named and film_id not in seat.answers}
    if new:
        evening = evening.with_seat(msgspec.structs.replace(seat, answers=seat.answers | new))
    ended = outcome_of(evening, deck)
    return msgspec.structs.replace(evening, chosen=ended.film_id, how=ended.how) if ended else evening


def outcome_of(evening: Evening, deck: Sequence[str]) -> Outcome | None:
    """What the answers come to; None while it is open.

    The first film that both said yes to. When both have answered the whole deck and there is none: of the films that
    neither vetoed the one with more yes, and of equals the one that stands higher, where the worse-off is better off.
    """
    if not evening.is_full:
        return None
    one, other = (seat.answers for seat in evening.seats)
    for film_id in deck:
        if one.get(film_id) == other.get(film_id) == "yes":
            return Outcome(film_id, "both")
    if any(film_id not in answers for film_id in deck for answers in (one, other)):
        return None
    left = [film_id for film_id in deck if "veto" not in (one[film_id], other[film_id])]
    yes = {film_id: (one[film_id] == "yes") + (other[film_id] == "yes") for film_id in left}
    return Outcome(max(left, key=lambda film_id: yes[film_id], default=""), "compromise")
