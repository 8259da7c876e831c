"""The promise of "more like this": the next list shows clearly more of that kind, whatever the history weighs. Pure."""

from collections.abc import Callable, Sequence

from chalicelib.catalog.model import Film
from chalicelib.recommendations import tuning

type Kin = Callable[[str], bool]
"""Whether the film of this id is of the steered kind."""


def shares_genre(film: Film, steered: Sequence[Film]) -> bool:
    """Any genre in common with any of them."""
    return any(set(film.genres) & set(other.genres) for other in steered)


def mostly_shares_genres(film: Film, steered: Sequence[Film]) -> bool:
    """At least half of all genres of the two in common with one of them."""
    return any(2 * len(set(film.genres) & set(other.genres)) >= len(set(film.genres) | set(other.genres)) > 0
               for other in steered)  # fmt: skip


def with_more_kin(order: Sequence[str], before: Sequence[str], is_kin: Kin) -> list[str]:
    """`order` with the best kin from further down moved up, so that the first page holds at least `STEER_MORE` more of
    them than the first page of `before` did (or all there are). They take the places of the page's last others."""
    page, rest = list(order[: tuning.FIRST_PAGE]), list(order[tuning.FIRST_PAGE :])
    target = min(sum(map(is_kin, before[: tuning.FIRST_PAGE])) + tuning.STEER_MORE, len(page))
    missing = target - sum(map(is_kin, page))
    if missing <= 0:
        return list(order)
    rising = [film_id for film_id in rest if is_kin(film_id)][:missing]
    places = [place for place in reversed(range(len(page))) if not is_kin(page[place])][: len(rising)]
    falling = []
    for place, film_id in zip(sorted(places), rising, strict=True):
        falling.append(page[place])
        page[place] = film_id
    risen = set(rising)
    return [*page, *falling, *(film_id for film_id in rest if film_id not in risen)]
