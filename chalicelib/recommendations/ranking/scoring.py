"""Candidates in the order a viewer would want them, each with why. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from chalicelib.catalog.model import Film
from chalicelib.recommendations.model import Ground, RankedFilm, Taste, TasteFilm, Why
from chalicelib.recommendations.ranking import constants, content_similarity, premieres, taste_guard
from chalicelib.recommendations.ranking.candidates import Candidates
from chalicelib.recommendations.site_model import FilmScores, SiteWeights


class ScoreParts(msgspec.Struct, frozen=True, kw_only=True):
    """What a score is made of, before the site's weights; `python -m infra explain` prints them."""

    near: float  # from viewers who like the same films near each other, newest likes first
    steady: float  # the same, all likes alike
    whole: float  # from whole histories
    against: float  # 0…1: how much of what is known of the film speaks against it
    era: float  # 0…1: how near its year is to the viewer's years
    content: float  # similarity of genres and people × era × popularity, more with few likes
    popularity: float
    recent: float  # 0…1: likes of the last days
    doubt: float  # 0…1: what the taste says against the film, see `taste_guard`
    promise: float = 0.0  # of a film with few likes: its likeness to all likes, with what the guard leaves; not scored


def evidence_of(parts: ScoreParts, weights: SiteWeights) -> float:
    """What other viewers' likes say, less what speaks against it, more where the era fits."""
    likes = weights.near * parts.near + weights.steady * parts.steady + weights.whole * parts.whole
    return likes * (1 - constants.AGAINST_FACTOR * parts.against) * (1 + weights.era * parts.era)


def score_of(parts: ScoreParts, weights: SiteWeights) -> float:
    """Higher is better, comparable within one list only."""
    plain = (
        evidence_of(parts, weights)
        + weights.content * parts.content
        + weights.popularity * parts.popularity
        + weights.recent * parts.recent
    )
    return plain * taste_guard.kept_share(parts.doubt)


class Ranking(NamedTuple):
    """Films, best first, and those with few likes, the most promising first, that the taste does not refuse."""

    films: list[RankedFilm]
    premieres: list[RankedFilm]


def rank(taste: Taste, candidates: Candidates, limit: int) -> list[RankedFilm]:
    """The best `limit` candidates, best first; the same input gives the same order."""
    return rank_both(taste, candidates, limit).films


def rank_both(taste: Taste, candidates: Candidates, limit: int) -> Ranking:
    """The best `limit` candidates, and all premieres."""
    parts = score_parts(taste, candidates)
    weights = candidates.learned.weights
    scores = {film_id: score_of(one, weights) for film_id, one in parts.items()}
    order = _order(parts, scores)
    place = {film_id: number for number, film_id in enumerate(order[:limit], 1)}
    steered = {film.film_id for film in taste.steered}
    heaviest, others = taste.positive[: constants.BECAUSE_AMONG], taste.positive[constants.BECAUSE_AMONG :]
    similarity = _Similarity(taste, candidates)
    best = max(scores.values(), default=0.0)
    found: dict[str, RankedFilm] = {}
    for film_id in dict.fromkeys((*place, *candidates.premieres)):
        film = candidates.films[film_id]
        sources = []
        if candidates.premieres.get(film_id) != 0:
            sources = sources_of(film_id, heaviest, candidates) or sources_of(film_id, others, candidates)
        because = _because(sources or similarity.sources(film))
        ground = _ground(parts[film_id], weights, because, steered, is_liked=bool(sources))
        if ground == "steer":
            because = tuple(source for source in because if source in steered)
        found[film_id] = RankedFilm(film=film, score=scores[film_id], because=because, ground=ground,
                                doubt=parts[film_id].doubt,
                                why=_why(parts[film_id], weights, best), place=place.get(film_id, 0))  # fmt: skip
    new = [found[film_id] for film_id in candidates.premieres if not found[film_id].is_refused]
    promise = {film_id: parts[film_id].promise for film_id in candidates.premieres}
    return Ranking([found[film_id] for film_id in place], premieres.by_promise(new, promise, taste.taste_hash))


class Scored(NamedTuple):
    """Scores by film, higher is better, comparable within one taste only; and those of them that the taste refuses."""

    scores: dict[str, float]
    refused: frozenset[str]


def scored(taste: Taste, candidates: Candidates) -> Scored:
    """Every candidate's score."""
    parts = score_parts(taste, candidates)
    weights = candidates.learned.weights
    refused = frozenset(film_id for film_id, one in parts.items() if taste_guard.refuses(one.doubt))
    return Scored({film_id: score_of(one, weights) for film_id, one in parts.items()}, refused)


def _why(parts: ScoreParts, weights: SiteWeights, best: float) -> Why:
    """What a published list keeps of a film's score."""
    unit = best / 100 if best > 0 else float("inf")  # without a score above 0 no share says anything
    return Why(
        likes=round(evidence_of(parts, weights) / unit),
        content=round(weights.content * parts.content / unit),
        popularity=round(weights.popularity * parts.popularity / unit),
        recent=round(weights.recent * parts.recent / unit),
        kept=round(100 * taste_guard.kept_share(parts.doubt)),
    )


def _order(parts: Mapping[str, ScoreParts], scores: Mapping[str, float]) -> list[str]:
    """Best first. The guard is about what is shown: films that the taste refuses stand behind the first
    `GUARDED_PLACES` others, and from there on it takes nothing from anybody's score."""
    best = sorted(scores, key=lambda film_id: (-scores[film_id], film_id))
    shown = [film_id for film_id in best if not taste_guard.refuses(parts[film_id].doubt)][: constants.GUARDED_PLACES]
    plain = {film_id: score / taste_guard.kept_share(parts[film_id].doubt) for film_id, score in scores.items()}
    for film_id in shown:
        del plain[film_id]
    return [*shown, *sorted(plain, key=lambda film_id: (-plain[film_id], film_id))]


