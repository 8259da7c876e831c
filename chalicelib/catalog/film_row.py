"""A film as a source describes it: one row of a file, or the body of `PUT /v1/catalog/films/{source_id}`."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.flat_fields import titles_of
from chalicelib.catalog.model import AgeRating, Film, part_of

type Text = Annotated[str, Meta(max_length=500)]
type Texts = Annotated[tuple[Text, ...], Meta(max_length=100)]
type SourceId = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S")]
type Moment = Annotated[datetime, Meta(tz=True)]  # RFC 3339 wants an offset
type Region = Annotated[str, Meta(pattern=r"^[A-Z]{2}$(?!\n)")]  # ISO 3166-1


class FilmFields(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a source may say of a film, but for what it calls it. Every text has a length: matching is linear in it, and
    nobody's patience is."""

    title: Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\S")]
    title_ru: Text | None = None
    title_en: Text | None = None
    original_title: Text | None = None
    alternative_titles: Texts = ()
    year: Annotated[int, Meta(ge=1870, le=2100)] | None = None
    genres: Texts = ()
    directors: Texts = ()
    actors: Texts = ()
    countries: Texts = ()
    description: Annotated[str, Meta(max_length=10_000)] | None = None
    imdb_id: Annotated[str, Meta(pattern=r"^tt\d{7,10}$(?!\n)")] | None = None
    imdb_rating: Annotated[float, Meta(ge=0, le=10)] | None = None
    imdb_votes: Annotated[int, Meta(ge=0)] | None = None
    audience_rating: Annotated[float, Meta(ge=0, le=10)] | None = None
    audience_votes: Annotated[int, Meta(ge=0)] | None = None
    runtime_minutes: Annotated[int, Meta(ge=1, le=6_000)] | None = None  # a series told as one film is long
    age_rating: AgeRating | None = None
    critics_rating: Annotated[int, Meta(ge=0, le=100)] | None = None
    awards: Texts = ()
    poster_url: Annotated[str, Meta(pattern=r"^https://", max_length=2_000)] | None = None
    available_from: Moment | None = None
    available_until: Moment | None = None
    regions: Annotated[tuple[Region, ...], Meta(max_length=250)] = ()
    added_at: Moment | None = None  # absent: when the catalogue first got it


class Row(FilmFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A film of a file; `id` is the source's own."""

    id: SourceId


def film_of(row: Row) -> Film:
    """The film of a row."""
    return film_called(row.id, row)


def film_called(source_id: str, row: FilmFields) -> Film:
    """The film that its source calls `source_id`."""
    source_id = source_id.strip()
    imdb_id = row.imdb_id or (source_id if source_id.startswith("tt") and source_id[2:].isdigit() else None)
    return part_of(
        Film,
        row,
        film_id=film_id_of(source_id),
        source_id=source_id,
        titles=titles_of(msgspec.structs.asdict(row)),
        imdb_id=imdb_id,
    )
