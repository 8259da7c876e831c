"""How alike two films are: genres, people, era and words of the title and description. Pure.

Adapters retrieve a few hundred films that share something; this decides their order, so both engines agree.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from chalicelib.catalog.model import Film
from chalicelib.catalog.titles.aliases import names_of
from chalicelib.catalog.titles.normalize import words
from chalicelib.catalog.titles.stems import stem
from chalicelib.catalog.top import popularity

ERA_YEARS = 12.0  # films this far apart are e times less alike in era
WEIGHTS = {"genres": 1.0, "people": 0.9, "series": 0.8, "era": 0.35, "words": 0.4, "known": 0.35}
_DULL = frozenset(
    ["the", "a", "an", "of", "and", "in", "on", "at", "to", "for", "from", "with", "is", "it", "my", "your", "&", "+",
     "и", "в", "на", "с", "не", "по", "за", "из", "о", "от", "для"]
)  # fmt: skip


def most_alike(films: Sequence[Film], others: Iterable[Film], limit: int) -> list[Film]:
    """The films among `others` most like `films` taken together, best first, those themselves left out."""
    asked = {film.film_id for film in films}
    candidates = [other for other in others if other.film_id not in asked]
    rarity = _rarity(candidates)
    taste = [_Traits(film) for film in films]
    scored = [(_likeness(taste, _Traits(other), rarity) + WEIGHTS["known"] * popularity(other), other)
              for other in candidates]  # fmt: skip
    scored.sort(key=lambda pair: (-pair[0], pair[1].film_id))
    return [other for _, other in scored[:limit]]


class _Traits:
    """What is compared, worked out once a film."""

    __slots__ = ("genres", "people", "series", "words", "year")

    def __init__(self, film: Film) -> None:
        self.genres = frozenset(film.genres)
        self.people = frozenset(film.directors) | frozenset(film.actors[:5])
        self.series = frozenset(w for name in names_of(film) for w in title_stems(name) if not w.isdigit())
        self.words = frozenset(title_stems(film.description)) if film.description else frozenset()
        self.year = film.year


def tags_of(film: Film) -> list[str]:
    """One word for each genre, person, decade and year."""
    tags = ["g_" + "_".join(words(genre)) for genre in film.genres]
    tags += ["p_" + "_".join(words(person)) for person in (*film.directors, *film.actors[:5])]
    return tags + ([f"d_{film.year // 10}", f"y_{film.year}"] if film.year else [])


def title_stems(text: str) -> list[str]:
    """Stems of the words that carry meaning."""
    return [stem(word) for word in words(text) if word not in _DULL]


def _rarity(films: Sequence[Film]) -> dict[str, float]:
    counts = Counter(genre for film in films for genre in film.genres)
    return {genre: math.log(1 + len(films) / count) for genre, count in counts.items()}


def _likeness(taste: Sequence[_Traits], other: _Traits, rarity: dict[str, float]) -> float:
    return sum(_pair(one, other, rarity) for one in taste) / max(1, len(taste))


def _pair(one: _Traits, other: _Traits, rarity: dict[str, float]) -> float:
    score = WEIGHTS["genres"] * _cosine(one.genres, other.genres, rarity)
    score += WEIGHTS["people"] * min(1.0, len(one.people & other.people) / 2)
    if one.series and other.series:
        score += WEIGHTS["series"] * len(one.series & other.series) / min(len(one.series), len(other.series))
    if one.words and other.words:
        score += WEIGHTS["words"] * len(one.words & other.words) / math.sqrt(len(one.words) * len(other.words))
    if one.year and other.year:
        score += WEIGHTS["era"] * math.exp(-abs(one.year - other.year) / ERA_YEARS)
    return score


def _cosine(left: frozenset[str], right: frozenset[str], rarity: dict[str, float]) -> float:
    if not left or not right:
        return 0.0
    shared = sum(rarity.get(genre, 1.0) ** 2 for genre in left & right)
    lengths = [math.sqrt(sum(rarity.get(genre, 1.0) ** 2 for genre in side)) for side in (left, right)]
    return shared / (lengths[0] * lengths[1])
