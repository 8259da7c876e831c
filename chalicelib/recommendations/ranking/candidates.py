"""Which films are worth ranking for a taste: learned item similarity, similarity of content, the top list."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from chalicelib.catalog.model import Film, FilmQuery
from chalicelib.catalog.port import Catalog
from chalicelib.recommendations.model import Taste
from chalicelib.recommendations.ranking import constants
from chalicelib.recommendations.ranking.premieres import stand_ins, with_stand_ins, with_told
from chalicelib.recommendations.site_model import LIKES_COUNTED, FilmScores, Similarities

type FindSimilar = Callable[[Sequence[str]], Similarities]
"""What is learned of these films and of the site. One call reads DynamoDB at most twice."""


class Candidates(msgspec.Struct, frozen=True, kw_only=True):
    """Films to rank, never a rated one, with the learned evidence for and against each: of premieres also that of the
    films that stand in for likes they lack."""

    films: dict[str, Film]
    known: dict[str, Film]  # the rated films that taste is made from, with their features
    near: dict[str, float]  # by candidate: sum of weight × near score over positive films
    steady: dict[str, float]  # the same, all likes alike
    whole: dict[str, float]  # sum of whole scores, all likes alike
    against: dict[str, float]  # as `near`, over negative films
    learned: Similarities
    similar: frozenset[str]  # the catalogue called them alike
    top: frozenset[str]  # from the top list
    premieres: Mapping[str, int]  # films that came last and have few likes, with how many


class Gathered(NamedTuple):
    """What a taste finds, before it is said which films are ranked."""

    learned: Similarities
    near: "_Evidence"
    steady: "_Evidence"
    whole: "_Evidence"
    against: "_Evidence"
    pool: dict[str, Film]  # worth ranking for this taste, never a rated one
    known: dict[str, Film]
    liked: frozenset[str]  # those of `known` that speak for a kind of film
    similar: frozenset[str]
    top: frozenset[str]
    premieres: dict[str, int]


def collect(taste: Taste, catalog: Catalog, find_similar: FindSimilar) -> Candidates:
    """Everything `ranking.rank` needs: one call of `find_similar` and four of the catalogue, however long the history.

    Raises:
        CatalogUnavailableError: no list can be made without films.
    """
    return candidates_of(gather(taste, catalog, find_similar))


def gather(taste: Taste, catalog: Catalog, find_similar: FindSimilar) -> Gathered:
    """What this taste finds by learned similarity, by content, in the top list and among the newest films."""
    learned = find_similar([film.film_id for film in taste.positive + taste.negative])
    if learned.few is not None and len(taste.positive) <= constants.FEW_LIKES:
        learned = msgspec.structs.replace(learned, weights=learned.few)
    weights = learned.weights
    alike = [(film.film_id, film.steady_weight) for film in taste.positive]
    newest = taste.positive[: constants.NEAR_SOURCES]
    near = _evidence([(film.film_id, film.weight) for film in newest], learned.near, taste.rated)
    steady = _evidence(alike[: constants.NEAR_SOURCES] if weights.steady else [], learned.near, taste.rated)
    whole = _evidence(alike if weights.whole else [], learned.whole, taste.rated)
    against = _evidence([(film.film_id, film.weight) for film in taste.negative], learned.near, taste.rated)
    best = _best([(near.films, weights.near), (steady.films, weights.steady), (whole.films, weights.whole)])
    lately = [film_id for film_id in learned.recent if film_id not in taste.rated][: constants.RECENT_LIMIT]
    rated = [film.film_id for film in taste.positive + taste.negative]
    films = catalog.get_many(list(dict.fromkeys([*best, *lately, *rated])))
    seeds = [film.film_id for film in taste.positive[: constants.SIMILAR_SEEDS]]
    ample = len(taste.positive) >= constants.SIMILAR_BELOW and len(best) >= constants.DEPTH
    similar = catalog.similar(seeds, constants.SIMILAR_LIMIT) if seeds and not ample else []
    top = catalog.top(constants.TOP_LIMIT)
    premieres = _premieres(catalog, learned, taste)
    came_last = [film for film, _ in premieres]
    pool = {film_id: films[film_id] for film_id in [*best, *lately] if film_id in films}
    pool |= {film.film_id: film for film in [*similar, *top, *came_last] if film.film_id not in taste.rated}
    return Gathered(
        learned=learned,
        near=near,
        steady=steady,
        whole=whole,
        against=against,
        pool=pool,
        known={film_id: films[film_id] for film_id in rated if film_id in films},
        liked=frozenset(film.film_id for film in taste.positive if film.film_id in films),
        similar=frozenset(film.film_id for film in similar),
        top=frozenset(film.film_id for film in top),
        premieres={film.film_id: likes for film, likes in premieres},
    )


def candidates_of(own: Gathered, others: Mapping[str, Film] | None = None) -> Candidates:
    """The films of a taste's own pool as candidates, and `others` with them: films that somebody else's taste found."""
    pool, counted, learned = own.pool | dict(others or {}), own.premieres, own.learned
    came_last = [pool[film_id] for film_id in counted]
    speak = stand_ins(came_last, (film for film_id, film in pool.items() if film_id not in counted))
    if told := {film_id: learned.for_lovers_of[film_id] for film_id in counted if film_id in learned.for_lovers_of}:
        speak = with_told(speak, told, pool.keys() - counted.keys() | own.liked)

    def of_pool(evidence: _Evidence) -> dict[str, float]:
        given = {film_id: evidence.films[film_id] for film_id in pool if film_id in evidence.films}
        return with_stand_ins(given, counted, speak, evidence.rated)

    return Candidates(
        films=pool,
        known=own.known,
        near=of_pool(own.near),
        steady=of_pool(own.steady),
        whole=of_pool(own.whole),
        against=of_pool(own.against),
        learned=learned,
        similar=own.similar,
        top=own.top,
        premieres=counted,
    )


def _premieres(catalog: Catalog, learned: Similarities, taste: Taste) -> list[tuple[Film, int]]:
    """The films that came last, as far as they have few likes. None where it is not known what is liked: there all
    films are alike in that, and content decides anyway."""
    if learned.likes_of is None:
        return []
    newest = catalog.search(FilmQuery(sort="new", limit=constants.NEWEST_LIMIT)).films
    unrated = (film for film in newest if film.added_at and film.film_id not in taste.rated)
    counted = [(film, learned.likes_of(film.film_id)) for film in unrated]
    return [(film, likes) for film, likes in counted if likes < LIKES_COUNTED]


_NONE: FilmScores = {}


class _Evidence(NamedTuple):
    """By film: of those that are not rated, which may be recommended, and of those that are."""

    films: dict[str, float]
    rated: dict[str, float]


def _best(kinds: Sequence[tuple[Mapping[str, float], float]]) -> list[str]:
    """The films with most evidence in all, then those with most of each kind that counts."""
    total: dict[str, float] = {}
    for evidence, weight in kinds:
        for film_id, score in evidence.items():
            total[film_id] = total.get(film_id, 0.0) + weight * score
    best = dict.fromkeys(sorted(total, key=total.__getitem__, reverse=True)[: constants.DEPTH])
    for evidence, weight in kinds:
        if weight:
            best |= dict.fromkeys(sorted(evidence, key=evidence.__getitem__, reverse=True)[: constants.DEPTH_EACH])
    return list(best)


def _evidence(
    sources: Iterable[tuple[str, float]], learned: Mapping[str, FilmScores], rated: frozenset[str]
) -> _Evidence:
    total: dict[str, float] = {}
    get = total.get
    for source, weight in sources:
        for film_id, score in learned.get(source, _NONE).items():
            total[film_id] = get(film_id, 0.0) + weight * score
    of_rated = {film_id: total.pop(film_id) for film_id in rated if film_id in total}
    return _Evidence(total, of_rated)
