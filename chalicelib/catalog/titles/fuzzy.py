"""When two titles differ by a slip only, or by how a series is numbered. Pure."""

import re

from rapidfuzz.distance import OSA

from chalicelib.catalog.titles.aliases import parts_of, raw_key
from chalicelib.catalog.titles.normalize import title_key, title_words, words

ONE_LETTER_FROM, TWO_LETTERS_FROM = 5, 14  # letters of a title that bear one wrong letter, and two
LONGER_WITHOUT_YEAR = 3  # letters more, when no year backs the title
SHORT_LETTERS = 8
FAR = 99
_NUMBER = re.compile(r"\d+")
_ENDINGS = frozenset("sdrnyeаеиоуыэюяйьх")  # what plurals, cases and participles end in
_SMALL = frozenset(
    ["the", "a", "an", "of", "in", "on", "at", "to", "for", "and", "&", "with", "и", "в", "во", "на", "с", "о", "об"]
)
HEAD_LETTERS_MIN = 7
BARE_SUBTITLE_WORDS_MIN = 3  # "Superman/Batman: Public Enemies" is not "Public Enemies"
SMALL_WORDS_APART_MIN = 3  # words with a meaning that a title needs before small ones may differ


def slip_distance(written: str, title: str, *, year_known: bool) -> int:
    """How many letters are wrong, missing, too many or swapped if `written` is `title` with slips; `FAR` if it is not.

    Numbers must be the same. A longer title bears more, one without a year less.
    """
    keys = title_key(written), title_key(title)
    length = min(map(len, keys)) - (0 if year_known else LONGER_WITHOUT_YEAR)
    allowed = 2 if length >= TWO_LETTERS_FROM else 1 if length >= ONE_LETTER_FROM else 0
    best = FAR
    for one, other in (keys, (raw_key(written), raw_key(title))) if allowed else ():
        if _NUMBER.findall(one) == _NUMBER.findall(other):
            distance = OSA.distance(one, other, score_cutoff=allowed)
            best = min(best, distance if distance <= allowed else FAR)
    return best


def is_short(title: str) -> bool:
    """Whether another title is likely to be one letter away: "Water" and "Waiter"."""
    return len(title_key(title)) < SHORT_LETTERS


def differs_in_form(written: str, title: str) -> bool:
    """Whether the only word that differs does so as a form of the same word, or is a letter of its own: Alien and
    Aliens, Охотник and Охотники, Project A and Project X: rather another film than a slip."""
    return any(_one_form_apart(split(written), split(title)) for split in (words, title_words))


def _one_form_apart(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    apart = [pair for pair in zip(ours, theirs, strict=False) if pair[0] != pair[1]]
    if len(ours) != len(theirs) or len(apart) != 1:
        return False
    one, other = sorted(apart[0], key=len)
    if len(one) == len(other) == 1:
        return True
    shared = len(one) - 1 if len(one) == len(other) else len(one)
    endings = one[shared:] + other[shared:]
    return one[:shared] == other[:shared] and len(endings) <= 2 and set(endings) <= _ENDINGS


def same_but_numbering(written: str, title: str) -> bool:
    """Whether both name the same film of a series, one with its number and one without, or one without its subtitle:
    "Ice Age 4: Continental Drift" and "Ice Age: Continental Drift"; "Halloween 5" and "Halloween 5: The Revenge".

    Says nothing about the year, which must agree.
    """
    ours, theirs = parts_of(written), parts_of(title)
    if len(ours) == len(theirs) >= 2:
        pairs = list(zip(ours, theirs, strict=True))
        return all(_letters(one) and _letters(one) == _letters(other) for one, other in pairs) and all(
            not _numbers(one) or not _numbers(other) or _numbers(one) == _numbers(other) for one, other in pairs
        )
    shorter, longer = sorted((ours, theirs), key=len)
    return len(shorter) == 1 and len(longer) >= 2 and bool(_numbers(shorter[0])) and shorter[0] == longer[0]


def same_subtitle(written: str, title: str) -> bool:
    """Whether both have the same subtitle of several words, and heads of which one says no more than the other:
    "Star Wars: A New Hope", "A New Hope" and "Star Wars: Episode IV - A New Hope". The year must agree besides."""
    ours, theirs = parts_of(written), parts_of(title)
    if not ours or not theirs or ours[-1] != theirs[-1] or len(ours[-1]) < 2 or len(ours) + len(theirs) < 3:
        return False
    if min(len(ours), len(theirs)) == 1 and len(ours[-1]) < BARE_SUBTITLE_WORDS_MIN:
        return False
    heads = [tuple(word for part in parts[:-1] for word in part) for parts in (ours, theirs)]
    shorter, longer = sorted(heads, key=len)
    return longer[: len(shorter)] == shorter


def is_head_of(written: str, title: str) -> bool:
    """Whether `written` is what stands before the colon of `title`, and long enough to mean something: "Zathura"."""
    ours, theirs = parts_of(written), parts_of(title)
    return len(ours) == 1 and len(theirs) > 1 and ours[0] == theirs[0] and len("".join(ours[0])) >= HEAD_LETTERS_MIN


def same_but_small_words(written: str, title: str) -> bool:
    """Whether only articles, prepositions and "and" differ, in a title with words enough."""
    ours = [word for word in title_words(written) if word not in _SMALL]
    theirs = [word for word in title_words(title) if word not in _SMALL]
    return ours == theirs and len(ours) >= SMALL_WORDS_APART_MIN


def _numbers(part: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in part if word.isdigit())


def _letters(part: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in part if not word.isdigit())
