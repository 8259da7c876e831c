"""The films for two: those that neither has anything against, the worse-off of the two counted first."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from chalicelib.catalog.model import Film
from chalicelib.catalog.port import Catalog
from chalicelib.recommendations.evenings.model import CARDS, SPARE, CommonFilm
from chalicelib.recommendations.evenings.together import in_turn_of_need
from chalicelib.recommendations.model import Taste
from chalicelib.recommendations.ranking.candidates import FindSimilar, candidates_of, gather
from chalicelib.recommendations.ranking.reason_words import telling_genres
from chalicelib.recommendations.ranking.scoring import scored

TOLD_FROM = 3
"""So many liked films of a genre, and it may be told of somebody that they like it; also of a guest's five picks."""

CHOICE_LEAST = 4 * CARDS
"""With fewer films that neither taste refuses, two have little in common: then each one's best are chosen from too."""


class ScoredForBoth(NamedTuple):
    """The same films by each of two tastes: their scores, and the films that each taste is made of."""

    scores: tuple[dict[str, float], dict[str, float]]
    known: tuple[Mapping[str, Film], Mapping[str, Film]]


def common_films(one: Taste, other: Taste, shown: Catalog, find_similar: FindSimilar) -> tuple[CommonFilm, ...]:
    """At most `CARDS` and `SPARE` films, best first, of those that `scored_for_both` gives and that may be shown.

    Raises:
        CatalogUnavailableError: no films are to be had.
    """
    both = scored_for_both(one, other, shown, find_similar)
    order = in_turn_of_need(*both.scores, CARDS + SPARE)
    films = shown.get_many(order)  # the newest films came by a search that knows one region alone
    ours, theirs = (_liked_genres(known, taste) for known, taste in zip(both.known, (one, other), strict=True))
    return tuple(_told(films[film_id], ours, theirs) for film_id in order if film_id in films)


def scored_for_both(one: Taste, other: Taste, shown: Catalog, find_similar: FindSimilar) -> ScoredForBoth:
    """What each taste finds, with the scores of both. Whatever either has said something of is not among it, but for
    what stands on a watchlist and nothing else: liked and seen films as well as disliked and excluded ones; nor what
    either taste refuses, unless too little is left. `shown`: the catalogue as both may see it."""
    judged = (one.rated - one.saved) | (other.rated - other.saved)
    ours, theirs = (msgspec.structs.replace(taste, rated=judged, saved=frozenset()) for taste in (one, other))
    own, others = gather(ours, shown, find_similar), gather(theirs, shown, find_similar)
    mine, yours = scored(ours, candidates_of(own, others.pool)), scored(theirs, candidates_of(others, own.pool))
    welcome = (mine.scores.keys() & yours.scores.keys()) - mine.refused - yours.refused
    if len(welcome) < CHOICE_LEAST:
        welcome = mine.scores.keys() & yours.scores.keys()
    scores = ({film_id: one.scores[film_id] for film_id in welcome} for one in (mine, yours))
    return ScoredForBoth((next(scores), next(scores)), (own.known, others.known))


def _liked_genres(known: Mapping[str, Film], taste: Taste) -> frozenset[str]:
    """Genres of at least `TOLD_FROM` films of a taste: what is true of so many tells of none of them."""
    counts = Counter(
        genre for film in taste.positive if film.film_id in known for genre in set(known[film.film_id].genres)
    )
    return frozenset(genre for genre, count in counts.items() if count >= TOLD_FROM)


def _told(film: Film, one: frozenset[str], other: frozenset[str]) -> CommonFilm:
    """What may be told of the film. Which of two single genres comes first goes by the alphabet, not by whose it is."""
    genres = telling_genres(film.genres)
    both = tuple(genre for genre in genres if genre in one and genre in other)[:2]
    if both:
        return CommonFilm(film.film_id, both)
    alone = [found for liked in (one, other) if (found := next((genre for genre in genres if genre in liked), ""))]
    return CommonFilm(film.film_id, (), *sorted(alone))
