"""Text of strangers and of a model that is shown to people: whether it hides something, and whether it leads elsewhere.

Looked at as it will be read: compatibility forms folded (NFKC), so that a full-width @ is one. Linear in the text.
https://www.unicode.org/reports/tr36/ and https://www.unicode.org/reports/tr39/ name the tricks.
"""

import re
import unicodedata

MARKS_MOST = 2  # on one letter, once composed: Vietnamese and pointed Hebrew need no more; a tower of them covers lines
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5")  # letters and marks that show nothing
OVERLAYS = frozenset("\u0334\u0335\u0336\u0337\u0338")  # strike letters out; Unicode's other ones enclose (Me)
JOINERS = frozenset("\u200c\u200d")  # Persian and Indic words need them, and our alphabets never do
OURS = ("LATIN", "CYRILLIC", "GREEK")  # alphabets whose letters are taken for one another

_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d(?:[\s().+‐-―/·•∙‧_~:-]*\d){6,}")  # of a phone, a card: seven digits, whatever stands between
_YEARS = re.compile(r"(?:(?:1[89]|20)\d\d\s?[‐-―/-]\s?){1,2}(?:1[89]|20)\d\d")  # "1977–1983", which nobody can call
_HANDLE = re.compile(r"@|[(\[{]\s*(?:at|собака|эт)\s*[)\]}]|\b\w+ (?:at|собака) \w+ (?:dot|точка) \w", re.IGNORECASE)
_LINK = re.compile(
    r"\w:/|www\.|\w\s?\.\s?\w+\s?/\s?\w| (?:dot|точка) (?:com|ru|net|org|me|ком|ру|рф|нет|орг)\b|"
    r"\w\.(?:com|ru|net|org|me|io|info|biz|su|ua|by|kz|app|dev|xyz|top|site|online|shop|club|link|ly|gg|tv|cc|рф)\b",
    re.IGNORECASE,
)


def hides_something(text: str) -> bool:
    """Whether the text holds what nobody can see, or what changes how its neighbours are seen: controls, directions,
    invisible letters, towers of marks, letters of two of our alphabets in one word."""
    composed = unicodedata.normalize("NFC", text)
    marks = 0
    for place, sign in enumerate(composed):
        kind = unicodedata.category(sign)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if kind[0] == "C" and not _joins(composed, place):
            return True
        if kind in ("Zl", "Zp", "Me") or sign in BLANK or sign in OVERLAYS:
            return True
        if marks > MARKS_MOST or (marks and place == marks - 1):
            return True
    return any(len(_alphabets(word)) > 1 for word in _WORD.findall(unicodedata.normalize("NFKC", text)))


def leads_elsewhere(text: str) -> bool:
    """Whether the text holds an address, a handle, or a number to call."""
    folded = unicodedata.normalize("NFKC", text)
    numbers = (found[0] for found in _NUMBER.finditer(folded))
    return bool(_LINK.search(folded) or _HANDLE.search(folded)) or not all(map(_YEARS.fullmatch, numbers))


def has_marks(text: str) -> bool:
    """Whether a mark is left that no letter of Russian or English has taken in. A sentence of these needs none, and one
    between two letters keeps a word from being found."""
    return any(unicodedata.category(sign)[0] == "M" for sign in unicodedata.normalize("NFC", text))


def _joins(text: str, place: int) -> bool:
    """Whether a joiner stands between two letters of an alphabet that has such."""
    if text[place] not in JOINERS or not 0 < place < len(text) - 1:
        return False
    beside = (text[place - 1], text[place + 1])
    return all(unicodedata.category(sign)[0] in "LM" and not _alphabets(sign) for sign in beside)


def _alphabets(word: str) -> set[str]:
    names = (unicodedata.name(sign, "") for sign in word)
    return {alphabet for name in names for alphabet in OURS if name.startswith(f"{alphabet} ")}
