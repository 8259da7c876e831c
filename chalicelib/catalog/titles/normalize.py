"""Text as it is compared: case, ё, diacritics, dashes, quotes and symbols do not count. Pure.

`fold` keeps words apart, `title_key` is the folded title without articles and with one way of writing numbers: two
titles with the same key are the same title.
"""

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = "'’‘`´ʼ′"
_SYMBOLS = str.maketrans(
    {"ё": "е", "½": " 1/2 ", "⅓": " 1/3 ", "¼": " 1/4 ", "№": " ", "ø": "o", "ł": "l",
     "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss", "ð": "d", "þ": "th", "&": " & ", "+": " + ",
     "¢": "c", "$": "s"}
    | {mark: f" {number}" for number, mark in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
    | dict.fromkeys(_APOSTROPHES, "")
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+|&|\+")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)

_LEADING_ARTICLES = frozenset(["the", "a", "an", "le", "la", "les", "el", "los", "las", "il", "der", "die", "das"])
_ENGLISH_ARTICLES = frozenset(["the", "a", "an"])  # dropped anywhere: "Maze Runner: (The) Scorch Trials"
_TRAILING_ARTICLE = re.compile(
    r",\s*(the|a|an|le|la|les|l['’]|el|los|las|il|lo|gli|i|der|die|das|den|det|un|une|una|ein|eine)\s*$", re.IGNORECASE
)
_ROMAN = {
    "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12",
    "xiii": "13", "xiv": "14", "xv": "15", "xvi": "16", "xvii": "17", "xviii": "18", "xix": "19", "xx": "20",
}  # fmt: skip
_ROMAN_LETTER = {"i": "1", "v": "5", "x": "10"}  # a numeral only behind another word: "Rocky V", not "V for Vendetta"
_NUMBER_WORDS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fifteen": "15", "twenty": "20", "hundred": "100",
    "два": "2", "две": "2", "три": "3", "четыре": "4", "пять": "5", "шесть": "6", "семь": "7", "восемь": "8",
    "девять": "9", "десять": "10", "одиннадцать": "11", "двенадцать": "12", "тринадцать": "13", "двадцать": "20",
    "сто": "100", "deux": "2",
}  # fmt: skip
PART_WORDS = frozenset(
    ["part", "pt", "episode", "ep", "vol", "volume", "chapter", "часть", "ч", "эпизод", "глава", "том", "фильм",
     "серия", "chast"]
)  # fmt: skip  # "Part 2", "Vol. 2", "Часть 2" and "2" say the same
_SAME = {
    "and": "&", "и": "&", "und": "&", "et": "&", "dr": "doctor", "mr": "mister", "mrs": "missis", "st": "saint",
    "vs": "versus", "др": "доктор",
}  # fmt: skip

# One Latin spelling for the many ways Russian is romanised; the reader folds both sides (ISO 9, BGN, GOST, passports).
_ROMANISED = str.maketrans(
    {"а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "i", "к": "k",
     "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh",
     "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "iu", "я": "ia"}
)  # fmt: skip
_SOUND_RULES = (
    ("shch", "s"), ("sch", "s"), ("tch", "c"), ("sh", "s"), ("zh", "z"), ("kh", "h"), ("ch", "c"), ("ts", "c"),
    ("ck", "k"), ("ph", "f"), ("ya", "a"), ("ia", "a"), ("ja", "a"), ("yu", "u"), ("iu", "u"), ("ju", "u"),
    ("yo", "e"), ("jo", "e"), ("io", "e"), ("ye", "e"), ("je", "e"), ("ie", "e"), ("iy", "i"), ("yj", "i"), ("ij", "i"),
    ("yi", "i"), ("w", "v"), ("q", "k"), ("x", "ks"), ("y", "i"), ("j", "i"),
)  # fmt: skip


def fold(text: str) -> str:
    """Lower-case words parted by single spaces: "«WALL·E», 2008" → "wall e 2008"."""
    return " ".join(words(text))


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The folded words of a text, in order. Keeps "&" and "+" as words."""
    plain = text.lower().translate(_SYMBOLS)
    if not plain.isascii():
        # й is a letter of its own, not и with a mark.
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", plain).replace("й", "\ue000"))
        plain = "".join(c for c in plain if not unicodedata.combining(c)).replace("\ue000", "й")
        plain = plain.lower().translate(_SYMBOLS)  # ǿ has become ø only now
    return tuple(_WORD.findall(plain))


def is_cyrillic(text: str) -> bool:
    """Whether the text has Cyrillic letters."""
    return bool(_CYRILLIC.search(text))


def is_latin(text: str) -> bool:
    """Whether the text has Latin letters."""
    return bool(_LATIN.search(text))


def natural_order(title: str) -> str:
    """ "Matrix, The" → "The Matrix"."""
    found = _TRAILING_ARTICLE.search(title)
    if not found:
        return title
    article = found[1]
    return f"{article}{'' if article[-1] in _APOSTROPHES else ' '}{title[: found.start()]}"


def title_words(title: str) -> tuple[str, ...]:
    """Folded words without articles at either end and with one way of writing numbers, parts and "and"."""
    found = [_SAME.get(word, word) for word in words(natural_order(title.strip()))]
    if len(found) > 1 and found[0] in _LEADING_ARTICLES:
        found = found[1:]
    if not any(len(word) == 1 and word not in ("a", "&") for word in found):  # in M*A*S*H no article
        found = [word for word in found if word not in _ENGLISH_ARTICLES] or found
    numbered: list[str] = []
    for place, word in enumerate(found):
        number = _ROMAN.get(word) or _NUMBER_WORDS.get(word)
        if place and word in _ROMAN_LETTER and (word != "i" or found[place - 1] in PART_WORDS):
            number = _ROMAN_LETTER[word]
        if (number or word.isdigit()) and numbered and numbered[-1] in PART_WORDS and len(numbered) > 1:
            numbered.pop()
        numbered.append(number or word)
    return tuple(numbered)


def title_key(title: str) -> str:
    """What two writings of one title have in common: "Matrix, The", "the MATRIX" and "«The Matrix»" → "matrix"."""
    return "".join(title_words(title))


def sound_key(title: str) -> str:
    """A title key in Latin letters in which the usual romanisations of Russian fall together: "Брат" → "brat"."""
    return sound_of(title_key(title))


@lru_cache(maxsize=65_536)
def sound_of(word: str) -> str:
    """Folded letters as `sound_key` writes them."""
    text = word.translate(_ROMANISED)
    for spelling, sound in _SOUND_RULES:
        text = text.replace(spelling, sound)
    return re.sub(r"(.)\1+", r"\1", text)
