"""Word stems in Russian and English: FTS5 has no Russian stemmer, so stems are made when loading and when asking."""

from functools import cache, lru_cache
from typing import Any

import snowballstemmer

from chalicelib.catalog.titles.normalize import is_cyrillic, words


@cache
def _stemmer(language: str) -> Any:
    return snowballstemmer.stemmer(language)


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of one folded word; words of digits and signs are their own."""
    if not word.isalpha():
        return word
    return str(_stemmer("russian" if is_cyrillic(word) else "english").stemWord(word))


def stems_of(text: str) -> tuple[str, ...]:
    """The stems of a text's words, in their order."""
    return tuple(map(stem, words(text)))
