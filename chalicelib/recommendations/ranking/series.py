"""Which series a film belongs to, guessed from its title. Pure.

A wrong guess costs little: at most three films of one series stand among the first twenty.
"""

import re
from functools import lru_cache

from chalicelib.catalog.model import Film

_TRAILING_ARTICLE = re.compile(r"^(.*), (the|a|an|le|la|les|il|das|der|die|el)$")
_LEADING_ARTICLE = re.compile(r"^(the|a|an) ")
_HERO_AND = re.compile(r"^(\w+ \w+) (?:and the|и) ")  # Harry Potter and the …, Гарри Поттер и …
_NUMBER = re.compile(r"([ ,]*\b(part|episode|chapter|vol|volume|часть|эпизод|глава)?[ .]*([ivx]+|\d+)|[²³])$")


def series_of(film: Film) -> str:
    """A folded key that films of one series share: "star wars", "harry potter"."""
    return _of_title(film.titles.by_language.get("en") or film.original_title or film.titles.main)


@lru_cache(maxsize=16_384)  # each film of a page is held against each that may come on it
def _of_title(title: str) -> str:
    title = title.casefold().strip()
    if moved := _TRAILING_ARTICLE.match(title):
        title = moved[1]
    title = _LEADING_ARTICLE.sub("", title)
    start = re.split(r":| - | – | — ", title, maxsplit=1)[0].strip()
    if hero := _HERO_AND.match(start):
        start = hero[1]
    shorter = _NUMBER.sub("", start).strip(" ,.")
    return shorter or start or title


def same_series(one: str, other: str) -> bool:
    """Equal keys, or one is the other's first words: "batman" and "batman begins"."""
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) >= 5 and long.startswith(short + " "))
