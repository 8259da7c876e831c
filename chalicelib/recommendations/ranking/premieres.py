"""Films that few viewers have liked yet: what stands for the likes they lack, and the places that are theirs. Pure.

Learned evidence knows nothing of a film without likes. Until its own come, the films most like it by genres, people,
series and years speak for it (`with_stand_ins`), and those for whose lovers it is by the language model's word
(`with_told`): their evidence counts as much as `PRIOR_LIKES` likes of its own would.
And one place in twenty is drawn by lot among them (`with_drawn`), the more promising the likelier; the chance is kept
with the place, so that what came of it (`answers_to_drawn`) can be weighed by it.
"""

import hashlib
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from chalicelib.catalog.model import Film
from chalicelib.catalog.tfidf import rarity_of, unit_vector
from chalicelib.catalog.top import popularity
from chalicelib.recommendations.model import RankedFilm, StoredList, Taste
from chalicelib.recommendations.ranking import constants
from chalicelib.recommendations.ranking.content_similarity import era_share, nearness, traits_of
from chalicelib.recommendations.ranking.diversity import is_one_too_many
from chalicelib.recommendations.ranking.series import series_of

type Evidence = Mapping[str, float]
type Shares = Sequence[tuple[str, float]]
"""Films and how much of a mean each makes up, 1 in all."""

PRIOR_LIKES = 5.0  # as many as `neighbours.sql` doubts a film by: sqrt(n m) + 5
ALIKE = 10  # films that speak for one; chosen beside 30 and 80, which say the same of everybody
TOLD_SHARE = 0.5  # of what speaks for a film: those that the model named, where it was asked
ALIKE_POWER = 3  # of their similarity: the nearest count most; chosen beside 1 and 2
LIKENESS_LEAST = 0.1  # of a film with nothing in common with a taste, or without a description: the era still counts
UNKNOWN_FAME = 0.5  # of a film nobody has rated: neither obscure nor known (`popularity` of 1,800 votes)
DRAWN_FROM = 10  # places of each twenty before this one are nobody's lot
DRAWN_EVERY = constants.FIRST_PAGE
RANK_POWER = 1.5  # the k-th most promising film is drawn 1 / k^1.5 as often as the first: it alone gets a third
CHANCES = 10_000  # a chance is kept in these parts


def fame(film: Film, *, is_premiere: bool) -> float:
    """How well known a film is, 0 to about 1. Of one that has just come, no votes say nothing."""
    return popularity(film) or (UNKNOWN_FAME if is_premiere else 0.0)


def stand_ins(premieres: Sequence[Film], others: Iterable[Film]) -> dict[str, Shares]:
    """By premiere, the films most like it among the others. One that has nothing in common with any is absent.

    100 premieres among 500 films take about 25 ms.
    """
    if not premieres:
        return {}
    films = list(others)
    having: dict[str, list[tuple[int, float]]] = {}
    traits = {film.film_id: (*traits_of(film), f"series {series_of(film)}") for film in (*films, *premieres)}
    rarity = rarity_of(traits.values())
    for number, film in enumerate(films):
        for trait, value in unit_vector(traits[film.film_id], rarity).items():
            having.setdefault(trait, []).append((number, value))
    found: dict[str, Shares] = {}
    for premiere in premieres:
        alike: dict[int, float] = {}
        for trait, value in unit_vector(traits[premiere.film_id], rarity).items():
            for number, other in having.get(trait, ()):
                alike[number] = alike.get(number, 0.0) + value * other
        if alike:
            found[premiere.film_id] = _shares(premiere, [(films[number], one) for number, one in alike.items()])
    return found


def with_told(
    alike: Mapping[str, Shares], told: Mapping[str, Sequence[str]], known: Container[str]
) -> dict[str, Shares]:
    """The stand-ins, half of their say given to the films that the model named for one, as far as those are `known`: a
    candidate of this viewer, or liked. One that is not (withdrawn, or far from this taste) leaves its part to the
    others."""
    mixed = dict(alike)
    for film_id, named in told.items():
        heard = [other for other in named if other in known]
        if heard:
            own = alike.get(film_id, ())
            share = TOLD_SHARE / len(named) if own else 1 / len(heard)
            left = 1 - share * len(heard)
            mixed[film_id] = [*((other, one * left) for other, one in own), *((other, share) for other in heard)]
    return mixed


