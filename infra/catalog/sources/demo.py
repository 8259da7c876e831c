"""The demo catalogue: MovieLens' 9,061 films to 2016 and Soviet and Russian classics, joined from what is free to use.

MovieLens gives titles, genres and what its own viewers thought, Wikidata people, countries, length, age rating, awards
and the critics' score, IMDb's table to 2005 ratings and votes; three tables beside this file hold facts that none of
them has: Russian titles, the Soviet classics and who directed what Wikidata's table lacks. No package is vendored.
"""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from chalicelib.catalog.film_row import Row, film_of
from chalicelib.catalog.model import Film
from chalicelib.catalog.titles.aliases import forms_of
from chalicelib.catalog.titles.normalize import title_key
from infra.catalog.sources.imdb_to_2005 import OldRating, OldRatings
from infra.catalog.sources.movielens import RatedFilm, movielens_films, movielens_ratings
from infra.catalog.sources.soviet import Classic, soviet_classics
from infra.catalog.sources.title_index import TitleIndex
from infra.catalog.sources.wikidata import AgeRating, WikidataFilm, wikidata_films
from infra.catalog.sources.wikidata_join import joined

RUSSIAN_TITLES = Path(__file__).parent / "russian_titles.csv"
DIRECTORS = Path(__file__).parent / "directors.csv"
STARS_TO_TEN = 2  # MovieLens rates 0.5 to 5
RELEASE_YEARS_MAX = 3  # between a Soviet film's making and its showing elsewhere
ENGLISH = "English"

demo_ratings = movielens_ratings

type Told = Mapping[tuple[str, int], str]  # by title key and year


class Known(NamedTuple):
    """A film of MovieLens and what each source knows of it."""

    rated: RatedFilm
    wikidata: WikidataFilm | None
    directors: tuple[str, ...]
    classic: Classic | None
    imdb: OldRating | None
    title_ru: str | None


@cache
def demo_films() -> tuple[Film, ...]:
    """The demo catalogue, most rated first, then the classics that MovieLens lacks."""
    films, ratings, russian = movielens_films(), OldRatings(), _told(RUSSIAN_TITLES, "title_ru")
    wikidata = joined(films, wikidata_films())
    directors = _directors(films, wikidata)
    classics, rest = _classics_among(films, soviet_classics(), directors)
    known = (
        Known(
            film, wikidata.get(film.source_id), directors[film.source_id], (classic := classics.get(film.source_id)),
            _imdb(film, classic, ratings), classic.title_ru if classic else _by_any_name(film, russian),
        )
        for film in films
    )  # fmt: skip
    rows = (*map(_row, known), *(_classic_row(classic, ratings) for classic in rest))
    return tuple(map(film_of, rows))


def _told(path: Path, column: str) -> Told:
    with path.open(encoding="utf-8", newline="") as file:
        return {(title_key(row["title"]), int(row["year"])): row[column] for row in csv.DictReader(file)}


def _directors(films: Sequence[RatedFilm], wikidata: Mapping[str, WikidataFilm]) -> dict[str, tuple[str, ...]]:
    told = _told(DIRECTORS, "directors")
    found: dict[str, tuple[str, ...]] = {}
    for film in films:
        row = wikidata.get(film.source_id)
        written = told.get((title_key(film.names.title), film.year), "")
        found[film.source_id] = (row.directors if row else ()) or tuple(filter(None, written.split("|")))
    return found


