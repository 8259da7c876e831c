"""Which films the model may choose from."""

from collections.abc import Sequence

from chalicelib.recommendations.model import RankedFilm, Taste
from chalicelib.recommendations.ranking import constants
from chalicelib.recommendations.ranking.diversity import closeness_to, surprises_of


def for_model(ranked: Sequence[RankedFilm], taste: Taste, count: int = 50) -> list[RankedFilm]:
    """At most `count` films for the model to choose from, best first: mostly the best of the ranked list, then films
    that resemble its first page by content alone, and a few well-known ones that do not, so that the model can pick
    what one signal misses. Never a rated film."""
    allowed = [one for one in ranked if one.film.film_id not in taste.rated]
    surprises = surprises_of(allowed, round(count * constants.OFFERED_SURPRISES), taste) if len(allowed) > count else []
    alike_count = round(count * constants.OFFERED_CONTENT)
    best = allowed[: count - alike_count - len(surprises)]
    chosen = {one.film.film_id for one in [*best, *surprises]}
    rest = [one for one in allowed if one.film.film_id not in chosen]
    chosen |= {one.film.film_id for one in _most_alike(best[: constants.FIRST_PAGE], rest)[: count - len(chosen)]}
    return [one for one in allowed if one.film.film_id in chosen]


def _most_alike(page: Sequence[RankedFilm], rest: Sequence[RankedFilm]) -> list[RankedFilm]:
    """The rest, those most like the page by traits first; equals in their ranked order."""
    alike = closeness_to(page, rest)
    return sorted(rest, key=lambda one: -alike[one.film.film_id])
