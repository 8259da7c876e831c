"""A viewer opens an evening, and takes a seat in it or in another's."""

from datetime import datetime
from math import ceil

import msgspec

from chalicelib.recommendations.evenings.codes import key_of, new_code
from chalicelib.recommendations.evenings.model import (
    GUEST,
    LASTS,
    Attended,
    Evening,
    EveningChangedError,
    Seat,
    TooManyEveningsError,
)
from chalicelib.recommendations.evenings.port import EveningStore
from chalicelib.recommendations.model import UserErasedError

ATTEMPTS = 5  # of a write that others were quicker than


def open_evening(store: EveningStore, seat: Seat, most: int, now: datetime) -> tuple[str, Evening]:
    """A new evening and its code. `most`: the evenings that a viewer may take part in at a time.

    Raises:
        TooManyEveningsError: the viewer has as many as one viewer may have.
        UserErasedError: the account is gone.
    """
    check_limit(store, seat.holder, most, now)
    code = new_code()
    evening = Evening(opened_at=now, seats=(seat,))
    if not store.put(key_of(code), evening, replaces=None):
        raise EveningChangedError("Try again.")  # the same code twice: 2⁻⁴⁸
    note_attendance(store, seat.holder, key_of(code), evening, now)
    return code, msgspec.structs.replace(evening, version=1)


def check_limit(store: EveningStore, holder: str, most: int, now: datetime) -> None:
    """Refuses one evening too many. One that has been ended is none: whether any has been is looked at when there seem
    to be enough, and then it is noted no longer. Raises `TooManyEveningsError`."""
    if holder.startswith(GUEST):
        return
    attendance = store.attendance(holder)
    held = attendance.by(now)
    if len(held) < most:
        return
    left = tuple(one for one in held if store.find(one.key))
    if len(left) >= most:
        wait = ceil((min((one.until for one in left), default=now + LASTS) - now).total_seconds())
        raise TooManyEveningsError("You take part in as many evenings as one viewer can.", max(1, wait))
    store.put_attendance(holder, msgspec.structs.replace(attendance, evenings=left), replaces=attendance)


def note_attendance(store: EveningStore, holder: str, key: str, evening: Evening, now: datetime) -> None:
    """Notes a viewer's evening under their id, so that it goes when they go. Of a guest nothing is noted.

    Raises:
        UserErasedError: the account is gone, and by now so is the evening.
    """
    if holder.startswith(GUEST):
        return
    for _ in range(ATTEMPTS):
        held = store.attendance(holder)
        if held.erased:
            store.end(key, evening.ends_at)
            raise UserErasedError("The account is gone.")
        if any(one.key == key for one in held.by(now)):
            return
        more = (*held.by(now), Attended(key, evening.opened_at + LASTS))
        if store.put_attendance(holder, msgspec.structs.replace(held, evenings=more), replaces=held):
            return
    store.end(key, evening.ends_at)
    raise EveningChangedError("Others kept changing your evenings: try again.")
