"""The top list: ratings weighted by votes, IMDb's or else the source's own viewers'."""

import math
from collections.abc import Sequence

from chalicelib.catalog.model import Film, FilmQuery
from chalicelib.catalog.port import Catalog

# IMDb's published formula (v·R + m·C) ÷ (v + m): a film needs about m votes before its own rating speaks for it.
PRIOR_VOTES = 3_000  # m: what IMDb asked for its Top 250 when it published the formula
PRIOR_RATING = 6.5  # C: the mean of all rated films, 5.9 to 6.9 depending on the year

# One rating in MovieLens' small set stands for about this many on IMDb (median over the films with both counts, 2005).
IMDB_VOTES_PER_AUDIENCE_VOTE = 120

NEWEST_YEARS = 3
LAST_YEAR_HOLDS = 10  # films: a year that has fewer is one of announcements and slips, not where the catalogue ends


def weighted_rating(rating: float | None, votes: int | None) -> float | None:
    """The rating drawn towards the mean as long as few have voted; None for a film without rating or votes."""
    if rating is None or not votes:
        return None
    return (votes * rating + PRIOR_VOTES * PRIOR_RATING) / (votes + PRIOR_VOTES)


def film_weight(film: Film) -> float | None:
    """The film's weighted rating: IMDb's, and where that is unknown the source's own viewers', whose votes are few and
    stand for more. None: nobody has rated it."""
    if film.imdb_rating is not None and film.imdb_votes:
        return weighted_rating(film.imdb_rating, film.imdb_votes)
    return weighted_rating(film.audience_rating, (film.audience_votes or 0) * IMDB_VOTES_PER_AUDIENCE_VOTE)


def novelty(film: Film) -> float:
    """What `sort=new` goes by: the second in which the catalogue got the film, and within it the later year first."""
    added = int(film.added_at.timestamp()) if film.added_at else 0
    return added + (film.year or 1_800) / 10_000


def popularity(film: Film) -> float:
    """How well known a film is, 0 to about 1: the logarithm of its votes, of the source's own viewers where IMDb's
    are unknown."""
    votes = film.imdb_votes or (film.audience_votes or 0) * IMDB_VOTES_PER_AUDIENCE_VOTE
    return math.log10(1 + votes) / 6.5  # the most voted film has about 3 million


def top_films(catalog: Catalog, limit: int = 100) -> Sequence[Film]:
    """The best rated films, best first. Films that nobody has rated are not among them."""
    return catalog.top(limit)


def newest_films(catalog: Catalog, limit: int) -> Sequence[Film]:
    """The best rated of the catalogue's last three years, best first. They have had no time to collect the votes that
    lead a top list, but more than the mean rating is asked of them. Two searches."""
    last = catalog.search(FilmQuery(sort="year", limit=LAST_YEAR_HOLDS)).films
    if not last or last[-1].year is None:
        return ()
    since = last[-1].year - NEWEST_YEARS + 1
    best = catalog.search(FilmQuery(sort="rating", year_from=since, limit=limit)).films
    return [film for film in best if (film_weight(film) or 0.0) > PRIOR_RATING]
