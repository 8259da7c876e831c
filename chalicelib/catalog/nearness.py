"""When two titles differ by a slip of the finger only. Pure."""

import re

from rapidfuzz.distance import OSA

from chalicelib.catalog.folding import title_key

ONE_LETTER_FROM, TWO_LETTERS_FROM = 5, 14  # letters of a title that bear one wrong letter, and two
_NUMBER = re.compile(r"\d+")


def is_typo_of(written: str, title: str, *, year_known: bool) -> bool:
    """Whether `written` is `title` with a letter or two wrong, missing, too many or swapped, and the same numbers.

    Without a year to back it a title must be longer to bear a wrong letter.
    """
    one, other = title_key(written), title_key(title)
    length = min(len(one), len(other)) - (0 if year_known else 4)
    allowed = 2 if length >= TWO_LETTERS_FROM else 1 if length >= ONE_LETTER_FROM else 0
    if not allowed or abs(len(one) - len(other)) > allowed:
        return False
    return OSA.distance(one, other, score_cutoff=allowed) <= allowed and _NUMBER.findall(one) == _NUMBER.findall(other)
