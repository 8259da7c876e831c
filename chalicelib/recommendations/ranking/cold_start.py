"""The top list for a viewer of whom nothing is known: spread over genres and eras. Pure."""

import math
from collections.abc import Collection, Sequence

from chalicelib.catalog.model import Film
from chalicelib.recommendations.model import RankedFilm

# How much less welcome a film gets, as logarithms that add up. By eye, on the demo catalogue's top 100.
_GENRE_FATIGUE = math.log(0.85)  # for each film shown before, by the share of its own genres that they have in common
_ERA_FATIGUE = math.log(0.9)  # for each film of its decade shown before
_PLACE_FATIGUE = math.log(0.99)  # for each place down the top list: ten weigh as much as one shared decade

RECENT_EVERY = 5  # one place in so many is for a film liked much in the last days: of the first ten two
NEWEST_EVERY = 10  # and one in so many for a film of the catalogue's last years


def with_places_for(others: Sequence[Film], top: Sequence[Film], every: int) -> list[Film]:
    """The top list with other films (best first) at every so manieth place, from the middle of the first stretch on:
    of five the third. The others keep their order, and a film that stands higher by itself its place."""
    found: list[Film] = []
    known: set[str] = set()
    plain, given = iter(top), iter(others)
    for place in range(len(top)):
        turn = given if place % every == every // 2 else plain
        film = next((one for one in turn if one.film_id not in known), None)
        film = film or next((one for one in plain if one.film_id not in known), None)
        if film is not None:
            known.add(film.film_id)
            found.append(film)
    return found


def top_spread(top: Sequence[Film], rated: Collection[str], limit: int) -> list[RankedFilm]:
    """At most `limit` films of the top list (best first) without rated ones, in an order where neighbours differ in
    genre and decade. Deterministic; 100 films take about 2 ms."""
    films = {place: film for place, film in enumerate(top) if film.film_id not in rated}
    welcome = {place: _PLACE_FATIGUE * place for place in films}
    genres = {place: frozenset(film.genres) for place, film in films.items()}
    found: list[RankedFilm] = []
    while welcome and len(found) < limit:
        best = max(welcome, key=welcome.__getitem__)
        del welcome[best]
        film = films[best]
        decade = _decade(film)
        for place in welcome:
            if shared := genres[place] & genres[best]:
                welcome[place] += _GENRE_FATIGUE * len(shared) / len(genres[place])
            if decade is not None and decade == _decade(films[place]):
                welcome[place] += _ERA_FATIGUE
        found.append(RankedFilm(film=film, score=1 / (len(found) + 1), ground="popular"))
    return found


def _decade(film: Film) -> int | None:
    return film.year // 10 if film.year is not None else None
