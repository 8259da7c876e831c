"""A request as words with their places, each taken once by the rule that understands it. Pure."""

import re
from collections.abc import Iterator

import msgspec

from chalicelib.catalog.titles.normalize import words
from chalicelib.catalog.titles.stems import stem
from chalicelib.recommendations.wishes.model import Kind, Plan, Wish

_TOKEN = re.compile(r"[^\W_]+(?:['’`][^\W_]+)*|[+.,;:!?()«»\"“”„]")
_POSSESSIVE = re.compile(r"['’`]s$", re.IGNORECASE)
_INITIAL = re.compile(r"(?<![^\W_])[A-ZА-ЯЁ]$")
STOPS = frozenset(".,;:!?()")
QUOTES = frozenset('«»"“”„')


class Token(msgspec.Struct, frozen=True):
    """A word or sign: where it stands, folded, and its stem; a sign is its own."""

    start: int
    end: int
    word: str
    stem: str
    is_capital: bool

    @property
    def is_sign(self) -> bool:
        """Whether it is punctuation."""
        return not self.word[:1].isalnum()


class Draft:
    """A request while it is being understood."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        self._taken = [False] * len(self.tokens)
        self._wishes: list[tuple[int, Wish]] = []

    def is_free(self, place: int) -> bool:
        """Whether there is such a token, and no rule has taken it."""
        return 0 <= place < len(self.tokens) and not self._taken[place]

    def are_free(self, first: int, last: int) -> bool:
        """Whether all of these are free."""
        return all(self.is_free(place) for place in range(first, last + 1))

    def take(self, first: int, last: int) -> None:
        """These tokens are understood, or known to say nothing."""
        for place in range(first, last + 1):
            self._taken[place] = True

    def wish(self, kind: Kind, value: str | int, first: int, last: int) -> None:
        """Takes these tokens for a wish. The same wish twice is one."""
        self.take(first, last)
        if not any(one.kind == kind and one.value == value for _, one in self._wishes):
            self._wishes.append((first, Wish(kind=kind, value=value, text=self.said(first, last))))

    def or_wish(self, kind: Kind, value: str, first: int, last: int) -> None:
        """As `wish`, but the wish of that kind before it may be met instead: both become one."""
        before = [number for number, (_, one) in enumerate(self._wishes) if one.kind == kind]
        if not before:
            self.wish(kind, value, first, last)
            return
        start, held = self._wishes[before[-1]]
        self.take(first, last)
        self._wishes[before[-1]] = start, Wish(kind=kind, value=f"{held.value}, {value}", text=self.said(start, last))

    def said(self, first: int, last: int) -> str:
        """The text from the first of these tokens to the last, as it was written."""
        return self.text[self.tokens[first].start : self.tokens[last].end]

    def stems(self, first: int, last: int) -> tuple[str, ...]:
        """The stems of these tokens."""
        return tuple(token.stem for token in self.tokens[first : last + 1])

    def words(self, first: int, last: int) -> tuple[str, ...]:
        """These tokens, folded."""
        return tuple(token.word for token in self.tokens[first : last + 1])

    def runs(self, left_out: frozenset[str]) -> Iterator[tuple[int, int]]:
        """First and last of free words beside each other; signs and the words left out part them."""
        first = None
        for place in range(len(self.tokens) + 1):
            goes_on = self.is_free(place) and not self.tokens[place].is_sign and self.tokens[place].word not in left_out
            if goes_on and first is None:
                first = place
            if not goes_on and first is not None:
                yield first, place - 1
                first = None

    @property
    def plan(self) -> Plan:
        """The wishes, in the order in which they were said."""
        return tuple(wish for _, wish in sorted(self._wishes, key=lambda pair: pair[0]))

    def kinds(self) -> set[Kind]:
        """Of which kinds there is a wish by now."""
        return {wish.kind for _, wish in self._wishes}


def _tokens(text: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(text):
        if found[0] == "." and _INITIAL.search(text[: found.start()]):
            continue  # "Samuel L. Jackson" is one name
        folded = words(_POSSESSIVE.sub("", found[0]))
        word = folded[0] if len(folded) == 1 else "".join(folded) or found[0]
        yield Token(found.start(), found.end(), word, stem(word), found[0][:1].isupper())