def with_stand_ins(
    own: Evidence, premieres: Mapping[str, int], alike: Mapping[str, Shares], of_liked: Evidence
) -> dict[str, float]:
    """The evidence, that of premieres mixed with their stand-ins': `PRIOR_LIKES` to the likes that each has.
    `of_liked`: what the viewer's other likes say of one that is liked itself."""
    mixed = dict(own)
    for film_id, shares in alike.items():
        prior = sum(share * own.get(other, of_liked.get(other, 0.0)) for other, share in shares)
        likes = premieres[film_id]
        mixed[film_id] = (likes * own.get(film_id, 0.0) + PRIOR_LIKES * prior) / (likes + PRIOR_LIKES)
    return mixed


def with_drawn(
    page: Sequence[RankedFilm],
    premieres: Sequence[RankedFilm],
    seed: str,
    most_alike: int,
    *,
    spares_first_page: bool = False,
) -> list[RankedFilm]:
    """`page`, as long as it was, with a film drawn by lot in each twenty places. `premieres`: the most promising first;
    those that the page shows anyway take no part, nor on the first page those of whose series or director it holds
    `most_alike` films. `spares_first_page`: nothing is drawn there, where "more like this" has to be kept. The same
    seed draws the same films."""
    shown = {one.film.film_id for one in page}
    pool = [one for one in premieres if one.film.film_id not in shown]
    films = list(page)
    for number in range(1 if spares_first_page else 0, len(page) // DRAWN_EVERY):
        free = pool
        if not number:
            first = [one.film for one in page[:DRAWN_EVERY]]
            free = [one for one in pool if not is_one_too_many(one.film, first, most_alike)]
        if not free:
            continue
        drawn = _drawn(free, _lot(seed, number, "film"))
        pool = [one for one in pool if one.film.film_id != drawn.film.film_id]
        place = DRAWN_EVERY * number + DRAWN_FROM + int(_lot(seed, number, "place") * (DRAWN_EVERY - DRAWN_FROM))
        films.insert(place, drawn)
    return films[: len(page)]


def by_promise(premieres: Iterable[RankedFilm], promise: Mapping[str, float], seed: str) -> list[RankedFilm]:
    """The most promising first; equals by lot, or the first of them would be drawn for everybody."""
    return sorted(premieres, key=lambda one: (-promise[one.film.film_id], _hash(f"{seed} {one.film.film_id}")))


class Answer(NamedTuple):
    """What a viewer has said of a film that was drawn for them; `chance` in ten-thousandths."""

    film_id: str
    said: str
    chance: int


def answers_to_drawn(held: StoredList, taste: Taste) -> list[Answer]:
    """What the viewer has said of the drawn films of a list since it was made."""
    said = {
        film.film_id: word for word in ("liked", "steered", "disliked", "excluded") for film in getattr(taste, word)
    }
    return [
        Answer(
            one.card.film_id,
            said.get(one.card.film_id, "saved" if one.card.film_id in taste.saved else "seen"),
            one.why.chance,
        )
        for one in held.films
        if one.why and one.why.chance and one.card.film_id in taste.rated
    ]


def _drawn(pool: Sequence[RankedFilm], lot: float) -> RankedFilm:
    """One of them. Its chance is that of this draw, given the draws before it: what Des Raj's estimator of a sample
    drawn without putting back asks for (https://doi.org/10.1080/01621459.1956.10501326)."""
    weights = [(place + 1) ** -RANK_POWER for place in range(len(pool))]
    total, passed = sum(weights), 0.0
    place = len(pool) - 1
    for number, weight in enumerate(weights):
        passed += weight / total
        if lot < passed:
            place = number
            break
    one = pool[place]
    chance = max(1, round(CHANCES * weights[place] / total))
    why = msgspec.structs.replace(one.why, chance=chance) if one.why else None
    return msgspec.structs.replace(one, why=why)


def _shares(premiere: Film, alike: Sequence[tuple[Film, float]]) -> Shares:
    era = {
        year: era_share(nearness(premiere.year, year) if premiere.year and year else 0.0)
        for year in {film.year for film, _ in alike}
    }
    weighed = sorted([(one * era[film.year], film.film_id) for film, one in alike], reverse=True)[:ALIKE]
    total = sum(weight**ALIKE_POWER for weight, _ in weighed)
    return [(film_id, weight**ALIKE_POWER / total) for weight, film_id in weighed]


def _lot(seed: str, number: int, what: str) -> float:
    """0…1, below 1."""
    return int.from_bytes(_hash(f"{seed} {number} {what}")[:6]) / 2**48


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
