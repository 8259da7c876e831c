"""The texts that turn likes into a model, and their answers' rows. Pure but for reading those texts from the package.

One text each for Athena, Trino and DuckDB; what it reads and gives stands at its beginning. Everybody's likes are read
once, into one row a viewer (`histories`); films, pairs and days are made of that, and the answers of those.
"""

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from chalicelib.feedback.standing import Proof
from chalicelib.recommendations.item_similarity.codec import LearnedFilm

INTERACTIONS = "interactions"
MADE_OF = {
    "histories": (INTERACTIONS,),
    "films": ("histories",),
    "pairs": ("histories", "films"),
    "days": ("histories", "films"),
    "shared": ("histories", "films"),
    "nearest": ("films", "pairs"),
}
"""Tables between the likes and the answers, and what each is made of, in an order in which they can be made."""
_ANSWERS = {
    "neighbours": ("films", "nearest"),
    "together": ("films", "shared", "days"),
    "viewers": ("histories",),
}


class CountedFilm(msgspec.Struct, frozen=True):
    """One row of `together.sql`: partners are more liked films by code, days lie before the newest like of all, which
    was at `newest` (microseconds). `viewed` and `partner_counts`: four for a viewer's like (or two), two for a like and
    another viewing, one for other viewings. `watched` and `shared`, by partner too, count films that were played and of
    which nothing was said, in the same units."""

    film_id: str
    code: int
    likes: int
    viewed: int
    partner_codes: Sequence[int]
    partner_counts: Sequence[int]
    days: Sequence[int]
    day_likes: Sequence[int]
    newest: int = 0
    watched: int = 0
    shared: Sequence[int] = ()


def neighbours_sql(table: str | None = INTERACTIONS, *, held_out: bool = False) -> str:
    """Films whose likes stand near each other. `table`: where likes lie row by row; None: what is made of them is kept
    in the tables of `MADE_OF`. `held_out`: without what the viewers of `viewers_sql` are asked about, and what they
    said after it."""
    return _answer("neighbours", table, held_out=held_out)


def together_sql(table: str | None = INTERACTIONS, *, held_out: bool = False) -> str:
    """How many viewers like two films, and when."""
    return _answer("together", table, held_out=held_out)


def viewers_sql(table: str | None = INTERACTIONS) -> str:
    """The viewers by whom the weights are chosen."""
    return _answer("viewers", table, held_out=False)


def kept_sql(export: str, proof: Proof, now: datetime) -> list[str]:
    """What fills the tables of `MADE_OF`, which are empty before, one after the other: from the export with this id
    (the last part of its ARN), by who is proven now, and from the table of imported files."""
    if not re.fullmatch(r"[\w-]+", export):
        raise ValueError(f"an export is not called {export!r}")
    first_before = proof.first_before(now).astimezone(UTC)
    own = (
        _read("own_words")
        .replace("{export}", export)
        .replace("{first_before}", f"{first_before:%Y-%m-%dT%H:%M:%S.%fZ}")
        .replace("{on_days}", str(proof.on_days))
    )
    statements = [f"INSERT INTO {name}\n{_text(name)}" for name in MADE_OF]
    statements[0] = statements[0].replace(f"FROM {INTERACTIONS}", f"FROM (\n{own}) AS judged")
    return statements


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
            int(row["watched"]), _numbers(row["shared"]),
        )  # fmt: skip


def _answer(name: str, table: str | None, *, held_out: bool) -> str:
    """A text that reads the kept tables, or makes them by itself out of the likes in a table of this name."""
    text = _text(name, held_out=held_out)
    if table is None:
        return text
    needed, left = set[str](), list(_ANSWERS[name])
    while left:
        if (one := left.pop()) not in needed and one != INTERACTIONS:
            needed.add(one)
            left += MADE_OF[one]
    made = ", ".join(f"{one} AS (\n{_text(one)})" for one in MADE_OF if one in needed)
    made = made.replace(f"FROM {INTERACTIONS}", f"FROM {table}")
    code = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    return f"WITH {made}, {code.removeprefix('WITH ')}" if code.startswith("WITH ") else f"WITH {made}\n{code}"


def _text(name: str, *, held_out: bool = False) -> str:
    return (
        _read(name)
        .replace("{viewings}", _read("viewings").rstrip())
        .replace("{kept}", "_kept" if held_out else "")
        .replace("{way}", str(int(held_out)))
    )


def _read(name: str) -> str:
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")


def _numbers(text: str) -> Sequence[int]:
    """8 bytes a number: as Python's own they take 36, and there are millions."""
    inner = text.strip("[] ")
    return array("q", map(int, inner.split(","))) if inner else ()
