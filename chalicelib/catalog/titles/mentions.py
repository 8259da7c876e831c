"""What a mention of a film may mean: each way to read it as a title and a year, the most literal first. Pure.

People and language models write more than the title: a number in a list, quotes, the year, the word "film", the title
in two languages. Each rule takes one such addition away; the rules are tried in every order, a few deep.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from rapidfuzz.distance import OSA

from chalicelib.catalog.titles.aliases import AKA, joined_languages
from chalicelib.catalog.titles.normalize import fold, title_key

READINGS_MAX = 32  # a mention that can be read in more ways is no title
DEPTH_MAX = 5

_NUMBERING = re.compile(r"^\s*(?:[#№]\s*\d{1,4}[.):\s]*|\d{1,3}\s*[.)\]:]\s*|\d{1,3}\s+[-–—]\s+|[-•*–—·]+\s+)(?=\S)")
_YEAR = r"(18[89]\d|19\d\d|20[0-4]\d)"
_BRACKETS_WITH_YEAR = re.compile(rf"[(\[{{]([^()\[\]{{}}]*?)(?<!\d){_YEAR}(?!\d)([^()\[\]{{}}]*)[)\]}}]")
_YEAR_AT_END = re.compile(
    rf"(?:[\s,;/|–—-]+|(?<=[»”\"'])){_YEAR}\s*(?:г(?:од)?а?)?[\s.,;»”\"']*$", re.IGNORECASE
)  # fmt: skip
_ANY_YEAR = re.compile(rf"(?<!\d){_YEAR}(?!\d)")
_YEAR_INSIDE = re.compile(rf"[\s,;]+{_YEAR}\s*(?:г(?:од)?а?\.?)?(?=\s+[-–—/]\s|\s*[,;])", re.IGNORECASE)
_YEAR_AT_START = re.compile(rf"^{_YEAR}(?:\s*г(?:од)?а?\.?)?(?=[\s,;]|$)")
_YEAR_BEFORE = re.compile(rf"^{_YEAR}\s*(?:г(?:од)?а?\.?(?=[\s,:–—-]))?[\s,.:–—-]+(?=\S)", re.IGNORECASE)
_MOVIE_AT_END = re.compile(r"[\s,]+(?:film|movie)$", re.IGNORECASE)
_QUOTED = re.compile(r"[«„“\"]([^«»„“”\"]+)[»“”\"]|^['‘’](.+)['‘’]$")
_BRACKETED = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
_FILM = r"(?:(?:кино|мульт|теле)?фильм|[хкм]\s?[/.]\s?ф\.?|мульт(?:ик)?|аниме|film|movie|motion picture)"
_FILM_BEFORE = re.compile(rf"^\s*(?:the\s+)?{_FILM}(?:\s*[:\-–—]\s*|\s+|(?=[«„“\"]))(?=\S)", re.IGNORECASE)
_ONLY_FILM = re.compile(rf"^\W*{_FILM}\W*$", re.IGNORECASE)
_FILM_BEHIND = re.compile(
    rf"(?:[\s,;:–—-]*[(\[]\s*(?:the\s+)?{_FILM}\s*[)\]]|\s*,\s*{_FILM}|\s+фильм)[\s.!]*$", re.IGNORECASE
)
_THREE_D = re.compile(r"[\s(\[-]+3[dд][)\]]?$", re.IGNORECASE)


TITLE_CHARACTERS_MAX = 500  # as in a row of the catalogue; the longest film title known has 211


class Mention(NamedTuple):
    """A film as somebody wrote it."""

    text: str
    year: int | None = None


class Reading(NamedTuple):
    """One way to understand a mention. `beside`: what stood next to the title as another name of it."""

    title: str
    year: int | None
    beside: tuple[str, ...] = ()


def readings_of(mention: Mention) -> list[Reading]:
    """Every way to read it, each once, the most literal first."""
    found: dict[tuple[str, int | None], Reading] = {}
    seen: set[tuple[str, int | None]] = set()
    text = " ".join(mention.text.split())
    if len(text) > TITLE_CHARACTERS_MAX:  # no title, and the patterns below take longer than its length
        return [Reading(text[:TITLE_CHARACTERS_MAX].strip(), mention.year)]
    layer = [Reading(text, mention.year)]
    for _ in range(DEPTH_MAX):
        deeper = []
        for reading in layer:
            if (reading.title, reading.year) not in seen and len(seen) < READINGS_MAX:
                seen.add((reading.title, reading.year))
                found.setdefault((title_key(reading.title), reading.year), reading)
                deeper += list(_with_one_addition_less(reading))
        layer = deeper
    return [reading for (key, _), reading in found.items() if key and not _ONLY_FILM.match(reading.title)]


def _with_one_addition_less(reading: Reading) -> Iterator[Reading]:
    """The reading with one addition taken away, in each possible way."""
    dated = list(_without_bracketed_year(reading))
    if dated:
        # A year in brackets is never part of the title, and the title alone must not lose it.
        yield from dated
        return
    yield from _without_bare_year(reading)
    yield from _quoted(reading)
    if reading.year is not None and (found := _MOVIE_AT_END.search(reading.title)):
        yield reading._replace(title=_tidy(reading.title[: found.start()]))
    for take_away in _ADDITIONS:
        text = take_away(reading.title)
        if text and text != reading.title:
            yield reading._replace(title=text)
    yield from _split(reading)


def _without_bracketed_year(reading: Reading) -> Iterator[Reading]:
    """ "Матрица (The Matrix, 1999, США)" → of 1999 "Матрица", and "The Matrix" beside it."""
    found = _BRACKETS_WITH_YEAR.search(reading.title)
    if not found:
        return
    rest = _tidy(f"{reading.title[: found.start()]} {reading.title[found.end() :]}")
    year = reading.year if reading.year is not None else int(found[2])
    inner = _tidy(found[1])
    beside = reading.beside + ((inner,) if fold(inner) else ())
    if rest:
        yield Reading(rest, year, beside)
    if before := _tidy(reading.title[: found.start()]):
        yield Reading(before, year, beside)  # "Матрица (1999) – a cult film"
    if fold(inner) and rest:
        yield Reading(inner, year, (*reading.beside, rest))


def _without_bare_year(reading: Reading) -> Iterator[Reading]:
    """ "Матрица, 1999" → "Матрица" of 1999, unless another year is known: "Wonder Woman 1984" is of 2020."""
    text = reading.title
    found = _YEAR_AT_END.search(text) or _YEAR_INSIDE.search(text) or _YEAR_BEFORE.search(text)
    if not found:
        return
    said, rest = int(found[1]), _tidy(text[: found.start()] + text[found.end() :])
    if rest and (reading.year is None or abs(said - reading.year) <= 1):
        yield reading._replace(title=rest, year=reading.year if reading.year is not None else said)


def _quoted(reading: Reading) -> Iterator[Reading]:
    """What stands in quotes; a year outside them stays."""
    found = _QUOTED.search(reading.title)
    if not found:
        return
    outside = reading.title[: found.start()] + " " + reading.title[found.end() :]
    said = _ANY_YEAR.search(outside)
    year = int(said[1]) if said and reading.year is None else reading.year
    yield reading._replace(title=(found[1] or found[2]).strip(), year=year)


def _split(reading: Reading) -> Iterator[Reading]:
    """The names in "A / B", "A (B)" and "Круэлла - Cruella", each beside the others."""
    text = reading.title
    parts: list[str] = []
    year = reading.year
    if " / " in text or " | " in text:
        parts = [part.strip() for part in re.split(r"\s[/|]\s", text)]
        for part in parts:
            begins = _YEAR_AT_START.match(part)
            if begins and year is None:
                year = int(begins[1])
        parts = [part for part in parts if not _YEAR_AT_START.match(part)]
    elif inner := _BRACKETED.findall(text):
        parts = [_tidy(_BRACKETED.sub(" ", text)), *(AKA.sub("", one).strip() for one in inner)]
    else:
        parts = list(joined_languages(text))
    for place, part in enumerate(parts):
        if fold(part):
            others = tuple(other for other in (*parts[:place], *parts[place + 1 :]) if fold(other))
            yield Reading(part, year, reading.beside + others)


def _without_number(text: str) -> str:
    return _NUMBERING.sub("", text).strip()


def _without_film_before(text: str) -> str:
    return _FILM_BEFORE.sub("", text).strip()


def _without_film_behind(text: str) -> str:
    return _FILM_BEHIND.sub("", text).strip()


def _without_three_d(text: str) -> str:
    return _THREE_D.sub("", text).strip()


def _without_mistyped_article(text: str) -> str:
    """ "Teh Cell" → "Cell", "Cell, hte" → "Cell"."""
    first, _, rest = text.partition(" ")
    head, _, last = text.rpartition(", ")
    return rest.strip() if _nearly_the(first) else head.strip() if _nearly_the(last) else ""


def _nearly_the(word: str) -> bool:
    return OSA.distance(word.lower(), "the") == 1


_ADDITIONS: tuple[Callable[[str], str], ...] = (
    _without_number, _without_film_before, _without_film_behind, _without_three_d, _without_mistyped_article,
)  # fmt: skip


def _tidy(text: str) -> str:
    return text.strip(" ,;:-–—/|.\t\n")
