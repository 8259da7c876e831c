"""Films of every kind, made by lot and always the same: known and unknown values, series, remakes, people that return.

Not a catalogue to rank well on (`tests/unit/recommendations/test_ranking_quality.py` has one), but one in which each
rule of an engine meets a film on both sides of it.
"""

import random
from collections.abc import Sequence
from datetime import timedelta

from chalicelib.catalog.model import Film
from chalicelib.recommendations.site_model import Similarities, SiteWeights
from tests.factories import NOW, film, film_id

GENRES = ("Drama", "Comedy", "Horror", "Sci-Fi", "Animation", "War", "Thriller", "Romance", "Family", "Musical", "IMAX")
COUNTRIES = ("United States", "Italy", "Soviet Union", "Netherlands", "Japan", "XX")
AGES = (None, 0, 6, 12, 16, 18)


def various_films(count: int = 240, seed: int = 5) -> list[Film]:
    """So many films."""
    lot = random.Random(seed)
    return [_film(number, lot) for number in range(count)]


def _film(number: int, lot: random.Random) -> Film:
    name = _title(number, lot)
    votes = lot.choice((None, 0, 90, 1_800, 20_000, 150_000, 2_000_000))
    return film(
        name,
        title_ru=lot.choice((None, f"Фильм {number}")),
        year=lot.choice((None, *range(1931, 2026, 3))),
        genres=tuple(lot.sample(GENRES, lot.choice((0, 1, 1, 2, 2, 3)))),
        directors=tuple(lot.sample([f"Director {one}" for one in range(30)], lot.choice((0, 1, 1, 2)))),
        actors=tuple(lot.sample([f"Actor {one}" for one in range(80)], lot.choice((0, 2, 4, 7, 12)))),
        countries=tuple(lot.sample(COUNTRIES, lot.choice((0, 1, 2)))),
        imdb_votes=votes,
        imdb_rating=None if votes is None else round(lot.uniform(3.5, 9.2), 1),
        audience_votes=lot.choice((None, 0, 4, 5, 60)),
        audience_rating=lot.choice((None, 4.4, 6.9, 8.8)),
        age_rating=lot.choice(AGES),
        added_at=None if number % 3 else NOW - timedelta(days=number, minutes=number % 7),
    )


def _title(number: int, lot: random.Random) -> str:
    series, episode = divmod(number, 4)
    return f"Saga {series} Part {episode + 1}" if series % 3 == 0 else f"Film {number}{lot.choice(('', ', The'))}"


def learned_of(films: Sequence[Film], weights: SiteWeights, seed: int = 6, *, told: int = 0) -> Similarities:
    """Scores between films by lot; `told`: of so many of the films that came last, which the model named."""
    lot = random.Random(seed)
    ids = [one.film_id for one in films]

    def scores(count: int, least: float) -> dict[str, dict[str, float]]:
        return {one: dict(sorted(((other, lot.uniform(least, 0.6)) for other in lot.sample(ids, count)),
                                 key=lambda pair: -pair[1])) for one in ids[::2]}  # fmt: skip

    last = [one.film_id for one in films if one.added_at]
    return Similarities(
        near=scores(25, 0.01),
        whole=scores(25, -0.2),
        weights=weights,
        few=SiteWeights(near=0.7, steady=0.2, whole=0.3, recent=0.1),
        recent={one: lot.random() for one in ids[1::9]},
        likes_of=lambda one: ids.index(one) % 25,
        for_lovers_of={one: tuple(lot.sample(ids, 3)) for one in last[:told]},
    )


def id_of(number: int) -> str:
    """The film with this number's id, where its title is plain."""
    return film_id(f"Film {number}")
