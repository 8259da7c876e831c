"""Which film a title means. "No match" beats a wrong match.

The order of trust: the same title key (any name of the film), with a year that agrees within one; then a title a letter
or two away, with the same numbers and a year that agrees. A year that disagrees refuses. What two films answer equally
well, neither is.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from chalicelib.catalog.folding import is_latin, sound_key, title_key
from chalicelib.catalog.mentions import Mention, Reading, readings_of
from chalicelib.catalog.model import Film
from chalicelib.catalog.names import forms_of, names_of
from chalicelib.catalog.port import Catalog

YEARS_APART_MAX = 1  # first nights differ by country: Oldboy is of 2003 and of 2002
type How = Literal["title", "sound", "typo", "none", "ambiguous"]


class Match(msgspec.Struct, frozen=True):
    """The film meant, or None and whether that is for want of a film or for too many (`ambiguous`, in `others`)."""

    film: Film | None
    how: How
    others: tuple[Film, ...] = ()


NO_MATCH = Match(None, "none")


def match_title(catalog: Catalog, text: str, year: int | None = None) -> Match:
    """The film that `text` means, as people and language models write titles; `year` may be off by one or unknown."""
    return match_titles(catalog, [Mention(text, year)])[0]


def match_titles(catalog: Catalog, mentions: Sequence[Mention]) -> list[Match]:
    """`match_title` for many mentions in two round trips to the catalogue, a match a mention in order."""
    readings = [readings_of(mention) for mention in mentions]
    matches = _round(catalog, readings, exact=True)
    open_places = [place for place, match in enumerate(matches) if match.film is None and match.how == "none"]
    if open_places:
        second = _round(catalog, [readings[place] for place in open_places], exact=False)
        for place, match in zip(open_places, second, strict=True):
            matches[place] = match
    return matches


def _round(catalog: Catalog, readings: Sequence[Sequence[Reading]], *, exact: bool) -> list[Match]:
    titles = list(dict.fromkeys(reading.title for of_one in readings for reading in of_one))
    found = dict(zip(titles, catalog.find_by_titles(titles, exact=exact), strict=True))
    return [decide([(reading, found[reading.title]) for reading in of_one], exact=exact) for of_one in readings]


def decide(retrieved: Sequence[tuple[Reading, Sequence[Film]]], *, exact: bool) -> Match:
    """The first reading that means exactly one film wins."""
    unsure = NO_MATCH
    for reading, films in retrieved:
        match = _exactly(reading, films) if exact else _nearly(reading, films)
        if match.film is not None:
            return match
        if match.how == "ambiguous" and unsure.how == "none":
            unsure = match
    return unsure


def _exactly(reading: Reading, films: Sequence[Film]) -> Match:
    key = title_key(reading.title)
    titled = [film for film in films if key in _keys(film)]
    agreeing = [film for film in titled if year_agrees(film, reading.year)]
    if agreeing:
        return _only(agreeing, reading, "title")
    if titled or reading.year is None or not is_latin(reading.title):
        return NO_MATCH
    sound = sound_key(reading.title)
    sounding = [film for film in films if year_agrees(film, reading.year) and sound in _sounds(film)]
    return _only(sounding, reading, "sound") if sounding else NO_MATCH


def _nearly(reading: Reading, films: Sequence[Film]) -> Match:
    from chalicelib.catalog.nearness import is_typo_of

    near = [
        film
        for film in films
        if year_agrees(film, reading.year)
        and any(is_typo_of(reading.title, form, year_known=reading.year is not None) for form in _forms(film))
    ]
    return _only(near, reading, "typo") if near else NO_MATCH


def year_agrees(film: Film, year: int | None) -> bool:
    """Whether the film may be of that year; an unknown year says nothing."""
    return year is None or film.year is None or abs(film.year - year) <= YEARS_APART_MAX


def _only(films: Sequence[Film], reading: Reading, how: How) -> Match:
    """The one film, or the one of exactly that year among several."""
    if len(films) == 1:
        return Match(films[0], how)
    same_year = [film for film in films if film.year == reading.year]
    return Match(same_year[0], how) if len(same_year) == 1 else Match(None, "ambiguous", tuple(films))


def _forms(film: Film) -> list[str]:
    return [form for name in names_of(film) for form in forms_of(name)]


def _keys(film: Film) -> set[str]:
    return {title_key(form) for form in _forms(film)}


def _sounds(film: Film) -> set[str]:
    return {sound_key(form) for form in _forms(film)}
