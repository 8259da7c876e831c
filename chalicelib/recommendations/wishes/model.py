"""What a viewer wishes, as plain data."""

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.errors import InvalidInputError

type Kind = Literal[
    "like",
    "unlike",
    "genre",
    "not_genre",
    "person",
    "country",
    "year_from",
    "year_to",
    "max_minutes",
    "age_limit",
    "words",
]

TEXT_CHARACTERS_MAX = 300
WISHES_MAX = 20
NUMBERS: frozenset[str] = frozenset({"year_from", "year_to", "max_minutes", "age_limit"})


class Wish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing wished: years, minutes and ages are numbers, all else is text. `text` are the words it was taken from.

    Genres and countries are called as `typed/kind_words.py` calls them first, several that are alike welcome parted by
    commas; a film is its title and its year in brackets, a person their name as the catalogue writes it.
    """

    kind: Kind
    value: Annotated[str, Meta(max_length=TEXT_CHARACTERS_MAX)] | Annotated[int, Meta(ge=0, le=10_000)]
    text: Annotated[str, Meta(max_length=TEXT_CHARACTERS_MAX)] = ""


type Plan = tuple[Wish, ...]


def texts(plan: Plan, kind: Kind) -> Iterator[str]:
    """The values of the plan's wishes of that kind which is written in words."""
    return (wish.value for wish in plan if wish.kind == kind and isinstance(wish.value, str))


def number(plan: Plan, kind: Kind) -> int | None:
    """The strictest of the plan's wishes of that kind which is a number; None without one."""
    said = [wish.value for wish in plan if wish.kind == kind and isinstance(wish.value, int)]
    return (max if kind == "year_from" else min)(said, default=None)


def names_in(value: str) -> list[str]:
    """What a genre's or country's value names: several that are alike welcome."""
    return [name for part in value.split(",") if (name := part.strip())]


def check(plan: Plan) -> None:
    """Raises `InvalidInputError` for a value that is none of its wish's kind: a plan may come from a client."""
    for wish in plan:
        if isinstance(wish.value, int) != (wish.kind in NUMBERS):
            what = "a number" if wish.kind in NUMBERS else "text"
            raise InvalidInputError(f"The value of {wish.kind} has to be {what}.", "understood")
