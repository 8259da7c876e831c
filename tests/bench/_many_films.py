"""A made-up catalogue of any size whose texts are as long and as varied as a real one's.

Titles are joined from words of the demo's titles, people's names from its people's, and each word is the rarer the
later it comes (Zipf), so that indices meet what they would meet in earnest: a few words in every tenth film, and a long
tail. Descriptions, which the demo lacks, have a median of 260 characters. The same count and seed give the same films.
"""

import itertools
import math
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from chalicelib.catalog.film_row import Row, film_of
from chalicelib.catalog.model import AgeRating, Film
from chalicelib.catalog.titles.normalize import is_cyrillic
from infra.catalog.sources.demo import demo_films

FORMS = 60_000  # words of Russian that descriptions are written with
WORDS_MEDIAN, WORDS_SPREAD = 30, 0.45  # of a description
CAST = (2, 3, 5, 6, 7, 8, 10)  # actors named
ADDED = datetime(2026, 1, 1, tzinfo=UTC)
AGES: tuple[AgeRating | None, ...] = (None, None, None, 6, 12, 16, 18)
ENDINGS = ("", "а", "ы", "ом", "ами", "ие", "ого", "ать", "ился", "ность", "ская", "ённый")
GLUE = (
    "и",
    "в",
    "на",
    "с",
    "не",
    "по",
    "за",
    "из",
    "о",
    "от",
    "для",
    "его",
    "её",
    "который",
    "когда",
    "но",
    "что",
    "как",
)


class _Drawn:
    """Draws things by Zipf's law: the one at place n with a chance of 1 / n."""

    def __init__(self, things: Sequence[str], chance: random.Random) -> None:
        self._things, self._chance = things, chance
        self._sums = list(itertools.accumulate(1 / place for place in range(1, len(things) + 1)))

    def some(self, count: int) -> list[str]:
        return self._chance.choices(self._things, cum_weights=self._sums, k=count)


def many_films(count: int, seed: int = 1) -> Iterator[Film]:
    """That many films, no two of one id."""
    chance = random.Random(seed)
    held = demo_films()
    latin, cyrillic = _words(held, chance)
    english, russian = _Drawn(latin, chance), _Drawn(cyrillic, chance)
    forms = [stem + ending for ending in ENDINGS for stem in cyrillic if len(stem) > 2]
    chance.shuffle(forms)
    told = _Drawn(forms[:FORMS], chance)
    people = _Drawn(_people(held, count, chance), chance)
    for number in range(count):
        like = chance.choice(held)
        directors, *cast = dict.fromkeys(people.some(1 + chance.choice(CAST)))
        title = " ".join(english.some(chance.choice((1, 2, 2, 3, 3, 4, 6)))).capitalize()
        yield film_of(Row(
            id=f"many{number}", title=title, title_en=title,
            title_ru=" ".join(russian.some(chance.choice((1, 2, 2, 3, 3, 4)))).capitalize(),
            original_title=" ".join(english.some(3)).capitalize() if number % 3 == 0 else None,
            year=like.year, genres=like.genres, directors=(directors,), actors=tuple(cast),
            countries=like.countries or ("United States",), description=_description(told, chance),
            imdb_id=f"tt{10_000_000 + number}", imdb_rating=round(chance.uniform(3, 9), 1),
            imdb_votes=int(10 ** chance.uniform(1.5, 6)), runtime_minutes=chance.randint(70, 180),
            age_rating=chance.choice(AGES), poster_url=f"https://images.example.org/posters/{chance.getrandbits(96):024x}.jpg",
            added_at=ADDED + timedelta(minutes=number),
        ))  # fmt: skip


def _words(films: Sequence[Film], chance: random.Random) -> tuple[list[str], list[str]]:
    found = dict.fromkeys(
        word.strip(".,:;!?()«»\"'").lower() for film in films for title in film.titles.all() for word in title.split()
    )
    words = [word for word in found if word.isalpha()]
    chance.shuffle(words)
    return [word for word in words if not is_cyrillic(word)], [word for word in words if is_cyrillic(word)]


def _people(films: Sequence[Film], count: int, chance: random.Random) -> list[str]:
    """Names that cross the first and the last names of the demo's people: two for each film."""
    names = list(dict.fromkeys(name for film in films for name in (*film.directors, *film.actors) if " " in name))
    first, last = ([name.split()[place] for name in names] for place in (0, -1))
    made = {f"{chance.choice(first)} {chance.choice(last)}" for _ in range(max(100, 2 * count))}
    return sorted(made, key=lambda _: chance.random())


def _description(told: _Drawn, chance: random.Random) -> str:
    length = max(8, round(WORDS_MEDIAN * math.exp(chance.gauss(0, WORDS_SPREAD))))
    words = [chance.choice(GLUE) if chance.random() < 0.25 else word for word in told.some(length)]
    sentences = [" ".join(words[start : start + 13]).capitalize() for start in range(0, length, 13)]
    return ". ".join(sentences) + "."
