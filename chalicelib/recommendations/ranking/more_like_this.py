"""The promise of "more like this": the next list shows clearly more of that kind, whatever the history weighs and
whatever the model had picked before. Pure."""

from collections.abc import Callable, Sequence
from itertools import islice

import msgspec

from chalicelib.catalog.model import Film, FilmCard
from chalicelib.recommendations.model import RankedFilm, Taste
from chalicelib.recommendations.ranking import constants
from chalicelib.recommendations.ranking.candidates import Candidates

type Kin = Callable[[RankedFilm], bool]


def fresh_steers(taste: Taste, candidates: Candidates) -> list[Film]:
    """The films of "more like this" whose promise still binds: each list has to show more of their kind."""
    fresh = [film.film_id for film in taste.steered if film.weight >= constants.STEER_PROMISE_WEIGHT]
    return [candidates.known[film_id] for film_id in fresh if film_id in candidates.known]


def with_more_of_their_kind(
    page: Sequence[RankedFilm], unsteered: Sequence[RankedFilm], steered: Sequence[Film], candidates: Candidates
) -> list[RankedFilm]:
    """`page` with at least `STEER_MORE` more films of the steered ones' kind among its first than the first of
    `unsteered` hold, which is the same page made `without_steers` (or all there are)."""
    near = {
        film_id
        for film in steered
        for film_id in islice(candidates.learned.near.get(film.film_id, ()), constants.STEER_MOST_SIMILAR)
    }
    page = with_more_kin(page, unsteered, lambda one: one.film.film_id in near or shares_genre(one.film, steered))
    return with_more_kin(page, unsteered, lambda one: mostly_shares_genres(one.film, steered))


def shares_genre(film: FilmCard, steered: Sequence[FilmCard]) -> bool:
    """Any genre in common with any of them."""
    return any(set(film.genres) & set(other.genres) for other in steered)


def mostly_shares_genres(film: FilmCard, steered: Sequence[FilmCard]) -> bool:
    """At least half of all genres of the two in common with one of them."""
    return any(2 * len(set(film.genres) & set(other.genres)) >= len(set(film.genres) | set(other.genres)) > 0
               for other in steered)  # fmt: skip


def with_more_kin(page: Sequence[RankedFilm], before: Sequence[RankedFilm], is_kin: Kin) -> list[RankedFilm]:
    """`page` with the best kin from further down moved up, so that its first places hold at least `STEER_MORE` more
    of them than those of `before` (or all there are). They take the places of the last others."""
    first, rest = list(page[: constants.FIRST_PAGE]), list(page[constants.FIRST_PAGE :])
    target = min(sum(map(is_kin, before[: constants.FIRST_PAGE])) + constants.STEER_MORE, len(first))
    missing = target - sum(map(is_kin, first))
    if missing <= 0:
        return list(page)
    rising = [one for one in rest if is_kin(one)][:missing]
    places = [place for place in reversed(range(len(first))) if not is_kin(first[place])][: len(rising)]
    falling = []
    for place, one in zip(sorted(places), rising, strict=True):
        falling.append(first[place])
        why = msgspec.structs.replace(one.why, promised=True) if one.why else None
        first[place] = msgspec.structs.replace(one, why=why)
    risen = {one.film.film_id for one in rising}
    return [*first, *falling, *(one for one in rest if one.film.film_id not in risen)]
