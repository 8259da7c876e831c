"""Films that were shown to a viewer again and again and never touched make room on the list. Pure."""

from collections.abc import Mapping, Sequence

import msgspec

from chalicelib.recommendations.model import RankedFilm


def parted(
    films: Sequence[RankedFilm], resting: Mapping[str, int], size: int
) -> tuple[list[RankedFilm], list[RankedFilm]]:
    """The first `size` films that do not rest, in their order, and those that rest of the first `size` of all, which
    belong behind the others. `resting` says how often they were shown, which stands in what put them there."""
    rested = [one for one in films[:size] if one.film.film_id in resting]
    awake = [one for one in films if one.film.film_id not in resting][:size]
    return awake, [_shown(one, resting[one.film.film_id]) for one in rested]


def _shown(one: RankedFilm, times: int) -> RankedFilm:
    why = msgspec.structs.replace(one.why, shown=times) if one.why else None
    return msgspec.structs.replace(one, why=why)
