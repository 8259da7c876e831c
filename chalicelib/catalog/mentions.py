"""What a mention of a film may mean: each way to read it as a title and a year, the most literal first. Pure."""

import re
from typing import NamedTuple

from chalicelib.catalog.folding import fold, title_key
from chalicelib.catalog.names import forms_of

_NUMBERING = re.compile(r"^\s*(?:[#№]\s*\d{1,4}[.):\s]*|\d{1,3}\s*[.)\]:-]\s+|[-•*–—]\s+)")
_YEAR = r"(18[89]\d|19\d\d|20[0-4]\d)"
_YEAR_IN_BRACKETS = re.compile(rf"[(\[{{]\s*(?:г\.?\s*)?{_YEAR}(?:\s*(?:г(?:од)?а?\.?|y\.?|film|фильм))?\s*[)\]}}]")
_YEAR_AT_END = re.compile(rf"[\s,;/|–—-]+{_YEAR}\s*(?:г(?:од)?а?\.?)?\s*$")
_QUOTED = re.compile(r"[«“„\"](.+?)[»”“\"]")
_AFFIXES = re.compile(
    r"^\s*(?:кино|мульт|х/|к/|м/)?(?:фильм|ф|film|movie|the film|the movie)\s*[:\-–—]?\s+|"
    r"[\s,(\[]+(?:кино|мульт)?(?:фильм|film|movie)[)\]]?\s*$",
    re.IGNORECASE,
)


class Mention(NamedTuple):
    """A film as somebody wrote it."""

    text: str
    year: int | None = None


class Reading(NamedTuple):
    """One way to understand a mention."""

    title: str
    year: int | None


def readings_of(mention: Mention) -> list[Reading]:
    """Every way to read it, each once, the most literal first."""
    readings: dict[tuple[str, int | None], Reading] = {}
    for title, year in _dated(mention):
        for text in _bared(title):
            for form in forms_of(text):
                reading = Reading(form, year)
                readings.setdefault((title_key(form), year), reading)
    return [reading for (key, _), reading in readings.items() if key]


def _dated(mention: Mention) -> list[tuple[str, int | None]]:
    """The text as it is, and without a year that it ends with or has in brackets, if that year may be the film's."""
    text, year = mention.text.strip(), mention.year
    dated = [(text, year)]
    for pattern in (_YEAR_IN_BRACKETS, _YEAR_AT_END):
        found = pattern.search(text)
        if found and (rest := (text[: found.start()] + " " + text[found.end() :]).strip(" ,;-–—/|.")):
            said = int(found[1])
            if pattern is _YEAR_IN_BRACKETS:
                dated = [(rest, year if year is not None else said)]
            elif year is None or abs(said - year) <= 1:
                dated.append((rest, year if year is not None else said))
    return dated


def _bared(text: str) -> list[str]:
    """The text as it is, without its number in a list, without "film", and what it has in quotes."""
    bared = [text]
    for strip in (_without_number, _without_affix, _quoted):
        bared += [shorter for one in list(bared) if (shorter := strip(one)) and shorter not in bared]
    return [one for one in bared if fold(one)]


def _without_number(text: str) -> str:
    return _NUMBERING.sub("", text).strip()


def _without_affix(text: str) -> str:
    return _AFFIXES.sub("", text).strip()


def _quoted(text: str) -> str:
    found = _QUOTED.search(text)
    return found[1].strip() if found else ""
