"""Whose name sounds like what was typed: "Том Хэнкс" is Tom Hanks, "Тарковского" Tarkovsky, "Hanks" Том Хэнкс. Pure.

An index holds the consonants of each word of a name in every likely reading, hissing ones alike; of the people found by
these, those are meant whose name is written so in the most usual way (`transcription.py`).
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from chalicelib.catalog.titles.normalize import is_cyrillic, sound_of, words
from chalicelib.catalog.typed.transcription import FAR, ODDNESS_MAX, bare, consonants_of, oddness, romanised

PARTICLE_LETTERS_MAX = 3
PEOPLE_MEANT_MAX, NAMES_ALIKE_MAX = 12, 30
SURE_MAX = 1  # letter by letter, or in the most usual reading throughout
LETTERS_APART = 2  # a short word that no other one backs must be written in a usual way
SURE_FILMS_MIN = 4  # of somebody whose family name alone is rather meant than a title with a slip
ODDNESS_APART = 1  # of two names that sound like what was typed, both may be meant
_LATIN, _CYRILLIC, _ROMANISED = "_", "__", "="  # begin a key; no word begins so


@lru_cache(maxsize=65_536)
def keys_of_name(word: str) -> frozenset[str]:
    """What an index holds of a folded word of somebody's name: its consonants, marked by its script, and how it is
    romanised."""
    mark = _CYRILLIC if is_cyrillic(word) else _LATIN
    return frozenset([_ROMANISED + sound_of(word), *(mark + key for key in consonants_of(word))])


def keys_asked_for(word: str) -> frozenset[str]:
    """Of a folded word that may be somebody's name: names that sound like it have one of these keys."""
    mark = _LATIN if is_cyrillic(word) else _CYRILLIC
    heard = consonants_of(word) | consonants_of(bare(word))
    return keys_spelled_as(word) | {mark + key for key in heard}


def keys_spelled_as(word: str) -> frozenset[str]:
    """Of these those of names that are the folded word, or what it is a case of, letter by letter."""
    return frozenset(_ROMANISED + sound for sound in romanised(word))


def alike(word: str, names: Iterable[str]) -> dict[str, int]:
    """Those of the folded words that sound most like the first, and how odd it would be to write them so."""
    odd = ((oddness(word, name), name) for name in names)
    near = heapq.nsmallest(NAMES_ALIKE_MAX, (one for one in odd if one[0] <= ODDNESS_MAX))
    return {name: much for much, name in near}


def names_meant(word: str, names: Mapping[str, int], *, sure: bool = False) -> list[str]:
    """Of the names that sound like a word alone those most like it; `sure`: written in the most usual way."""
    most = min(ODDNESS_MAX, len(word) - LETTERS_APART, _as_like(min(names.values(), default=FAR)))
    return sorted(name for name, odd in names.items() if odd <= (min(most, SURE_MAX) if sure else most))


def people_meant(people: Iterable[str], names: Sequence[Mapping[str, int]], *, sure: bool = False) -> list[str]:
    """Those of the people whose name has one of each of the names, `alike` to what was typed, if nobody's is more like
    it: folded, each once, in their order."""
    each_most = SURE_MAX if sure else ODDNESS_MAX
    likely = (own for own in dict.fromkeys(map(words, people)) if _has_all(own, names))
    called = {own: _oddness_of_all(own, names, each_most) for own in likely}
    most = min(FAR - 1, _as_like(min(called.values(), default=FAR)))
    return [" ".join(own) for own, odd in called.items() if odd <= most][:PEOPLE_MEANT_MAX]


def joined(said: Sequence[str]) -> tuple[str, ...]:
    """The words with short ones joined to what follows: "ди каприо" is DiCaprio."""
    whole: list[str] = []
    for word in said:
        if whole and len(whole[-1]) <= PARTICLE_LETTERS_MAX:
            whole[-1] += word
        else:
            whole.append(word)
    return tuple(whole)


def _has_all(own: Sequence[str], names: Sequence[Mapping[str, int]]) -> bool:
    return not any(some.keys().isdisjoint(own) for some in names)


def _oddness_of_all(own: Sequence[str], names: Sequence[Mapping[str, int]], most: int) -> int:
    """`FAR` when one of the names is none of the person's own."""
    left, odd = list(own), 0
    for alike_one in names:
        best = min(left, key=lambda word: alike_one.get(word, FAR), default="")
        much = alike_one.get(best, FAR)
        if much > most:
            return FAR
        left.remove(best)
        odd += much
    return odd


def _as_like(least: int) -> int:
    return least + ODDNESS_APART if least else 0
