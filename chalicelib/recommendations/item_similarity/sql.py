"""The text that turns likes into neighbours, and its answer's rows. Pure but for reading that text from the package."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from chalicelib.recommendations.item_similarity.codec import LearnedFilm


def neighbours_sql() -> str:
    """One text for Athena, Trino and DuckDB; what it reads and gives stands at its beginning."""
    return (Path(__file__).parent / "neighbours.sql").read_text(encoding="utf-8")


def learned_films(rows: Iterable[Mapping[str, str]]) -> Iterator[LearnedFilm]:
    """The films of a result as CSV gives it: arrays as "[3, 5]", empty where a film has no neighbours."""
    for row in rows:
        yield LearnedFilm(row["film_id"], int(row["code"]), _numbers(row["neighbour_codes"]), _numbers(row["scores"]))


def _numbers(text: str) -> tuple[int, ...]:
    inner = text.strip("[] ")
    return tuple(map(int, inner.split(","))) if inner else ()
