"""Candidates in the order a viewer would want them, each with why. Pure."""

from collections.abc import Mapping

import msgspec

from chalicelib.catalog.model import Film
from chalicelib.recommendations import content, tuning
from chalicelib.recommendations.candidates import Candidates
from chalicelib.recommendations.model import Ground, RankedFilm
from chalicelib.recommendations.steering import mostly_shares_genres, shares_genre, with_more_kin
from chalicelib.recommendations.taste import Taste, TasteFilm


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What a score is the sum of; `python -m infra.explain` prints them."""

    neighbours: float
    against: float  # negative
    content: float
    content_against: float  # negative
    popularity: float

    @property
    def score(self) -> float:
        """Higher is better, comparable within one list only."""
        return self.neighbours + self.against + self.content + self.content_against + self.popularity


def rank(taste: Taste, candidates: Candidates, limit: int) -> list[RankedFilm]:
    """The best `limit` candidates, best first; the same input gives the same order."""
    parts = score_parts(taste, candidates)
    order = _steered_order(taste, candidates, _order(parts))[:limit]
    steered = {film.film_id for film in taste.steered}
    rarity = content.rarity_of_traits(candidates.films.values())
    found = []
    for film_id in order:
        film = candidates.films[film_id]
        because = _because(taste, candidates, film, rarity)
        ground = _ground(parts[film_id], because, steered)
        found.append(RankedFilm(film=film, score=parts[film_id].score, because=because, ground=ground))
    return found


def _order(parts: Mapping[str, Parts]) -> list[str]:
    return sorted(parts, key=lambda film_id: (-parts[film_id].score, film_id))


def _steered_order(taste: Taste, candidates: Candidates, order: list[str]) -> list[str]:
    """Keeps the promise of fresh "more like this": first by any shared genre or evidence, then by most genres."""
    fresh = [film for film in taste.steered if film.weight >= tuning.STEER_PROMISE_WEIGHT]
    steered = [candidates.known[film.film_id] for film in fresh if film.film_id in candidates.known]
    if not steered:
        return order
    ids = {film.film_id for film in steered}
    before = _order(score_parts(msgspec.structs.replace(taste, steered=()), candidates))

    def kin(film_id: str) -> bool:
        sources = candidates.sources.get(film_id, ())
        return shares_genre(candidates.films[film_id], steered) or any(source in ids for source, _ in sources)

    def close_kin(film_id: str) -> bool:
        return mostly_shares_genres(candidates.films[film_id], steered)

    return with_more_kin(with_more_kin(order, before, kin), before, close_kin)


def score_parts(taste: Taste, candidates: Candidates) -> dict[str, Parts]:
    """Every candidate's score, part by part."""
    rarity = content.rarity_of_traits(candidates.films.values())
    wanted = content.profile_of(_with_features(taste.wanted, candidates.known), rarity)
    unwanted = content.profile_of(_with_features(taste.unwanted, candidates.known), rarity)
    parts = {}
    for film_id, film in candidates.films.items():
        popularity = content.popularity(film)
        likeness = content.trait_affinity(wanted, film, rarity) * (0.5 + content.era_affinity(wanted, film.year))
        aversion = content.trait_affinity(unwanted, film, rarity)
        parts[film_id] = Parts(
            neighbours=candidates.evidence.get(film_id, 0.0),
            against=-tuning.AGAINST_FACTOR * candidates.against.get(film_id, 0.0),
            content=tuning.CONTENT_FACTOR * likeness * popularity,
            content_against=-tuning.CONTENT_FACTOR * tuning.CONTENT_AGAINST * aversion * popularity,
            popularity=tuning.POPULARITY_FACTOR * popularity,
        )
    return parts


def _with_features(judged: tuple[TasteFilm, ...], known: Mapping[str, Film]) -> list[tuple[Film, float]]:
    return [(known[film.film_id], film.weight) for film in judged if film.film_id in known]


def _because(taste: Taste, candidates: Candidates, film: Film, rarity: Mapping[str, float]) -> tuple[str, ...]:
    """The wanted films that did most for this one: by learned evidence, else by likeness of content."""
    sources = candidates.sources.get(film.film_id, ())
    if not sources:
        alike = [
            (known.film_id, weight * content.trait_affinity(content.profile_of([(known, 1.0)], rarity), film, rarity))
            for known, weight in _with_features(taste.wanted[: tuning.SIMILAR_SEEDS], candidates.known)
        ]
        sources = tuple(sorted((pair for pair in alike if pair[1] > 0), key=lambda pair: -pair[1]))
    if not sources:
        return ()
    least = sources[0][1] * tuning.BECAUSE_SHARE
    return tuple(film_id for film_id, given in sources[: tuning.BECAUSE_MAX] if given >= least)


def _ground(parts: Parts, because: tuple[str, ...], steered: set[str]) -> Ground:
    if not because:
        return "popular"
    if because[0] in steered:
        return "steer"
    return "neighbour" if parts.neighbours >= parts.content else "content"
