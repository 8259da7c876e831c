"""How often the film meant comes first, and among the first five, over the judged queries."""

import csv
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from chalicelib.catalog.model import FilmQuery
from chalicelib.catalog.port import Catalog

QUERIES = Path(__file__).parent / "judged_queries.csv"


class Judged(NamedTuple):
    """A query as a viewer types it and the film meant."""

    kind: str
    query: str
    title: str
    year: int


class Miss(NamedTuple):
    """A query that did not bring its film first."""

    judged: Judged
    got: tuple[str, ...]


def judged_queries() -> list[Judged]:
    """All of them, over the demo catalogue."""
    with QUERIES.open(encoding="utf-8", newline="") as file:
        return [Judged(row["kind"], row["query"], row["title"], int(row["year"])) for row in csv.DictReader(file)]


def judge(catalog: Catalog) -> tuple[dict[str, float], dict[str, dict[str, float]], list[Miss]]:
    """Success at 1 and at 5 in all and by kind, and the misses."""
    places: dict[str, list[int]] = defaultdict(list)
    misses = []
    for judged in judged_queries():
        films = catalog.search(FilmQuery(text=judged.query, limit=5)).films
        found = [
            place for place, film in enumerate(films, 1) if (film.titles.main, film.year) == (judged.title, judged.year)
        ]
        places[judged.kind].append(found[0] if found else 99)
        if not found or found[0] > 1:
            misses.append(Miss(judged, tuple(f"{film.titles.main} ({film.year})" for film in films)))
    everything = [place for some in places.values() for place in some]
    return _success(everything), {kind: _success(some) for kind, some in places.items()}, misses


def _success(places: list[int]) -> dict[str, float]:
    return {
        "n": len(places),
        "success_at_1": round(sum(place == 1 for place in places) / len(places), 4),
        "success_at_5": round(sum(place <= 5 for place in places) / len(places), 4),
    }
