"""How alike two films are: genres, people, era and words of the title and description. Pure.

Adapters retrieve a few hundred films that share something; this decides their order, so both engines agree.
"""

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set

from chalicelib.catalog.model import Film
from chalicelib.catalog.tfidf import cosine, rarity_of, unit_vector
from chalicelib.catalog.titles.aliases import names_of
from chalicelib.catalog.titles.normalize import words
from chalicelib.catalog.titles.stems import stem
from chalicelib.catalog.top import popularity

ERA_YEARS = 12.0  # films this far apart are e times less alike in era
BEGINNING = 2  # letters of a word that its stem keeps
WEIGHTS = {"genres": 1.0, "people": 0.9, "series": 0.8, "era": 0.35, "words": 0.4, "known": 0.35}
CONTENT_SHARE, FIRST_PLACES, GENRES_SHARED = 0.5, 10, 0.2
_DULL = frozenset(
    ["the", "a", "an", "of", "and", "in", "on", "at", "to", "for", "from", "with", "is", "it", "my", "your", "&", "+",
     "и", "в", "на", "с", "не", "по", "за", "из", "о", "от", "для"]
)  # fmt: skip

type StemsOf = Callable[[Film], frozenset[Hashable]]
"""The stems of a film's description, in any form that is equal for equal ones."""


def told_stems(film: Film) -> frozenset[str]:
    """The stems of the description that the film has with it."""
    return frozenset(title_stems(film.description)) if film.description else frozenset()


def most_alike(films: Sequence[Film], others: Iterable[Film], limit: int, stems_of: StemsOf = told_stems) -> list[Film]:
    """The films among `others` most like `films` taken together, best first, those themselves left out."""
    asked = {film.film_id for film in films}
    candidates = [other for other in others if other.film_id not in asked]
    rarity = rarity_of(other.genres for other in candidates)
    taste = [_Traits(film, rarity, stems_of(film)) for film in films]
    beginnings = frozenset(word[:BEGINNING] for film in films for word in _name_words(film))
    scored = []
    for other in candidates:
        alike = _mean_similarity(taste, _Traits(other, rarity, stems_of(other), beginnings))
        scored.append((alike + WEIGHTS["known"] * popularity(other), other))
    scored.sort(key=lambda pair: (-pair[0], pair[1].film_id))
    return [other for _, other in scored[:limit]]


def blended(film: Film, alike: Sequence[Film], liked_beside: Sequence[Film], limit: int) -> list[Film]:
    """What is like the film, by content (`alike`) and by who likes both (`liked_beside`), each best first.

    A place is worth 1 / (place + 10), by content half of that. Of what is liked beside it, only films count that have a
    fifth of all genres of the two in common: everybody has liked Fargo, and nobody would call it like Toy Story. Chosen
    on every other viewer of `python -m tests.bench.similar`.
    """
    worth: dict[str, float] = {}
    found = {one.film_id: one for one in (*alike, *liked_beside) if one.film_id != film.film_id}
    akin = [one for one in liked_beside if _shares_genres(film, one)]
    for films, weight in ((alike, CONTENT_SHARE), (akin, 1.0)):
        for place, one in enumerate(films):
            worth[one.film_id] = worth.get(one.film_id, 0.0) + weight / (place + FIRST_PLACES)
    best = sorted(worth.keys() & found.keys(), key=lambda film_id: (-worth[film_id], film_id))
    return [found[film_id] for film_id in best[:limit]]


def _shares_genres(film: Film, other: Film) -> bool:
    own, others = set(film.genres), set(other.genres)
    return not own or not others or len(own & others) >= GENRES_SHARED * len(own | others)


class _Traits:
    """What is compared, worked out once a film."""

    __slots__ = ("genres", "people", "series", "words", "year")

    def __init__(
        self,
        film: Film,
        rarity: Mapping[str, float],
        told: frozenset[Hashable],
        beginnings: Set[str] | None = None,
    ) -> None:
        """`beginnings`: of the words to be compared with. Names without such a word have no stem in common with them,
        and are not stemmed: it is the dearest step of the comparison."""
        self.genres = unit_vector(sorted(film.genres), rarity, unknown=1.0)
        self.people = frozenset(film.directors) | frozenset(film.actors[:5])
        names = _name_words(film)
        compared = beginnings is None or any(word[:BEGINNING] in beginnings for word in names)
        self.series = frozenset(map(stem, names)) if compared else frozenset()
        self.words = told
        self.year = film.year


def tags_of(film: Film) -> list[str]:
    """One word for each genre, person, country, decade and year."""
    tags = ["g_" + "_".join(words(genre)) for genre in film.genres]
    tags += ["p_" + "_".join(words(person)) for person in (*film.directors, *film.actors[:5])]
    tags += ["c_" + "_".join(words(country)) for country in film.countries]
    return tags + ([f"d_{film.year // 10}", f"y_{film.year}"] if film.year else [])


def tags_compared(films: Iterable[Film]) -> list[str]:
    """The tags by which films like these are retrieved. Not countries and years: many films share them."""
    return list(dict.fromkeys(tag for film in films for tag in tags_of(film) if not tag.startswith(("c_", "y_"))))


def title_stems(text: str) -> list[str]:
    """Stems of the words that carry meaning."""
    return [stem(word) for word in _meaningful(text)]


def _name_words(film: Film) -> list[str]:
    return [word for name in names_of(film) for word in _meaningful(name) if not word.isdigit()]


def _meaningful(text: str) -> list[str]:
    return [word for word in words(text) if word not in _DULL]


def _mean_similarity(taste: Sequence[_Traits], other: _Traits) -> float:
    return sum(_similarity(one, other) for one in taste) / max(1, len(taste))


def _similarity(one: _Traits, other: _Traits) -> float:
    score = WEIGHTS["genres"] * cosine(one.genres, other.genres)
    score += WEIGHTS["people"] * min(1.0, len(one.people & other.people) / 2)
    if one.series and other.series:
        score += WEIGHTS["series"] * len(one.series & other.series) / min(len(one.series), len(other.series))
    if one.words and other.words:
        score += WEIGHTS["words"] * len(one.words & other.words) / math.sqrt(len(one.words) * len(other.words))
    if one.year and other.year:
        score += WEIGHTS["era"] * math.exp(-abs(one.year - other.year) / ERA_YEARS)
    return score
