"""How often what was meant comes first, and among the first five, over the judged queries; and whether the catalogue
says so when nothing answers.

Two sets: `judged_queries.csv`, whose results were looked at while the rules were made, and `judged_blind.csv`, written
before (`drawing.py` and by hand). A row says what is meant: a film (`title`, `year`), or all films of a `person`, of
genres (`|` between them) and of `years`; of kind `none` nothing.
"""

import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from chalicelib.catalog.model import Film, FilmQuery
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.titles.aliases import names_of
from chalicelib.catalog.titles.normalize import title_key, words

type Half = Literal["looked_at", "blind"]
HALVES: dict[Half, Path] = {
    "looked_at": Path(__file__).parent / "judged_queries.csv",
    "blind": Path(__file__).parent / "judged_blind.csv",
}
NOTHING = "none"
QUERIES_MIN, AT_5_MIN, SAID_SO_MIN, BLIND_LESS, DOUBTED_MAX = 400, 0.98, 0.95, 0.01, 0.03
STRICT_KINDS = frozenset(["english", "russian", "inflected", "prefix", "transliteration", "remake", "typo", "layout"])
KIND_AT_5_MIN = 0.97
FIRST = 5
FAR = 99


class Judged(NamedTuple):
    """A query as a viewer types it and what is meant by it."""

    kind: str
    query: str
    title: str
    year: int
    person: str
    genres: tuple[str, ...]
    years: tuple[int, int]

    def fits(self, film: Film) -> bool:
        """Whether the film is meant: the one of that title and year, or one of that person, genre and years; or called
        exactly what was typed."""
        if self.title:
            return (film.titles.main, film.year) == (self.title, self.year)
        person = set(words(self.person))
        people = (*film.directors, *film.actors)
        told = not person or any(person <= set(words(one)) for one in people)
        told = told and set(self.genres) <= set(film.genres) and self.years[0] <= (film.year or 0) <= self.years[1]
        return told or any(title_key(name) == title_key(self.query) for name in names_of(film))


class Miss(NamedTuple):
    """A query that did not bring what was meant first, or whose answer claims what it does not hold."""

    judged: Judged
    match: str
    got: tuple[str, ...]


class Verdict(NamedTuple):
    """Success in all and by kind, and the misses. `said_so`: the share of hopeless queries that are said to be so;
    `doubted`: the share of the others that are too."""

    overall: dict[str, float]
    by_kind: dict[str, dict[str, float]]
    misses: list[Miss]


def judged_queries(half: Half) -> list[Judged]:
    """All of them, over the demo catalogue."""
    with HALVES[half].open(encoding="utf-8", newline="") as file:
        return [_judged(row) for row in csv.DictReader(file)]


def judge(catalog: Catalog, half: Half) -> Verdict:
    """Asks all queries of that half."""
    places: dict[str, list[int]] = defaultdict(list)
    misses, hopeless, doubted = list[Miss](), list[bool](), list[bool]()
    for judged in judged_queries(half):
        page = catalog.search(FilmQuery(text=judged.query, limit=FIRST))
        close = page.match != "all"
        if judged.kind == NOTHING:
            hopeless.append(close)
            good = close
        else:
            place = place_of(judged, page.films)
            places[judged.kind].append(place)
            doubted.append(close)
            good = place == 1 and not close
        if not good:
            got = tuple(f"{film.titles.main} ({film.year})" for film in page.films)
            misses.append(Miss(judged, page.match, got))
    overall = _success([place for some in places.values() for place in some])
    overall |= {"said_so": round(sum(hopeless) / len(hopeless), 4) if hopeless else 1.0, "hopeless": len(hopeless)}
    overall["doubted"] = round(sum(doubted) / len(doubted), 4)
    return Verdict(overall, {kind: _success(some) for kind, some in places.items()}, misses)


def assert_quality(catalog: Catalog) -> None:
    """The bars, the same for every engine: issue 15's over all queries, and hardly less on those nobody had seen."""
    verdicts = {half: judge(catalog, half) for half in HALVES}
    misses = {half: verdict.misses for half, verdict in verdicts.items()}
    assert sum(len(judged_queries(half)) for half in HALVES) >= QUERIES_MIN
    for share, of, least in (("success_at_5", "n", AT_5_MIN), ("said_so", "hopeless", SAID_SO_MIN)):
        overall = [verdict.overall for verdict in verdicts.values()]
        assert sum(one[share] * one[of] for one in overall) / sum(one[of] for one in overall) >= least, misses
        assert verdicts["blind"].overall[share] >= least - BLIND_LESS, misses
    for verdict in verdicts.values():
        assert verdict.overall["doubted"] <= DOUBTED_MAX, misses
        for kind in STRICT_KINDS & verdict.by_kind.keys():
            assert verdict.by_kind[kind]["success_at_5"] >= KIND_AT_5_MIN, misses


def place_of(judged: Judged, films: Sequence[Film]) -> int:
    """Where the film meant stands; where many are meant, 1 if the first five all are, 5 if all but one, else far."""
    fitting = [place for place, film in enumerate(films, 1) if judged.fits(film)]
    if judged.title:
        return fitting[0] if fitting else FAR
    wrong = len(films) - len(fitting)
    return FAR if not fitting or wrong > 1 else FIRST if wrong else 1


def _success(places: list[int]) -> dict[str, float]:
    return {
        "n": len(places),
        "success_at_1": round(sum(place == 1 for place in places) / len(places), 4),
        "success_at_5": round(sum(place <= FIRST for place in places) / len(places), 4),
    }


def _judged(row: dict[str, str]) -> Judged:
    first, _, last = row["years"].partition("-")
    return Judged(
        row["kind"],
        row["query"],
        row["title"],
        int(row["year"] or 0),
        row["person"],
        tuple(genre for genre in row["genre"].split("|") if genre),
        (int(first or 0), int(last or 9999)),
    )
