"""The texts that turn likes into a model, and their answers' rows. Pure but for reading those texts from the package.

One text each for Athena, Trino and DuckDB; what it reads and gives stands at its beginning.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from chalicelib.feedback.standing import Proof
from chalicelib.recommendations.item_similarity.codec import LearnedFilm

INTERACTIONS = "interactions"
_ALL = "  SELECT user_id, film_id, liked, rated_at FROM interactions\n"
_HELD_OUT = """  SELECT j.user_id, j.film_id, j.liked, j.rated_at
  FROM interactions j LEFT JOIN (
    SELECT user_id, film_id, rated_at FROM (
      SELECT user_id, film_id, rated_at, row_number() OVER (ORDER BY rated_at DESC, user_id) AS place FROM (
        SELECT user_id, film_id, rated_at,
               row_number() OVER (PARTITION BY user_id ORDER BY rated_at DESC, film_id DESC) AS back,
               count(*) OVER (PARTITION BY user_id) AS n
        FROM interactions WHERE liked = 1
      ) AS likes WHERE back = 2 AND n >= 5
    ) AS second_last WHERE place <= 1000
  ) AS held ON held.user_id = j.user_id
  WHERE held.user_id IS NULL OR j.rated_at < held.rated_at
     OR (j.rated_at = held.rated_at AND j.film_id < held.film_id)
"""


class CountedFilm(msgspec.Struct, frozen=True):
    """One row of `together.sql`: partners are more liked films by code, days lie before the newest like of all, which
    was at `newest` (microseconds). `viewed` and `partner_counts`: four for a viewer's like (or two), two for a like and
    another viewing, one for other viewings."""

    film_id: str
    code: int
    likes: int
    viewed: int
    partner_codes: tuple[int, ...]
    partner_counts: tuple[int, ...]
    days: tuple[int, ...]
    day_likes: tuple[int, ...]
    newest: int = 0


def neighbours_sql(table: str = INTERACTIONS, *, held_out: bool = False) -> str:
    """Likes that stand near each other, of a table of this name. `held_out`: without what the viewers of `viewers_sql`
    are asked about, and what they said after it."""
    return _text("neighbours.sql", table, held_out=held_out)


def together_sql(table: str = INTERACTIONS, *, held_out: bool = False) -> str:
    """How many viewers like two films, and when."""
    return _text("together.sql", table, held_out=held_out)


def viewers_sql(table: str = INTERACTIONS) -> str:
    """The viewers by whom the weights are chosen."""
    return _text("viewers.sql", table, held_out=False)


def gather_sql(export: str, proof: Proof, now: datetime) -> str:
    """Fills the table `gathered` from the export with this id (the last part of its ARN), by who is proven now."""
    if not re.fullmatch(r"[\w-]+", export):
        raise ValueError(f"an export is not called {export!r}")
    text = (Path(__file__).parent / "gather.sql").read_text(encoding="utf-8")
    first_before = proof.first_before(now).astimezone(UTC)
    return (
        text.replace("{export}", export)
        .replace("{first_before}", f"{first_before:%Y-%m-%dT%H:%M:%S.%fZ}")
        .replace("{on_days}", str(proof.on_days))
    )


def learned_films(rows: Iterable[Mapping[str, str]]) -> Iterator[LearnedFilm]:
    """The films of a result as CSV gives it: arrays as "[3, 5]", empty where no film is similar."""
    for row in rows:
        yield LearnedFilm(row["film_id"], int(row["code"]), _numbers(row["similar_codes"]), _numbers(row["scores"]))


def counted_films(rows: Iterable[Mapping[str, str]]) -> Iterator[CountedFilm]:
    """The rows of `together_sql` as CSV gives them."""
    for row in rows:
        yield CountedFilm(
            row["film_id"], int(row["code"]), int(row["likes"]), int(row["viewed"]),
            _numbers(row["others"]), _numbers(row["counts"]),
            _numbers(row["days"]), _numbers(row["day_likes"]), int(row["newest"]),
        )  # fmt: skip


def _text(name: str, table: str, *, held_out: bool) -> str:
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    text = text.replace(_ALL, _HELD_OUT) if held_out else text
    return re.sub(rf"\bFROM {INTERACTIONS}\b", f"FROM {table}", text)


def _numbers(text: str) -> tuple[int, ...]:
    inner = text.strip("[] ")
    return tuple(map(int, inner.split(","))) if inner else ()
