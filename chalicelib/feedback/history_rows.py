"""A history as IMDb, Letterboxd, Kinopoisk, Trakt or a viewer's own hand exports it → rows with a rating. Pure."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from chalicelib.catalog.titles.mentions import TITLE_CHARACTERS_MAX
from chalicelib.errors import InvalidInputError, TooLargeError
from chalicelib.feedback.model import Rating

type HistoryFormat = Literal["imdb", "letterboxd", "kinopoisk", "trakt", "plain"]

ROWS_MAX = 300  # api.md: what one request can match and store well within the gateway's 29 s
# Shares of the scale: 7 of 10 and 3½ of 5 stars are liked, 4 of 10 and 2 of 5 disliked; between them the film was seen.
LIKED_FROM, DISLIKED_TO = 0.7, 0.4
NUMBER = r"\d{1,2}([.,]\d+)?"
# IMDb's, Letterboxd's, Trakt's, a viewer's own
DATES = ("date rated", "watched date", "date", "rated_at", "watched_at", "timestamp")
_WORDS: Mapping[str, Rating] = {"like": "like", "dislike": "dislike", "seen": "seen"}
COLUMNS: Mapping[HistoryFormat, tuple[str, ...]] = {
    "imdb": ("const", "your rating", "title", "year"),
    "letterboxd": ("name", "year", "rating"),
    # Kinopoisk's votes.xls is an HTML table; the command hands it over as CSV, with the columns' own names.
    "kinopoisk": ("русскоязычное название", "оригинальное название", "год", "моя оценка"),
    "trakt": ("type", "title", "year", "trakt_id", "imdb_id"),
    "plain": ("title", "year", "rating"),
}
TITLE = {"letterboxd": "name", "kinopoisk": "русскоязычное название"}
ORIGINAL = {"kinopoisk": "оригинальное название"}
YEAR = {"kinopoisk": "год"}
RATING = {"imdb": "your rating", "kinopoisk": "моя оценка"}  # Trakt's watched history has no rating at all
IMDB_ID = {"trakt": "imdb_id"}


class HistoryRow(NamedTuple):
    """One film. `rating` is "seen" where the viewer's number says neither, or there is none."""

    line: int
    title: str
    year: int | None
    rating: Rating
    imdb_id: str | None = None
    original_title: str | None = None
    rated_at: datetime | None = None


def read_history(text: str, kind: HistoryFormat) -> list[HistoryRow]:
    """The rows of an export, by line.

    Raises:
        InvalidInputError: not CSV, a missing column, a year or a rating that is no number, a row without a title.
        TooLargeError: more than 300 rows.
    """
    text = text.removeprefix("\ufeff")
    header = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if header.count(";") > header.count(",") else ",")
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        missing = [name for name in COLUMNS[kind] if name not in map(_column, reader.fieldnames or ())]
        if missing:
            raise InvalidInputError(f"The CSV lacks the column {missing[0]!r} of a {kind} history.", "csv")
        for raw in reader:
            row = {_column(name): (value or "").strip() for name, value in raw.items() if isinstance(name, str)
                   and not isinstance(value, list)}  # fmt: skip
            if any(row.values()) and not (kind == "trakt" and row["type"] != "movie"):  # else a series' episode
                rows.append((reader.line_num, row))
            if len(rows) > ROWS_MAX:
                raise TooLargeError(f"At most {ROWS_MAX} rows at once; split the file.")
    except csv.Error as error:
        raise InvalidInputError(f"Line {reader.line_num} is not CSV: {error}.", "csv") from None
    scale = _scale([row for _, row in rows], kind)
    return [_row(line, row, kind, scale) for line, row in rows]


def _scale(rows: Sequence[Mapping[str, str]], kind: HistoryFormat) -> int:
    """The best rating there is. A plain list does not say: without a number over 5 it is taken for five stars."""
    if kind != "plain":
        return 5 if kind == "letterboxd" else 10
    numbers = [float(row["rating"].replace(",", ".")) for row in rows if re.fullmatch(NUMBER, row.get("rating", ""))]
    return 10 if not numbers or max(numbers) > 5 else 5


def _column(name: str | None) -> str:
    return (name or "").strip().lower()


def _row(line: int, row: Mapping[str, str], kind: HistoryFormat, scale: int) -> HistoryRow:
    title, original_title = (
        _title(row[TITLE.get(kind, "title")]),
        _title(row.get(ORIGINAL.get(kind, "original title"), "")),
    )
    title = title or original_title  # Kinopoisk knows no Russian one of some
    if not title:
        raise InvalidInputError(f"Line {line} has no title.", "csv")
    if max(len(title), len(original_title)) > TITLE_CHARACTERS_MAX:
        raise InvalidInputError(f"Line {line}: a title has at most {TITLE_CHARACTERS_MAX} characters.", "csv")
    const = row.get(IMDB_ID.get(kind, "const"), "")
    return HistoryRow(
        line=line,
        title=title,
        year=_year(line, row[YEAR.get(kind, "year")]),
        rating=_rating(line, row.get(RATING.get(kind, "rating"), ""), kind, scale),
        imdb_id=const if re.fullmatch(r"tt\d{7,10}", const) else None,
        original_title=original_title or None,
        rated_at=next((moment for name in DATES if (moment := _moment(row.get(name, "")))), None),
    )


def _title(text: str) -> str:
    """As it was written, unless blanks alone make it longer than any title."""
    return text if len(text) <= TITLE_CHARACTERS_MAX else " ".join(text.split())


def _year(line: int, text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"\d{4}(\s*[–—-]\s*(\d{4}|\.\.\.)?)?", text[:40]):  # a series runs from one year to another
        raise InvalidInputError(f"Line {line}: {text[:20]!r} is no year.", "csv")
    return int(text[:4])


def _moment(text: str) -> datetime | None:
    """A day, a moment, or seconds of the epoch; anything else says nothing."""
    with suppress(ValueError, OverflowError, OSError):
        moment = datetime.fromtimestamp(int(text), UTC) if text.isdecimal() else datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _rating(line: int, text: str, kind: HistoryFormat, scale: int) -> Rating:
    """A number up to `scale`; in plain also "like", "dislike" and "seen"."""
    if not text:
        return "seen"
    if kind == "plain" and (word := _WORDS.get(text.lower())):
        return word
    if not re.fullmatch(NUMBER, text) or (number := float(text.replace(",", "."))) > scale:
        raise InvalidInputError(f"Line {line}: {text[:20]!r} is no rating from 0 to {scale}.", "csv")
    share = number / scale
    return "like" if share >= LIKED_FROM else "dislike" if share <= DISLIKED_TO else "seen"
