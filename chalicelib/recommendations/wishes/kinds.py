"""Genres and countries in a request, wished and refused. Pure."""

from typing import Literal

from chalicelib.recommendations.wishes.fillers import FILLERS
from chalicelib.recommendations.wishes.lexicon import countries, genres
from chalicelib.recommendations.wishes.tokens import Draft

PHRASE_WORDS_MAX = 3
NEGATION_WORDS = 3  # so many words behind a "not" may stand before what it refuses
_NOT = frozenset(
    [
        "не",
        "ни",
        "без",
        "кроме",
        "исключая",
        "not",
        "no",
        "without",
        "except",
        "excluding",
        "nothing",
        "isnt",
        "arent",
        "dont",
        "non",
        "never",
        "minus",
        "avoid",
        "hate",
        "dislike",
        "ненавижу",
        "ничего",
        "никаких",
        "никакого",
    ]
)
_AND, _OR = frozenset(["и", "and", "да", "ни", "nor", "&"]), frozenset(["или", "or", "либо"])
_BUT = frozenset(["но", "but", "зато"])


def take_kinds(draft: Draft) -> None:
    """Takes every genre and country out of the draft; what stands behind "not" and is no kind is dropped."""
    place, refusing, linked = 0, 0, -1
    while place < len(draft.tokens):
        token = draft.tokens[place]
        if not draft.is_free(place):
            refusing = max(0, refusing - 1)
        elif token.word in _NOT or (token.word == "but" and place and draft.tokens[place - 1].word == "anything"):
            is_only = place + 1 < len(draft.tokens) and draft.tokens[place + 1].word in (
                "только",
                "only",
                "but",
                "just",
            )
            refusing = 0 if is_only and token.word in ("не", "not", "nothing") else NEGATION_WORDS + 1
            draft.take(place, place)
        elif found := _longest(draft, place):
            kind, name, last = found
            if refusing:
                if kind == "genre":
                    draft.wish("not_genre", name, place, last)
                else:
                    draft.take(place, last)  # a country that is not wished for: no kind says so
                while kind == "genre" and (more := _longest(draft, last + 1)) and more[0] == "genre":
                    draft.take(last + 1, more[2])  # "not a romantic comedy" refuses no comedy
                    last = more[2]
                refusing, linked = 0, last + 1
            elif place and draft.tokens[place - 1].word in _OR:
                draft.or_wish(kind, name, place, last)
            else:
                draft.wish(kind, name, place, last)
            place = last
        elif token.is_sign:
            refusing = 0
        elif token.word in _AND | _OR and place == linked:
            refusing = NEGATION_WORDS + 1  # "without horror or war": one "not" for both
        elif refusing and token.word not in FILLERS:
            draft.take(place, place)
            refusing = 0
        elif token.word in _BUT:
            refusing = 0
        else:
            refusing = max(0, refusing - 1)
        place += 1


def _longest(draft: Draft, place: int) -> tuple[Literal["genre", "country"], str, int] | None:
    """What the most words from here name: genre or country, its name, the last of the words."""
    for length in range(PHRASE_WORDS_MAX, 0, -1):
        last = place + length - 1
        if not draft.are_free(place, last):
            continue
        stems = draft.stems(place, last)
        if name := genres().get(stems):
            return "genre", name, last
        if name := countries().get(stems):
            return "country", name, last
    return None
