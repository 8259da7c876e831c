"""Feedback as a DynamoDB export has it: every rating with every steer, at times that are awkward to reckon with."""

from collections.abc import Iterator
from itertools import count, product
from typing import Any

TIMES = (
    "2026-03-01T12:00:00.000000Z",
    "2024-02-29T23:59:59.999999Z",  # a leap day's end
    "1999-12-31T00:00:00.000001Z",
    "1970-01-01T00:00:00.000000Z",
    "2025-10-26T02:30:00.123400Z",  # twice in Berlin, once here
    "2026-11-28T08:09:05Z",  # a whole second, as another writer may put it
)


def exported_items() -> list[dict[str, Any]]:
    """Some of them with the time they were rated at, some from before that was kept."""
    return list(_items())


def _items() -> Iterator[dict[str, Any]]:
    numbers = count()
    kinds = product((None, "like", "dislike", "seen"), (None, "more_like_this", "exclude"), TIMES, (None, *TIMES[:2]))
    for rating, steer, updated_at, rated_at in kinds:
        number = next(numbers)
        named = {"rating": rating, "steer": steer, "updated_at": updated_at, "rated_at": rated_at}
        yield {
            "user_id": {"S": f"user-{number % 7}"},
            "film_id": {"S": f"film-{number}"},
            "title": {"S": 'Ёлки: "2"\\ и 1'},
            "year": {"N": "1999"},
            **{name: {"S": value} for name, value in named.items() if value is not None},
        }
