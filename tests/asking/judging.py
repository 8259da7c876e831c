"""Judged requests in a viewer's own words, and how an answer to one is judged by the catalogue's facts.

Columns: the text; its kind; what each film has to meet; films one of which, or kinds that half of the films, are wanted
among the first ten. In both, parts are parted by ";" and alternatives by "/":
`g:` genre, `c:` country, `p:` person, `y:1960-1969` years, `m:` minutes at most, `a:` age at most, `f:` a film ("Title
year"); a minus before a part refuses it.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from chalicelib.catalog.model import Film
from chalicelib.catalog.titles.aliases import names_of

HERE = Path(__file__).parent
FIRST = 10

type Half = Literal["looked_at", "blind", "meant"]
HALVES: tuple[Half, ...] = ("looked_at", "blind")
type Ask = Callable[[str], Sequence[Film]]


class Judged(msgspec.Struct, frozen=True):
    """One request, with what was wanted before anything was tried."""

    text: str
    kind: str
    constraints: tuple[str, ...]
    wanted: tuple[str, ...]


class Verdict(msgspec.Struct, frozen=True):
    """Shares of the requests that have something to keep, or want something."""

    kept: float
    wanted: float
    by_kind: dict[str, tuple[float, float]]
    misses: tuple[tuple[Judged, bool, bool, tuple[str, ...]], ...]


def judged_requests(half: Half) -> list[Judged]:
    """All of that half; `meant` is a set of its own, of films told of in other words than theirs."""
    with (HERE / f"requests_{half}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="|", quoting=csv.QUOTE_NONE))
    return [
        Judged(
            row["text"],
            row["kind"],
            tuple(filter(None, row["constraints"].split(";"))),
            tuple(filter(None, row["wanted"].split(";"))),
        )
        for row in rows
    ]


def judge(ask: Ask, requests: Sequence[Judged]) -> Verdict:
    """A request's constraints are kept when each of its first ten films keeps all of them, and there is one."""
    kept: dict[str, list[bool]] = defaultdict(list)
    wanted: dict[str, list[bool]] = defaultdict(list)
    misses = []
    for one in requests:
        films = list(ask(one.text))[:FIRST]
        keeps = not one.constraints or bool(
            films and all(meets(film, part) for film in films for part in one.constraints)
        )
        gets = not one.wanted or all(_is_got(films, part) for part in one.wanted)
        if one.constraints:
            kept[one.kind].append(keeps)
        if one.wanted:
            wanted[one.kind].append(gets)
        if not (keeps and gets):
            misses.append((one, keeps, gets, tuple(f"{film.titles.main} {film.year}" for film in films)))
    return Verdict(
        _share([hit for hits in kept.values() for hit in hits]),
        _share([hit for hits in wanted.values() for hit in hits]),
        {kind: (_share(kept[kind]), _share(wanted[kind])) for kind in dict.fromkeys((*kept, *wanted))},
        tuple(misses),
    )


def meets(film: Film, part: str) -> bool:
    """Whether the film keeps this part of the constraints."""
    refused, part = part.startswith("-"), part.removeprefix("-")
    kind, _, values = part.partition(":")
    return any(_is(film, kind, value) for value in values.split("/")) != refused


def _is_got(films: Sequence[Film], part: str) -> bool:
    if part.startswith("f:"):
        return any(meets(film, part) for film in films)
    return bool(films) and 2 * sum(meets(film, part) for film in films) >= len(films)


def _is(film: Film, kind: str, value: str) -> bool:
    match kind:
        case "g":
            return value in film.genres
        case "c":
            return value in film.countries
        case "p":
            return value in (*film.directors, *film.actors)
        case "y":
            first, _, last = value.partition("-")
            return film.year is not None and int(first or 0) <= film.year <= int(last or 9999)
        case "m":
            return film.runtime_minutes is not None and film.runtime_minutes <= int(value)
        case "a":
            return film.age_rating is not None and film.age_rating <= int(value)
        case "f":
            title, _, year = value.rpartition(" ")
            return title in (*names_of(film), *film.titles.all()) and film.year == int(year)
    raise ValueError(kind)


def _share(hits: Sequence[bool]) -> float:
    return round(sum(hits) / len(hits), 3) if hits else 1.0
