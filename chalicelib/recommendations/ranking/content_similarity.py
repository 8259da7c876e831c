"""How much a film resembles a taste by what it is: genres, people, era. Pure."""

import math
from collections.abc import Iterable, Mapping

import msgspec

from chalicelib.catalog.model import Film
from chalicelib.catalog.tfidf import cosine, rarity_of, unit_vector
from chalicelib.recommendations.ranking import constants


class Profile(msgspec.Struct, frozen=True):
    """Weights of traits (genres, people) and of years, each summing to at most 1."""

    traits: Mapping[str, float]
    years: tuple[tuple[int, float], ...]


def traits_of(film: Film) -> tuple[str, ...]:
    """What a film can share with another one: genres as they are, people marked by their part."""
    if not film.directors and not film.actors:
        return film.genres
    people = [f"director {name}" for name in film.directors]
    people += [f"actor {name}" for name in film.actors[:5]]  # the billed ones; extras say nothing
    return (*film.genres, *people)


def rarity_of_traits(films: Iterable[Film]) -> dict[str, float]:
    """How telling each trait is among these films."""
    return rarity_of([traits_of(film) for film in films])


def rarity_of_genres(films: Iterable[Film]) -> dict[str, float]:
    """How telling each genre is among these films."""
    return rarity_of([film.genres for film in films])


def genre_vector(genres: Iterable[str], rarity: Mapping[str, float]) -> dict[str, float]:
    """The genres as a vector of length 1; one that no film of the pool has counts like one that every film has."""
    return unit_vector(genres, rarity, unknown=1.0)


def similarity(left: Mapping[str, float], right: Mapping[str, float]) -> float:
    """0…1: how alike two vectors are, or a profile's traits and a vector."""
    return cosine(left, right)


def profile_of(weighted: Iterable[tuple[Film, float]], rarity: Mapping[str, float]) -> Profile:
    """The traits and years of these films by weight; each film's traits have length 1."""
    traits: dict[str, float] = {}
    years: dict[int, float] = {}
    total = 0.0
    for film, weight in weighted:
        total += weight
        vector = unit_vector(traits_of(film), rarity)
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


def era_affinities(profile: Profile, years: Iterable[int | None]) -> dict[int | None, float]:
    """0…1 for each year: how near it is to the profile's years; 0 where the year is unknown."""
    return {
        year: 0.0 if year is None else sum(weight * nearness(year, known) for known, weight in profile.years)
        for year in set(years)
    }


def nearness(year: int, other: int) -> float:
    """0…1: how near two years are."""
    return math.exp(-abs(year - other) / constants.ERA_YEARS)


def era_share(affinity: float) -> float:
    """What an era leaves of a likeness of content: all of it where the years are those sought, a part elsewhere."""
    return constants.CONTENT_ERA_FLOOR + (1 - constants.CONTENT_ERA_FLOOR) * affinity


def vectors_of(films: Iterable[Film], rarity: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """The traits of each film as a vector of length 1, by film id. Worked out once for films with the same traits."""
    known: dict[tuple[str, ...], dict[str, float]] = {}
    vectors = {}
    for film in films:
        traits = traits_of(film)
        if traits not in known:
            known[traits] = unit_vector(traits, rarity)
        vectors[film.film_id] = known[traits]
    return vectors
