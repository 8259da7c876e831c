"""Feedback as a DynamoDB export has it: every rating with every steer, at times that are awkward to reckon with; of
proven viewers, and of some who are not by `NOW`."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count, product
from typing import Any

from chalicelib.feedback.standing import Proof

TIMES = (
    "2026-03-01T12:00:00.000000Z",
    "2024-02-29T23:59:59.999999Z",  # a leap day's end
    "1999-12-31T00:00:00.000001Z",
    "1970-01-01T00:00:00.000000Z",
    "2025-10-26T02:30:00.123400Z",  # twice in Berlin, once here
    "2026-11-28T08:09:05Z",  # a whole second, as another writer may put it
)


NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
PROOF = Proof(after_days=7, on_days=3)
PROVEN: dict[str, tuple[tuple[str, bool], ...]] = {
    "confirmed later": (("28T08:00", True), ("28T09:00", False)),
    "for a week, on three days": (("21T12:00", True), ("24T00:00", True), ("27T23:59", True)),
}
UNPROVEN: dict[str, tuple[tuple[str, bool], ...]] = {
    "robot": (("28T08:00", True), ("28T08:01", True), ("28T08:02", True)),
    "for less than a week": (("21T12:01", True), ("24T00:00", True), ("27T23:59", True)),
    "for long, on two days": (("01T00:00", True), ("01T23:59", True), ("27T23:59", True)),
}
"""By viewer: when in November, and whether the account was unconfirmed then."""


def exported_items() -> list[dict[str, Any]]:
    """By viewer, as a table has them; some with the time they were rated at, some from before that was kept."""
    judged = [
        {
            "user_id": {"S": user_id},
            "film_id": {"S": f"film of {user_id} {place}"},
            "rating": {"S": "like"},
            "updated_at": {"S": f"2026-11-{moment}:00.000000Z"},
            **({"unconfirmed": {"S": "1"}} if unconfirmed else {}),
        }
        for user_id, given in (PROVEN | UNPROVEN).items()
        for place, (moment, unconfirmed) in enumerate(given)
    ]
    return sorted([*_items(), *judged], key=lambda item: str(item["user_id"]))


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
