"""What ties a film to one that the viewer likes, by what the catalogue knows of both. Pure."""

from typing import Literal

import msgspec

from chalicelib.catalog.model import Film
from chalicelib.recommendations.ranking.reason_words import decade_of, is_common, telling_countries, telling_genres
from chalicelib.recommendations.ranking.series import same_series, series_of

type TieKind = Literal["series", "director", "actors", "country", "genres", "decade"]

ACTORS_NAMED = 2
GENRES_NAMED = 2
BILLED = 10  # actors that count: the catalogue's first ones


class Tie(msgspec.Struct, frozen=True):
    """Something that both films have: people, countries or genres as the catalogue spells them, and the decade of both
    where it is the same. A series and a decade need no names."""

    kind: TieKind
    names: tuple[str, ...] = ()
    decade: int | None = None

    @property
    def is_weak(self) -> bool:
        """Whether most films of a list have it too: nobody would name it as the reason."""
        is_one_genre = self.kind == "genres" and not self.decade and len(self.names) == 1
        return self.kind == "decade" or (is_one_genre and is_common(self.names[0]))


def ties_between(film: Film, liked: Film) -> list[Tie]:
    """The strongest first."""
    found = []
    decade = own if (own := decade_of(film.year)) == decade_of(liked.year) else None
    if _is_series(film, liked):
        found.append(Tie("series"))
    found += [Tie("director", (name,)) for name in film.directors if name in liked.directors][:1]
    if actors := _shared(film.actors[:BILLED], liked.actors[:BILLED])[:ACTORS_NAMED]:
        found += [Tie("actors", actors), Tie("actors", actors[:1])] if len(actors) > 1 else [Tie("actors", actors)]
    genres = telling_genres(_shared(film.genres, liked.genres))[:GENRES_NAMED]
    countries = tuple(telling_countries(_shared(film.countries, liked.countries))[:1])
    if countries and decade:
        found.append(Tie("country", countries, decade))
    if genres:
        found += [Tie("genres", genres, decade), Tie("genres", genres)] if decade else [Tie("genres", genres)]
        found += [Tie("genres", genres[:1], decade)] if len(genres) > 1 else []
    if countries:
        found.append(Tie("country", countries))
    if decade:
        found.append(Tie("decade", decade=decade))
    return found


def _is_series(film: Film, liked: Film) -> bool:
    """Titles alone would call a remake a series: somebody has to be in both."""
    own, others = (*film.directors, *film.actors[:BILLED]), (*liked.directors, *liked.actors[:BILLED])
    return not set(own).isdisjoint(others) and same_series(series_of(film), series_of(liked))


def _shared(own: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([name for name in own if name in others])) if own and others else ()
