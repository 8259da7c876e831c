"""What is held of a viewer's evenings: shown to them, and taken away when they go."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from chalicelib.recommendations.evenings.model import Attendance, EveningChangedError, Said
from chalicelib.recommendations.evenings.opening import ATTEMPTS
from chalicelib.recommendations.evenings.port import EveningStore


class HeldEvening(msgspec.Struct, frozen=True, kw_only=True):
    """An evening of a viewer: the common list, and what they have answered. Nothing of the other one."""

    opened_at: datetime
    ends_at: datetime
    films: tuple[str, ...]
    answers: dict[str, Said]
    chosen: str


def holdings(store: EveningStore, user_id: str) -> Sequence[HeldEvening]:
    """The evenings that are kept, read consistently."""
    found = []
    for one in store.attendance(user_id).evenings:
        evening = store.find(one.key)
        seat = evening.seat_of(user_id) if evening else None
        if evening and seat:
            found.append(
                HeldEvening(
                    opened_at=evening.opened_at,
                    ends_at=evening.ends_at,
                    films=tuple(film.film_id for film in evening.films),
                    answers=seat.answers,
                    chosen=evening.chosen,
                )
            )
    return found


def forget_evenings(store: EveningStore, user_id: str) -> None:
    """Ends all evenings that the viewer takes part in and keeps them out of later ones. Safe to repeat, and to die at
    any line: the marker comes last, and only while no evening has come in meanwhile.

    Raises:
        EveningChangedError: others kept coming in; call again.
    """
    for _ in range(ATTEMPTS):
        held = store.attendance(user_id)
        for one in held.evenings:
            evening = store.find(one.key)
            if evening and evening.seat_of(user_id):
                store.end(one.key, one.until)
        if held.erased or store.put_attendance(user_id, Attendance(erased=True), replaces=held):
            return
    raise EveningChangedError("Evenings kept coming in.")
