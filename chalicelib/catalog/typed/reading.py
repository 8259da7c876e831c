"""What is looked for when a viewer has typed something: several tries, in an order that both engines keep. Pure.

The first try that finds a film is the answer, and the next page stays with it. All but the last ask for films that
have every word in some way; the last offers what has any, and says so.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from chalicelib.catalog.titles.normalize import is_cyrillic, title_key, words
from chalicelib.catalog.typed.kind_words import PHRASE_WORDS_MAX, YEAR, find_country, find_decade, find_genre
from chalicelib.catalog.typed.layout import on_other_layout

WRITTEN, SLIPS, ANY, OTHER_LAYOUT, NAME, NAMES, LAYOUT_SLIPS, LAYOUT_NAME, SURE_NAME = range(9)
"""Numbers of the tries: part of a page's position, so never given to another try."""

NAME_WORDS_MAX, NAMES_WORDS_MAX = 4, 6  # more are a sentence
ALONE_LETTERS_MIN = 8
NAME_LETTERS_MIN = 4  # of a name that stands among other words
# Said of films rather than in their names, and what ties such words to others.
_ABOUT_FILMS = frozenset(
    ["фильм", "фильмы", "фильма", "фильмов", "кино", "кинофильм", "кинофильмы", "фильме", "режиссер",
     "режиссера", "актер", "актера", "актриса", "актрисы", "год", "года",
     "году", "годов", "г", "гг", "с", "со", "от", "про", "жанр", "жанра",
     "лучшие", "film", "films", "movie", "movies", "starring", "directed", "director", "actor", "actress", "with", "by",
     "from", "best"]
)  # fmt: skip
_NO_NAMES = frozenset(
    ["the", "a", "an", "of", "in", "on", "at", "to", "for", "and", "&", "+", "и", "в", "во", "на", "не", "из", "к", "о",
     "у", "по", "за", "что", "как", "мы", "я", "он", "она", "это"]
)  # fmt: skip  # words of titles and sentences, never of names

# The keys of these write no word on the other layout; those of "мы" write "vs".
_SURELY_TYPED_SO = frozenset(word for word in _NO_NAMES if len(word) > 1) - {"мы"}


class Term(NamedTuple):
    """Words that go together, and the tags of films (`similarity.tags_of`) any of which says the same."""

    words: tuple[str, ...]
    tags: tuple[str, ...] = ()
    is_name: bool = False  # the words are to sound like one person's name


class Try(NamedTuple):
    """Films that have every term, but for the last try. `slips`: letters may be wrong. `heard`: each word may be a
    person whose name sounds so. `titled`: only if the whole is a title with slips. `sure`:
    names in their most usual reading only."""

    number: int
    text: str
    terms: tuple[Term, ...]
    slips: bool = False
    heard: bool = False
    titled: bool = False
    sure: bool = False

    def may_be_name(self, term: Term) -> bool:
        """Whether the term's one word may be a person's name by itself."""
        return self.heard and not term.tags and len(term.words[0]) >= NAME_LETTERS_MIN

    @property
    def is_every(self) -> bool:
        """Whether its films have every term."""
        return self.number != ANY

    @property
    def is_literal(self) -> bool:
        """Whether it is the first try of its text: where it finds no film called so, no later one does."""
        return self.number in (WRITTEN, OTHER_LAYOUT)

    @property
    def is_about_people(self) -> bool:
        """Whether one person is looked for: all films with that one answer alike."""
        return any(term.is_name for term in self.terms)

    @property
    def is_about_kinds(self) -> bool:
        """Whether no film is named, only of what kind films are: then those of the kind count like those called so."""
        return all(term.tags for term in self.terms) and any(
            tag[0] in "gcd" for term in self.terms for tag in term.tags
        )


def slips_allowed(word: str) -> int:
    """How many letters of a word may be wrong, missing, too many or swapped while it still counts as that word."""
    return 0 if len(word) < 6 or word.isdigit() else 1 if len(word) < 12 else 2


def title_slips_allowed(text: str, *, is_every: bool) -> int:
    """How many letters of a whole title may be wrong; none where it has a number: "Alien 3" is not "Alien". A title of
    five letters is offered for another, but not as what was meant: names lie one letter apart there."""
    key = title_key(text)
    letters = len(key)
    if letters < 5 or any(map(str.isdigit, key)):
        return 0
    return 3 if not is_every else 0 if letters < 6 else 1 if letters < 12 else 2


@lru_cache(maxsize=256)
def tries_of(text: str) -> tuple[Try, ...]:
    """What to look for, one after the other; nothing when the text has no word."""
    terms = _terms(words(text))
    if not terms:
        return ()
    told = _telling(terms)
    other = on_other_layout(text) if _SURELY_TYPED_SO.isdisjoint(words(text)) else None
    others = _telling(_terms(words(other))) if other else ()
    slips = Try(SLIPS, text, told, slips=True)
    tries = [Try(WRITTEN, text, terms), Try(OTHER_LAYOUT, other or "", others)]
    sure = _as_name(told) if is_cyrillic(text) else ()  # in Latin letters it would have been found as written
    tries += [Try(SURE_NAME, text, sure, sure=True), slips._replace(titled=True)]
    tries += [Try(NAME, text, _as_name(told)), Try(LAYOUT_NAME, other or "", _as_name(others))]
    if 2 <= len(_untagged(told)) <= NAMES_WORDS_MAX and _NO_NAMES.isdisjoint(_untagged(told)):
        tries.append(Try(NAMES, text, told, heard=True))
    tries += [slips] if _bears_slips(told) else []
    tries.append(Try(LAYOUT_SLIPS, other or "", others, slips=True, titled=not _bears_slips(others)))
    tries.append(Try(ANY, text, _without(_NO_NAMES, told), slips=True))
    return tuple(one for one in tries if one.terms)


def _bears_slips(terms: Sequence[Term]) -> bool:
    """Whether a slip leaves enough to go by: a short word alone, not quite one of some title's words, does not."""
    said = _untagged(terms)
    return len(said) != 1 or len(said[0]) >= ALONE_LETTERS_MIN


def _untagged(terms: Sequence[Term]) -> tuple[str, ...]:
    return tuple(word for term in terms if not term.tags for word in term.words)


def _as_name(terms: Sequence[Term]) -> tuple[Term, ...]:
    """The terms with all words that have no tag as one name; empty when they are none or too many for one."""
    said = _untagged(terms)
    if not 1 <= len(said) <= NAME_WORDS_MAX or not _NO_NAMES.isdisjoint(said):
        return ()
    return (Term(said, is_name=True), *(term for term in terms if term.tags))


def _terms(said: Sequence[str]) -> tuple[Term, ...]:
    """The words, those that name a genre, country or decade as one; beside such, words about films are left out."""
    found = tuple(_grouped(said))
    return _telling(found) if any(term.tags for term in found) else found


def _grouped(said: Sequence[str]) -> Iterator[Term]:
    place = 0
    while place < len(said):
        for length in range(min(PHRASE_WORDS_MAX, len(said) - place), 0, -1):
            some = tuple(said[place : place + length])
            tags = find_genre(some) or find_country(some) or find_decade(some)
            if length == 1 and not tags and YEAR.fullmatch(some[0]):
                tags = (f"y_{some[0]}",)
            if tags or length == 1:
                yield Term(some, tags)
                place += length
                break


def _telling(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Without words about films, unless there are no others."""
    return _without(_ABOUT_FILMS, terms)


def _without(left_out: frozenset[str], terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """The terms that say more than these words, or all when none does."""
    return tuple(term for term in terms if term.tags or not left_out.issuperset(term.words)) or terms
