"""A ranked list made good to look at: no series or director takes the first page over, and something new is on it."""

import hashlib
from collections.abc import Sequence

import msgspec

from chalicelib.catalog.model import Film
from chalicelib.catalog.top import popularity
from chalicelib.recommendations.model import RankedFilm, Taste
from chalicelib.recommendations.ranking import constants, content_similarity
from chalicelib.recommendations.ranking.series import same_series, series_of

SURPRISE_RATING = 7.0  # nothing lower surprises pleasantly; an unknown rating says nothing
SURPRISE_FROM = 10  # places before this one belong to the best films known


def spread(
    ranked: Sequence[RankedFilm],
    taste: Taste,
    series_or_director_max: int,
    exploration_share: float,
) -> list[RankedFilm]:
    """The same films, reordered: the first 20 hold at most that many of one series or director, and one film in
    1 / `exploration_share` is a surprise. The same list and taste always give the same order."""
    surprises = surprises_of(ranked, round(len(ranked) * exploration_share), taste)
    chosen = {film.film.film_id for film in surprises}
    calm = _limited([film for film in ranked if film.film.film_id not in chosen], series_or_director_max)
    for number, film in enumerate(surprises):
        block = number * round(1 / exploration_share)
        offset = SURPRISE_FROM + _seed(taste, number) % (constants.FIRST_PAGE - SURPRISE_FROM)
        calm.insert(min(block + offset, len(calm)), msgspec.structs.replace(film, ground="surprise"))
    return _limited(calm, series_or_director_max)


def _limited(ranked: Sequence[RankedFilm], most: int) -> list[RankedFilm]:
    first: list[RankedFilm] = []
    later: list[RankedFilm] = []
    series: list[str] = []
    directors: list[str] = []
    for place, film in enumerate(ranked):
        if len(first) == constants.FIRST_PAGE:
            return [*first, *later, *ranked[place:]]
        key = series_of(film.film)
        crowded = sum(same_series(key, other) for other in series) >= most
        crowded = crowded or any(directors.count(name) >= most for name in film.film.directors)
        if crowded:
            later.append(film)
            continue
        first.append(film)
        series.append(key)
        directors.extend(film.film.directors)
    return [*first, *later]


def is_crowded(films: Sequence[RankedFilm], place: int, to: int, most: int) -> bool:
    """Whether the film at `place` would be one too many of its series or director if it changed places with the one at
    `to`, on the first page."""
    if place < constants.FIRST_PAGE:
        return False
    others = [film.film for number, film in enumerate(films[: constants.FIRST_PAGE]) if number != to]
    return is_one_too_many(films[place].film, others, most)


def is_one_too_many(one: Film, others: Sequence[Film], most: int) -> bool:
    """Whether the others hold as many of the film's series or director as they may already."""
    series = sum(same_series(series_of(one), series_of(other)) for other in others)
    return series >= most or any(sum(name in other.directors for other in others) >= most for name in one.directors)


def closeness_to(page: Sequence[RankedFilm], rest: Sequence[RankedFilm]) -> dict[str, float]:
    """0…1 by film id: how like the page each of the rest is by traits, which count by how rare they are among all."""
    rarity = content_similarity.rarity_of_traits(one.film for one in [*page, *rest])
    profile = content_similarity.profile_of(((one.film, 1.0) for one in page), rarity)
    vectors = content_similarity.vectors_of((one.film for one in rest), rarity)
    return {film_id: content_similarity.similarity(profile.traits, vector) for film_id, vector in vectors.items()}


def surprises_of(ranked: Sequence[RankedFilm], count: int, taste: Taste) -> list[RankedFilm]:
    """Well-known films of the list's second half that resemble its first page least."""
    if count < 1 or len(ranked) <= constants.FIRST_PAGE:
        return []
    alike = closeness_to(ranked[: constants.FIRST_PAGE], ranked[constants.FIRST_PAGE :])
    pool = [
        film
        for film in ranked[max(constants.FIRST_PAGE, len(ranked) // 2) :]
        if not film.is_refused and (film.film.imdb_rating or 10.0) >= SURPRISE_RATING
    ]
    pool = sorted(
        pool,
        key=lambda film: (alike[film.film.film_id] - popularity(film.film), film.film.film_id),
    )[: 3 * count]
    return sorted(pool, key=lambda film: hashlib.sha256(f"{taste.taste_hash}{film.film.film_id}".encode()).digest())[
        :count
    ]


def _seed(taste: Taste, number: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{taste.taste_hash}{number}".encode()).digest()[:4])
