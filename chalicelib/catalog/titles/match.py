"""Which film a title means. "No match" beats a wrong match.

The order of trust: the same title key (any name of the film), with a year that agrees within one; then how a Russian
title sounds in Latin letters; then a title some letters away, or a film of a series named with and without its number.
A year that disagrees refuses. What two films answer equally well, neither is.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec
from rapidfuzz import fuzz

from chalicelib.catalog.model import Film
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.titles.aliases import forms_of, names_of
from chalicelib.catalog.titles.fuzzy import (
    FAR,
    differs_in_form,
    is_head_of,
    is_short,
    same_but_numbering,
    same_but_small_words,
    same_subtitle,
    slip_distance,
)
from chalicelib.catalog.titles.mentions import Mention, Reading, readings_of
from chalicelib.catalog.titles.normalize import fold, is_cyrillic, is_latin, natural_order, sound_key, title_key

YEARS_APART_MAX = 1  # first nights differ by country: Oldboy is of 2003 and of 2002
BESIDE_LIKENESS_MIN = 60.0  # below, "A (B)" names a B that is no name of the film A
SOUND_LIKENESS_MIN = 80.0  # "Лимитлесс" is "Limitless" in other letters
type How = Literal["title", "part", "near", "none", "ambiguous"]


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
    undecided = [place for place, match in enumerate(matches) if match.how == "none"]
    if undecided:
        second = _round(catalog, [readings[place] for place in undecided], exact=False)
        for place, match in zip(undecided, second, strict=True):
            matches[place] = match
    return matches


def _round(catalog: Catalog, readings: Sequence[Sequence[Reading]], *, exact: bool) -> list[Match]:
    titles = list(dict.fromkeys(reading.title for of_one in readings for reading in of_one))
    found = dict(zip(titles, catalog.find_by_titles(titles, exact=exact), strict=True))
    return [decide([(reading, found[reading.title]) for reading in of_one], exact=exact) for of_one in readings]


def decide(retrieved: Sequence[tuple[Reading, Sequence[Film]]], *, exact: bool) -> Match:
    """The first reading that means exactly one film wins; without a year, all readings must mean the same."""
    unsure = NO_MATCH
    sure: list[tuple[Reading, Match]] = []
    for reading, films in retrieved:
        match = (_exactly if exact else _nearly)(reading, films)
        if match.film is not None:
            if reading.year is not None:
                return match
            sure.append((reading, match))
        elif match.how == "ambiguous" and unsure.how == "none":
            unsure = match
    if not sure:
        return unsure
    meant = {match.film.film_id: match.film for _, match in sure if match.film}
    literal = sure[0][0] == retrieved[0][0]
    return sure[0][1] if literal or len(meant) == 1 else Match(None, "ambiguous", tuple(meant.values()))


def _exactly(reading: Reading, films: Sequence[Film]) -> Match:
    key = title_key(reading.title)
    titled = [film for film in films if any(key == title_key(form) for form in _forms(film))]
    agreeing = [film for film in titled if year_agrees(film, reading.year) and _beside_agrees(film, reading)]
    if agreeing:
        return _only(agreeing, reading, "title")
    if titled or reading.year is None:
        return NO_MATCH
    return _partly(reading, [film for film in films if year_agrees(film, reading.year)])


def _partly(reading: Reading, films: Sequence[Film]) -> Match:
    """By sound, subtitle or head: each says less than a title, so a year must back it, and a head that very year."""
    sound = sound_key(reading.title) if is_latin(reading.title) and not is_cyrillic(reading.title) else None
    for meant in (
        [film for film in films if sound and any(sound == sound_key(form) for form in _russian_forms(film))],
        [film for film in films if any(same_subtitle(reading.title, form) for form in _forms(film))],
        [film for film in films
         if film.year == reading.year and any(is_head_of(reading.title, form) for form in _forms(film))],
    ):  # fmt: skip
        if meant:
            return _only(meant, reading, "part")
    return NO_MATCH


def _nearly(reading: Reading, films: Sequence[Film]) -> Match:
    """The nearest film of an agreeing year, if it is near enough."""
    possible = [film for film in films if year_agrees(film, reading.year) and _beside_agrees(film, reading)]
    scored = [(_distance(reading, film), film) for film in possible]
    nearest = min((distance for distance, _ in scored), default=FAR)
    if nearest >= FAR:
        return NO_MATCH
    return _only([film for distance, film in scored if distance == nearest], reading, "near")


def _distance(reading: Reading, film: Film) -> int:
    known = reading.year is not None and film.year is not None
    best = FAR
    for form in _forms(film):
        slips = slip_distance(reading.title, form, year_known=known)
        if (
            slips
            and film.year != reading.year
            and (slips > 1 or differs_in_form(reading.title, form) or (known and is_short(form)))
        ):
            slips = FAR  # two reasons for doubt are one too many
        if known and (same_but_numbering(reading.title, form) or same_but_small_words(reading.title, form)):
            slips = min(slips, 1)
        best = min(best, slips)
    return best


def year_agrees(film: Film, year: int | None) -> bool:
    """Whether the film may be of that year; an unknown year says nothing."""
    return year is None or film.year is None or abs(film.year - year) <= YEARS_APART_MAX


def _beside_agrees(film: Film, reading: Reading) -> bool:
    """Whether the other name in "A (B)" may be the film's. Asked only where the very year does not back it: names in a
    third language are common, but so are namesakes."""
    if (reading.year is not None and reading.year == film.year) or not reading.beside:
        return True
    forms = [fold(form) for form in _forms(film)]
    sounds = [sound_key(form) for form in forms]
    for beside in reading.beside:
        if max(fuzz.ratio(sound_key(beside), sound) for sound in sounds) >= SOUND_LIKENESS_MIN:
            return True
        likeness = [fuzz.ratio(fold(beside), form) for form in forms if is_cyrillic(form) == is_cyrillic(beside)]
        if not likeness or max(likeness) >= BESIDE_LIKENESS_MIN:
            return True
    return False


def _only(films: Sequence[Film], reading: Reading, how: How) -> Match:
    """The one film; among several the one of exactly that year, or the one written exactly so ("9", not "Nine")."""
    for left in (films, *_narrowed(films, reading)):
        if len(left) == 1:
            return Match(left[0], how)
    return Match(None, "ambiguous", tuple(films))


def _narrowed(films: Sequence[Film], reading: Reading) -> Iterable[Sequence[Film]]:
    same_year = [film for film in films if film.year == reading.year]
    yield same_year
    for bared in (fold, _bare):
        written = bared(reading.title)
        yield [film for film in same_year or films if any(written == bared(form) for form in _forms(film))]


def _bare(title: str) -> str:
    """The folded title without an article before it, its numbers as written."""
    return fold(natural_order(title)).removeprefix("the ")


def _russian_forms(film: Film) -> list[str]:
    """The forms a romanised title may have been made from, or be itself."""
    return [form for form in _forms(film) if is_cyrillic(form) or is_cyrillic(film.titles.main)]


def _forms(film: Film) -> list[str]:
    return [form for name in names_of(film) for form in forms_of(name)]