def score_parts(taste: Taste, candidates: Candidates) -> dict[str, ScoreParts]:
    """Every candidate's score, part by part."""
    films = candidates.films
    rarity = content_similarity.rarity_of_traits(films.values())
    vectors = content_similarity.vectors_of(films.values(), rarity)
    positive = content_similarity.profile_of(_with_features(taste.positive, candidates.known), rarity)
    negative = content_similarity.profile_of(_with_features(taste.negative, candidates.known), rarity)
    eras = content_similarity.era_affinities(positive, (film.year for film in films.values()))
    steady = content_similarity.profile_of(_with_features(taste.positive, candidates.known, alike=True), rarity)
    steady_eras = content_similarity.era_affinities(steady, (films[film_id].year for film_id in candidates.premieres))
    known = {film_id: premieres.fame(film, is_premiere=film_id in candidates.premieres)
             for film_id, film in films.items()}  # fmt: skip
    content_factor = constants.CONTENT_FACTOR + constants.CONTENT_FACTOR_FEW / max(1, len(taste.positive))
    guard = guard_for(taste, candidates)
    parts = {}
    for film_id, film in films.items():
        vector = vectors[film_id]
        similarity = content_similarity.similarity(positive.traits, vector)
        if negative.traits:
            similarity *= 1 - constants.CONTENT_AGAINST * content_similarity.similarity(negative.traits, vector)
        near, against = candidates.near.get(film_id, 0.0), candidates.against.get(film_id, 0.0)
        doubt = taste_guard.doubt(guard, film)
        parts[film_id] = ScoreParts(
            near=near,
            steady=candidates.steady.get(film_id, 0.0),
            whole=candidates.whole.get(film_id, 0.0),
            against=against / (near + against) if against else 0.0,
            era=eras[film.year],
            content=content_factor * similarity * content_similarity.era_share(eras[film.year]) * known[film_id],
            popularity=known[film_id],
            recent=candidates.learned.recent.get(film_id, 0.0),
            doubt=doubt,
            promise=(premieres.LIKENESS_LEAST + content_similarity.similarity(steady.traits, vector))
            * content_similarity.era_share(steady_eras[film.year])
            * known[film_id]
            * taste_guard.kept_share(doubt)
            if film_id in candidates.premieres
            else 0.0,
        )
    return parts


def guard_for(taste: Taste, candidates: Candidates) -> taste_guard.Guard:
    """What this taste says against films, among these candidates."""
    liked = [film for film, _ in _with_features(taste.positive, candidates.known)]
    return taste_guard.guard_of(liked, candidates.films.values())


def _with_features(
    rated: tuple[TasteFilm, ...], known: Mapping[str, Film], *, alike: bool = False
) -> list[tuple[Film, float]]:
    """The rated films with their weights, or (`alike`) those that don't go by age."""
    return [
        (known[film.film_id], film.steady_weight if alike else film.weight) for film in rated if film.film_id in known
    ]


class _Similarity:
    """Which recent likes a film resembles by content: asked only for films without learned evidence."""

    def __init__(self, taste: Taste, candidates: Candidates) -> None:
        self.films = candidates.films
        self.rarity: dict[str, float] = {}
        self.vectors: dict[str, dict[str, float]] = {}
        self.seeds = _with_features(taste.positive[: constants.SIMILAR_SEEDS], candidates.known)

    def sources(self, film: Film) -> list[tuple[str, float]]:
        if not self.rarity:
            self.rarity = content_similarity.rarity_of_traits(self.films.values())
            self.vectors = content_similarity.vectors_of((seed for seed, _ in self.seeds), self.rarity)
        vector = content_similarity.vectors_of([film], self.rarity)[film.film_id]
        alike = [
            (seed.film_id, weight * content_similarity.similarity(self.vectors[seed.film_id], vector))
            for seed, weight in self.seeds
        ]
        return sorted((pair for pair in alike if pair[1] > 0), key=lambda pair: -pair[1])


def sources_of(film_id: str, positive: Iterable[TasteFilm], candidates: Candidates) -> list[tuple[str, float]]:
    """The positive films that gave a candidate evidence, strongest first, with how much."""
    given = []
    learned, weights = candidates.learned, candidates.learned.weights
    for film in positive:
        near = learned.near.get(film.film_id, _NONE).get(film_id, 0.0)
        whole = learned.whole.get(film.film_id, _NONE).get(film_id, 0.0)
        score = (
            film.weight * weights.near + film.steady_weight * weights.steady
        ) * near + film.steady_weight * weights.whole * whole
        if score > 0:
            given.append((film.film_id, score))
    return sorted(given, key=lambda source: -source[1])


def _because(sources: Sequence[tuple[str, float]]) -> tuple[str, ...]:
    """The positive films that did most for a film: by learned evidence, else by similarity of content_similarity."""
    if not sources:
        return ()
    least = sources[0][1] * constants.BECAUSE_SHARE
    return tuple(film_id for film_id, given in sources[: constants.BECAUSE_MAX] if given >= least)


def _ground(
    parts: ScoreParts, weights: SiteWeights, because: tuple[str, ...], steered: set[str], *, is_liked: bool
) -> Ground:
    """`is_liked`: likes of the film itself are behind it, not those of films like it."""
    if not because:
        return "popular"
    if because[0] in steered:
        return "steer"
    return "neighbour" if is_liked and evidence_of(parts, weights) >= weights.content * parts.content else "content"


_NONE: FilmScores = {}
