"""Titles dressed up the way people and language models write them. Seeded: the same input gives the same noise."""

import random
import re
from collections.abc import Callable
from typing import NamedTuple

from chalicelib.catalog.titles.normalize import is_cyrillic, natural_order


class Said(NamedTuple):
    """A mention with its year and what was done to it."""

    text: str
    year: int | None
    noise: str


_ROMAN = {"2": "II", "3": "III", "4": "IV", "5": "V", "6": "VI", "7": "VII", "8": "VIII", "9": "IX"}
_ARABIC = {roman: arabic for arabic, roman in _ROMAN.items()}
_LETTERS = {True: "абвгдежзиклмнопрстуфхцчшщыьэюя", False: "abcdefghijklmnopqrstuvwxyz"}


def _quotes(rng: random.Random, title: str, year: int | None, _: str | None) -> tuple[str, int | None]:
    return rng.choice(["«{}»", '"{}"', "“{}”", "„{}“", "'{}'"]).format(title), year


def _numbering(rng: random.Random, title: str, year: int | None, _: str | None) -> tuple[str, int | None]:
    return rng.choice(["{}. ", "{}) ", "#{} ", "№{} ", "{} - ", "- "]).format(rng.randint(1, 20)) + title, year


def _year_in_text(rng: random.Random, title: str, year: int | None, _: str | None) -> tuple[str, int | None]:
    if year is None:
        return title, None
    form = rng.choice(["{} ({})", "{}, {}", "{} [{}]", "{} {}", "{} ({} г.)", "{} - {}", "{}, {} год"])
    return form.format(title, year), rng.choice([None, None, year])


def _with_original(rng: random.Random, title: str, year: int | None, original: str | None) -> tuple[str, int | None]:
    if not original:
        return title, year
    form = rng.choice(["{} ({})", "{} / {}", "{} [{}]", "{} - {}"])
    text = form.format(*rng.choice([(title, original), (original, title)]))
    return (f"{text}, {year}", None) if year and rng.random() < 0.4 else (text, year)


def _article(rng: random.Random, title: str, year: int | None, _: str | None) -> tuple[str, int | None]:
    found = re.match(r"(the|a|an) (.+)", title, re.IGNORECASE)
    if not found:
        return (f"The {title}" if not is_cyrillic(title) and rng.random() < 0.5 else title), year
    return rng.choice([f"{found[2]}, {found[1]}", found[2]]), year


def _numerals(_: random.Random, title: str, year: int | None, __: str | None) -> tuple[str, int | None]:
    swapped = " ".join(_ARABIC.get(word, _ROMAN.get(word, word)) for word in title.split(" ")[1:])
    return (f"{title.split(' ')[0]} {swapped}" if swapped else title), year


def _typo(rng: random.Random, title: str, year: int | None, _: str | None) -> tuple[str, int | None]:
    places = [i for i, letter in enumerate(title) if letter.isalpha()]
    if len(places) < 5:
        return title, year
    i = rng.choice(places)
    letter = rng.choice(_LETTERS[is_cyrillic(title[i])])
    kinds: list[Callable[[], str]] = [
        lambda: title[:i] + title[i + 1 :],
        lambda: title[:i] + letter + title[i + 1 :],
        lambda: title[:i] + letter + title[i:],
        lambda: title[:i] + title[i + 1 : i + 2] + title[i] + title[i + 2 :],
    ]
    return rng.choice(kinds)(), year


def _case(rng: random.Random, title: str, year: int | None, _: str | None) -> tuple[str, int | None]:
    return rng.choice([title.upper(), title.lower(), title.title(), title.replace("ё", "е").replace("Ё", "Е")]), year


def _word_film(rng: random.Random, title: str, year: int | None, _: str | None) -> tuple[str, int | None]:
    forms = ["фильм {}", "фильм «{}»", "Фильм: {}", "{} (фильм)", "к/ф «{}»", "х/ф {}"]
    if not is_cyrillic(title):
        forms = ["film {}", "the film {}", "movie: {}", "{} (film)", "{} (movie)", "the movie “{}”", "фильм {}"]
    return rng.choice(forms).format(title), year


def _year_off(rng: random.Random, title: str, year: int | None, _: str | None) -> tuple[str, int | None]:
    return title, (year + rng.choice([-1, 1]) if year else None)


def _year_missing(_: random.Random, title: str, __: int | None, ___: str | None) -> tuple[str, int | None]:
    return title, None


def _punctuation(rng: random.Random, title: str, year: int | None, _: str | None) -> tuple[str, int | None]:
    swaps = [(":", " -"), (": ", ". "), ("-", " "), ("&", "and"), (" and ", " & "), ("'", "’"), ("'", ""), ("...", "…")]
    old, new = rng.choice([swap for swap in swaps if swap[0] in title] or [("", "")])
    return (title.replace(old, new) if old else title + rng.choice([".", "!", ""])), year


_KINDS = {
    "quotes": _quotes, "numbering": _numbering, "year_in_text": _year_in_text, "with_original": _with_original,
    "article": _article, "numerals": _numerals, "typo": _typo, "case": _case, "word_film": _word_film,
    "year_off": _year_off, "year_missing": _year_missing, "punctuation": _punctuation,
}  # fmt: skip
# Applied in this order when two are combined: inner dress first.
_INNER = ("typo", "article", "numerals", "case", "punctuation", "year_off")


def dress_up(rng: random.Random, title: str, year: int | None, original: str | None, *, keep_year: bool) -> Said:
    """The mention with one or two kinds of noise. `keep_year`: the year stays somewhere (a namesake cannot be told
    apart without it), and is not moved."""
    kinds = [kind for kind in _KINDS if not (keep_year and kind in ("year_off", "year_missing"))]
    chosen = [rng.choice(kinds)]
    if rng.random() < 0.35 and chosen[0] not in ("year_missing",):
        second = rng.choice([kind for kind in kinds if kind != chosen[0]])
        chosen = sorted([chosen[0], second], key=lambda kind: kind not in _INNER)
    text, said_year = natural_order(title), year
    for kind in chosen:
        text, said_year = _KINDS[kind](rng, text, said_year, original)
    return Said(text, said_year, "+".join(chosen))
