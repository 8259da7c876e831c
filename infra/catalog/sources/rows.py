"""JSON Lines and CSV rows → films, or the reason why not."""

import csv
import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec

from chalicelib.catalog.film_row import Row, film_of
from chalicelib.catalog.model import Film
from infra.catalog.sources.table_file import TableFile

LIST_COLUMNS = ("alternative_titles", "genres", "directors", "actors", "countries", "awards", "regions")
LIST_SEPARATOR = "|"
NEEDED_COLUMNS = ("id", "title")
FRACTIONS = ("imdb_rating", "audience_rating")  # Russian spreadsheets write 8,1


class SourceRefusedError(Exception):
    """The source cannot be loaded; the catalogue stays as it was. The text is for the operator."""


class IgnoredColumns(NamedTuple):
    """Columns of a file that say nothing of a film."""

    names: tuple[str, ...]


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
            text = raw.removeprefix(b"\xef\xbb\xbf") if line == 1 else raw
            if text.strip():
                try:
                    yield film_of(_row.decode(text))
                except UnicodeDecodeError:
                    yield Refusal(line, "it is not written in UTF-8")
                except msgspec.MsgspecError as error:
                    yield Refusal(line, str(error))


def read_csv(path: Path) -> Iterator[Film | Refusal | IgnoredColumns]:
    """A header and one film a row; lists are separated by "|", an empty field is unknown. Columns that no film has are
    named and left out.

    Raises:
        SourceRefusedError: the file is no table of films.
    """
    table = TableFile.found(path)
    with table.opened() as file:
        reader = csv.DictReader(file, delimiter=table.delimiter)
        try:
            reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
            yield from _films(reader)
        except csv.Error as error:
            raise SourceRefusedError(f"{path.name}, line {reader.line_num} is not CSV: {error}") from None


def _films(reader: "csv.DictReader[str]") -> Iterator[Film | Refusal | IgnoredColumns]:
    columns = [str(name) for name in reader.fieldnames or ()]
    missing = [name for name in NEEDED_COLUMNS if name not in columns]
    if missing:
        has = ", ".join(columns) or "none"
        raise SourceRefusedError(f"the file has no column {' and no column '.join(missing)}; its columns are: {has}")
    unknown = tuple(name for name in dict.fromkeys(columns) if name not in Row.__struct_fields__)
    if unknown:
        yield IgnoredColumns(unknown)
    for row in reader:
        try:
            yield film_of(msgspec.convert(_values(row), Row, strict=False))
        except msgspec.ValidationError as error:
            yield Refusal(reader.line_num, str(error))


def _values(row: Mapping[Any, Any]) -> dict[str, object]:
    if None in row:
        raise msgspec.ValidationError("more fields than the header")
    return {name: _value(name, value) for name, value in row.items() if value and name in Row.__struct_fields__}


def _value(name: str, text: str) -> object:
    if name in LIST_COLUMNS:
        return tuple(text.split(LIST_SEPARATOR))
    return text.replace(",", ".") if name in FRACTIONS else text
