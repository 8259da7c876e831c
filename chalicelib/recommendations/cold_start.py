"""The top list for a viewer of whom nothing is known: spread over genres and eras. Pure."""

from collections import Counter
from collections.abc import Collection, Sequence

from chalicelib.catalog.model import Film
from chalicelib.recommendations.model import RankedFilm

_GENRE_FATIGUE = 0.85  # each film of the same genre already shown makes the next one this much less welcome
_ERA_FATIGUE = 0.9
_PLACE_FATIGUE = 0.99  # what one place down the top list costs: twelve places weigh about as much as one shared era


def top_spread(top: Sequence[Film], judged: Collection[str], limit: int) -> list[RankedFilm]:
    """At most `limit` films of the top list (best first) without judged ones, in an order where neighbours differ in
    genre and decade. Deterministic."""
    left = [(place, film) for place, film in enumerate(top) if film.film_id not in judged]
    genres: Counter[str] = Counter()
    eras: Counter[int] = Counter()
    found: list[RankedFilm] = []
    while left and len(found) < limit:

        def welcome(entry: tuple[int, Film]) -> float:
            place, film = entry
            seen = sum(genres[genre] for genre in film.genres) / max(len(film.genres), 1)
            era = eras[film.year // 10] if film.year is not None else 0
            return float(_PLACE_FATIGUE**place * _GENRE_FATIGUE**seen * _ERA_FATIGUE**era)

        best = max(left, key=welcome)
        left.remove(best)
        film = best[1]
        genres.update(film.genres)
        if film.year is not None:
            eras[film.year // 10] += 1
        found.append(RankedFilm(film=film, score=1 / (len(found) + 1), ground="popular"))
    return found
