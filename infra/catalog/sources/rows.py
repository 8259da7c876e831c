"""JSON Lines and CSV rows → films, or the reason why not."""

import csv
import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec

from chalicelib.catalog.film_row import Row, film_of
from chalicelib.catalog.model import Film

LIST_COLUMNS = ("alternative_titles", "genres", "directors", "actors", "countries", "awards", "regions")
LIST_SEPARATOR = "|"


class Refusal(NamedTuple):
    """A row that is no film."""

    line: int
    reason: str
    file: str = ""  # where the source has several


_row = msgspec.json.Decoder(Row)


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
