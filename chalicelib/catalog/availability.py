"""Whether a film may be shown: the one rule, applied when reading, on every route and to stored lists. Pure."""

from datetime import datetime
from typing import Protocol

from chalicelib.catalog.model import Showing

UNKNOWN_COUNTS_AS = 16
"""The age of a film whose rating nobody knows, wherever an age limit holds."""


class Restricted(Protocol):
    """What the rule looks at; a card has all of it."""

    @property
    def age_rating(self) -> int | None: ...
    @property
    def available_from(self) -> datetime | None: ...
    @property
    def available_until(self) -> datetime | None: ...
    @property
    def regions(self) -> tuple[str, ...]: ...


def is_shown(film: Restricted, showing: Showing) -> bool:
    """Not before its time, not after it, not outside its regions, not to those too young.

    Whoever has no region is refused nothing for it, as whoever has no age limit.
    """
    if film.available_from and showing.at < film.available_from:
        return False
    if film.available_until and showing.at >= film.available_until:
        return False
    if film.regions and showing.region and showing.region not in film.regions:
        return False
    age = UNKNOWN_COUNTS_AS if film.age_rating is None else film.age_rating
    return showing.age_limit is None or age <= showing.age_limit


def narrower(one: int | None, other: int | None) -> int | None:
    """The stricter of two age limits: a request can only narrow what the profile allows."""
    return min((limit for limit in (one, other) if limit is not None), default=None)
