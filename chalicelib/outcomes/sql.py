"""The package's statements: SQL in files, the same text for Athena, Trino and DuckDB, with days and names put in."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path

DAY = timedelta(days=1)


def statement(file: str, first: date, last: date, **names: str) -> str:
    """The file of that name (`cells`, `experiments/trial`) for these days, `{first}` to `{last}` and `{next_day}` after
    them, with what else it calls by a name in braces."""
    text = _text(file)
    values = {"first": first.isoformat(), "last": last.isoformat(), "next_day": (last + DAY).isoformat()}
    for key, value in (values | names).items():
        text = text.replace(f"{{{key}}}", value)
    return text


@cache
def _text(file: str) -> str:
    return (Path(__file__).parent / f"{file}.sql").read_text(encoding="utf-8")
