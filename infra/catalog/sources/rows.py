"""JSON Lines and CSV rows → films, or the reason why not."""

import csv
import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.flat_fields import titles_of
from chalicelib.catalog.model import Film, part_of

LIST_COLUMNS = ("alternative_titles", "genres", "directors", "actors", "countries", "awards")
LIST_SEPARATOR = "|"

type Text = Annotated[str, Meta(max_length=500)]
type Texts = Annotated[tuple[Text, ...], Meta(max_length=100)]


class Refusal(NamedTuple):
    """A row that is no film."""

    line: int
    reason: str
    file: str = ""  # where the source has several


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a source may say of a film; `id` is the source's own."""

    id: Annotated[str, Meta(min_length=1, max_length=100)]
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
    imdb_id: Annotated[str, Meta(pattern=r"^tt\d{7,10}$")] | None = None
    imdb_rating: Annotated[float, Meta(ge=0, le=10)] | None = None
    imdb_votes: Annotated[int, Meta(ge=0)] | None = None
    audience_rating: Annotated[float, Meta(ge=0, le=10)] | None = None
    audience_votes: Annotated[int, Meta(ge=0)] | None = None
    runtime_minutes: Annotated[int, Meta(ge=1, le=6_000)] | None = None  # a series told as one film is long
    age_rating: Literal[0, 6, 12, 16, 18] | None = None
    critics_rating: Annotated[int, Meta(ge=0, le=100)] | None = None
    awards: Texts = ()
    poster_url: Annotated[str, Meta(pattern=r"^https://", max_length=2_000)] | None = None


_row = msgspec.json.Decoder(Row)


def film_of(row: Row) -> Film:
    """The film a row describes."""
    imdb_id = row.imdb_id or (row.id if row.id.startswith("tt") and row.id[2:].isdigit() else None)
    return part_of(
        Film,
        row,
        film_id=film_id_of(row.id),
        source_id=row.id.strip(),
        titles=titles_of(msgspec.structs.asdict(row)),
        imdb_id=imdb_id,
    )


def opened(path: Path) -> IO[str]:
    """The file as text, unpacked if it is gzip."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def read_jsonl(path: Path) -> Iterator[Film | Refusal]:
    """One JSON object a line."""
    with path.open("rb") as file:
        for line, raw in enumerate(file, 1):
            if raw.strip():
                try:
                    yield film_of(_row.decode(raw))
                except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                    yield Refusal(line, str(error))


def read_csv(path: Path) -> Iterator[Film | Refusal]:
    """A header and one film a row; lists are separated by "|", an empty field is unknown."""
    with opened(path) as file:
        reader = csv.DictReader(file)
        for row in reader:
            try:
                yield film_of(msgspec.convert(_values(row), Row, strict=False))
            except msgspec.ValidationError as error:
                yield Refusal(reader.line_num, str(error))


def _values(row: Mapping[Any, Any]) -> dict[str, object]:
    if None in row:
        raise msgspec.ValidationError("more fields than the header")
    return {
        name: tuple(value.split(LIST_SEPARATOR)) if name in LIST_COLUMNS else value
        for name, value in row.items()
        if value
    }
