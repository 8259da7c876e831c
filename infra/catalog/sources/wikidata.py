"""Wikidata's films of 1940 to 2014, CC0, as the PyPI package `bokeh_sampledata` carries them: `_data/movies.db`.

People, countries, length, US age rating, awards and the critics' score (0 to 100). IMDb ratings and plots are empty.
"""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, NamedTuple

type AgeRating = Literal[0, 6, 12, 16, 18]
OSCAR, OSCAR_NOMINATION = "Oscar", "Oscar nomination"
CAST_SHOWN = 10
REVIEWS_AT_LEAST = 10  # a film that few reviewed still says who plays often
COUNTRIES = {"People's Republic of China": "China", "United States of America": "United States"}
# US marks as Russian law (436-FZ: 0, 6, 12, 16, 18) would read them: PG asks for parents beside younger children, PG-13
# warns below 13, R admits below 17 with a parent only, NC-17 nobody. GP, M and M/PG are what PG was called to 1972.
AGE_OF_MPAA: dict[str, AgeRating] = {
    "G": 0,
    "PG": 6,
    "GP": 6,
    "M": 6,
    "M/PG": 6,
    "PG-13": 12,
    "R": 16,
    "NC-17": 18,
    "X": 18,
}
_SQL = """
    SELECT o.imdbID, o.Title, o.Year, o.Director, o.Cast, o.Country, o.Language, o.Runtime, o.Rating, o.Awards,
           t.Meter, t.Reviews
    FROM omdb o JOIN tomatoes t ON t.ID = o.ID ORDER BY o.ID
"""
_JUNIOR = re.compile(r",\s+([JS]r\.)")
_IMDB_ID = re.compile(r"tt\d{7,10}")


class WikidataFilm(NamedTuple):
    """One film; what is unknown is empty or None. The cast is in the order of how often people play in the table."""

    imdb_id: str | None
    title: str
    year: int
    directors: tuple[str, ...]
    cast: tuple[str, ...]
    countries: tuple[str, ...]
    languages: tuple[str, ...]
    runtime_minutes: int | None
    age_rating: AgeRating | None
    awards: tuple[str, ...]  # OSCAR or OSCAR_NOMINATION: the table's counts are short (8 for Titanic), so none is kept
    critics_rating: int | None  # 0 to 100
    reviews: int


def wikidata_films() -> list[WikidataFilm]:
    """The whole table."""
    with sqlite3.connect(f"file:{_database()}?mode=ro", uri=True) as db:
        rows = db.execute(_SQL).fetchall()
    db.close()
    weights = _fame(rows)
    return [_film(row, weights) for row in rows if row[1] and row[2]]


def _database() -> Path:
    """Without importing the package, which wants pandas and network settings first."""
    found = find_spec("bokeh_sampledata")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("the demo needs the package bokeh_sampledata (requirements/dev.txt)")
    return Path(found.submodule_search_locations[0]) / "_data" / "movies.db"


def _fame(rows: list[tuple[object, ...]]) -> dict[str, float]:
    """How much reviewed a person's films are, each film shared among its cast: Wikidata lists a cast by the alphabet,
    and where it lists few, it lists the leads."""
    fame: defaultdict[str, float] = defaultdict(float)
    for row in rows:
        cast = _names(row[4])
        for name in cast:
            fame[name] += (REVIEWS_AT_LEAST + (_number(row[11]) or 0)) / len(cast)
    return fame


def _film(row: tuple[object, ...], fame: Mapping[str, float]) -> WikidataFilm:
    imdb_id, title, year, directors, cast, countries, languages, runtime, rating, awards, meter, reviews = row
    return WikidataFilm(
        imdb_id=str(imdb_id) if imdb_id and _IMDB_ID.fullmatch(str(imdb_id)) else None,
        title=str(title),
        year=int(str(year)),
        directors=_names(directors),
        cast=tuple(sorted(_names(cast), key=lambda name: -fame[name]))[:CAST_SHOWN],
        countries=tuple(COUNTRIES.get(name, name) for name in _names(countries)),
        languages=_names(languages),
        runtime_minutes=_number(runtime),
        age_rating=AGE_OF_MPAA.get(str(rating)),
        awards=_oscar(str(awards or "")),
        critics_rating=meter if isinstance(meter, int) else None,
        reviews=_number(reviews) or 0,
    )


def _oscar(written: str) -> tuple[str, ...]:
    """ "Won 3 Oscars. Nominated for 3 Oscars." → the Oscar."""
    if "Oscar" not in written:
        return ()
    return (OSCAR if written.startswith("Won") else OSCAR_NOMINATION,)


def _names(written: object) -> tuple[str, ...]:
    names = _JUNIOR.sub(r" \1", str(written or "")).split(", ")
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def _number(value: object) -> int | None:
    return round(value) if isinstance(value, int | float) and value > 0 else None
