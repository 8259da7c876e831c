"""Films that were shown to a viewer again and again and never touched make room on the list. Pure."""

from collections.abc import Mapping, Sequence

import msgspec

from chalicelib.recommendations.model import RankedFilm


def with_room_made(films: Sequence[RankedFilm], resting: Mapping[str, int], size: int) -> list[RankedFilm]:
    """The first `size` of these, those that rest last. `resting` says how often they were shown, which stands in what
    put them there. The others keep their order."""
    page = films[:size]
    rested = [
        msgspec.structs.replace(one, why=msgspec.structs.replace(one.why, shown=resting[one.film.film_id]))
        if one.why
        else one
        for one in page
        if one.film.film_id in resting
    ]
    return [*(one for one in page if one.film.film_id not in resting), *rested]
