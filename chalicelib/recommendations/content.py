"""How much a film resembles a taste by what it is: genres, people, era. Pure."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from chalicelib.catalog.model import Film
from chalicelib.recommendations import tuning


class Profile(msgspec.Struct, frozen=True):
    """Weights of traits (genres, people) and of years, each summing to at most 1."""

    traits: Mapping[str, float]
    years: tuple[tuple[int, float], ...]


def traits_of(film: Film) -> list[str]:
    """What a film can share with another one."""
    return [
        *(f"genre {genre.casefold()}" for genre in film.genres),
        *(f"director {name.casefold()}" for name in film.directors),
        *(f"actor {name.casefold()}" for name in film.actors[:5]),  # the billed ones; extras say nothing
    ]


def rarity_of_traits(films: Iterable[Film]) -> dict[str, float]:
    """How telling a trait is among these films: log(1 + films / films that have it)."""
    counts: Counter[str] = Counter()
    total = 0
    for film in films:
        total += 1
        counts.update(set(traits_of(film)))
    return {trait: math.log(1 + total / count) for trait, count in counts.items()}


def profile_of(weighted: Iterable[tuple[Film, float]], rarity: Mapping[str, float]) -> Profile:
    """The traits and years of these films by weight; each film's traits have length 1."""
    traits: dict[str, float] = {}
    years: dict[int, float] = {}
    total = 0.0
    for film, weight in weighted:
        total += weight
        vector = _vector(film, rarity)
        for trait, value in vector.items():
            traits[trait] = traits.get(trait, 0.0) + weight * value
        if film.year is not None:
            years[film.year] = years.get(film.year, 0.0) + weight
    if not total:
        return Profile({}, ())
    return Profile(
        {trait: value / total for trait, value in traits.items()},
        tuple((year, weight / total) for year, weight in years.items()),
    )


def era_affinity(profile: Profile, year: int | None) -> float:
    """0…1: how near a year is to the profile's years."""
    if year is None:
        return 0.0
    return sum(weight * math.exp(-abs(year - known) / tuning.ERA_YEARS) for known, weight in profile.years)


def trait_affinity(profile: Profile, film: Film, rarity: Mapping[str, float]) -> float:
    """0…1: cosine-like likeness of the film's traits and the profile's."""
    traits = profile.traits
    return sum(traits.get(trait, 0.0) * value for trait, value in _vector(film, rarity).items())


def _vector(film: Film, rarity: Mapping[str, float]) -> dict[str, float]:
    values = {trait: rarity.get(trait, 0.0) for trait in traits_of(film)}
    length = math.sqrt(sum(value * value for value in values.values()))
    return {trait: value / length for trait, value in values.items()} if length else {}


def popularity(film: Film) -> float:
    """About 0…1: votes on a log scale, 1 at a million (the best known films have two)."""
    return math.log1p(film.imdb_votes or 0) / math.log1p(1_000_000)