def _classics_among(
    films: Sequence[RatedFilm], classics: Sequence[Classic], directed_by: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, Classic], list[Classic]]:
    """The classics that MovieLens has, by its id, and the rest: the same Russian name, or the same English one and a
    director in common ("The Twelve Chairs" is also of Mel Brooks, and MovieLens dates Andrei Rublev by its release)."""
    index = TitleIndex(
        film_of(Row(id=film.source_id, title=film.names.title, alternative_titles=film.names.others, year=film.year))
        for film in films
    )
    by_title: defaultdict[str, list[RatedFilm]] = defaultdict(list)
    for film in films:
        by_title[title_key(film.names.title)].append(film)
    found: dict[str, Classic] = {}
    rest: list[Classic] = []
    for classic in classics:
        match = index.match(tuple(name for name in (classic.imdb_title, classic.title_ru) if name), classic.year)
        same = [match.film.source_id] if match.film else [
            film.source_id for film in by_title[title_key(classic.title_en)]
            if abs(film.year - classic.year) <= RELEASE_YEARS_MAX
            and set(directed_by.get(film.source_id, ())) & set(classic.directors)
        ]  # fmt: skip
        if len(same) == 1 and same[0] not in found:
            found[same[0]] = classic
        else:
            rest.append(classic)
    return found, rest


def _imdb(film: RatedFilm, classic: Classic | None, ratings: OldRatings) -> OldRating | None:
    written = ratings.find_written(classic.imdb_title, classic.year) if classic and classic.imdb_title else None
    return written or ratings.find((film.names.title, *film.names.others), film.year)


def _by_any_name(film: RatedFilm, told: Told) -> str | None:
    keys = [title_key(form) for name in (film.names.title, *film.names.others) for form in forms_of(name)]
    return next((told[key, film.year] for key in keys if (key, film.year) in told), None)


def _row(known: Known) -> Row:
    """The surest source first: what was written down of a classic, Wikidata, IMDb's table."""
    rated, wikidata, directors, classic, imdb, title_ru = known
    names = rated.names
    others = (*names.others, *((classic.title_en,) if classic else ()))
    foreign = wikidata is None or wikidata.languages != (
        ENGLISH,
    )  # else what stands in brackets is another English name
    return Row(
        id=rated.source_id,
        title=names.title,
        title_en=names.title,
        title_ru=title_ru,
        original_title=classic.title_ru if classic else names.original if foreign else None,
        alternative_titles=tuple(dict.fromkeys(other for other in others if other != names.title)),
        year=rated.year,
        genres=rated.genres or (classic.genres if classic else ()),
        directors=(classic.directors if classic else ()) or directors,
        actors=(classic.actors if classic else ()) or (wikidata.cast if wikidata else ()),
        countries=classic.countries if classic else wikidata.countries if wikidata else (),
        imdb_id=wikidata.imdb_id if wikidata else None,
        imdb_rating=imdb.rating if imdb else None,
        imdb_votes=imdb.votes if imdb else None,
        audience_rating=round(rated.mean * STARS_TO_TEN, 2),
        audience_votes=rated.ratings,
        runtime_minutes=(wikidata.runtime_minutes if wikidata else None) or (imdb.minutes if imdb else None),
        age_rating=_age_rating(wikidata, imdb),
        critics_rating=wikidata.critics_rating if wikidata else None,
        awards=wikidata.awards if wikidata else (),
    )


def _age_rating(wikidata: WikidataFilm | None, imdb: OldRating | None) -> AgeRating | None:
    if wikidata and wikidata.age_rating is not None:
        return wikidata.age_rating
    return imdb.age_rating if imdb else None


def _classic_row(classic: Classic, ratings: OldRatings) -> Row:
    imdb = ratings.find_written(classic.imdb_title, classic.year) if classic.imdb_title else None
    return Row(
        id=classic.source_id,
        title=classic.title_ru,
        title_ru=classic.title_ru,
        title_en=classic.title_en,
        alternative_titles=(classic.imdb_title,) if classic.imdb_title else (),
        year=classic.year,
        genres=classic.genres,
        directors=classic.directors,
        actors=classic.actors,
        countries=classic.countries,
        imdb_rating=imdb.rating if imdb else None,
        imdb_votes=imdb.votes if imdb else None,
        runtime_minutes=imdb.minutes if imdb else None,
    )
