"""Lines of a file: what each says, and what makes no sense of it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.feedback.bulk.rows import BYTES, Reader, RowRefusedError, Word, words_of
from chalicelib.viewer_ids import of_server
from tests.factories import NOW, film_id

GOOD = {"viewer": "v1", "film": "tt1", "at": "2026-02-01T10:00:00Z"}


def word(**fields: Any) -> Word:
    reader = Reader(NOW)
    return reader.word(reader.row(json.dumps(GOOD | fields).encode()), film_id("Alien"), 7)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rating": "like"}, ("like", None, False)),
        ({"rating": "dislike", "value": 1}, ("dislike", None, False)),
        ({"rating": "seen"}, ("seen", None, False)),
        ({"steer": "exclude"}, (None, "exclude", False)),
        ({"steer": "more_like_this", "rating": "like", "value": 0}, ("like", "more_like_this", False)),
        ({"value": 0.8}, ("like", None, True)),
        ({"value": 0.79}, ("seen", None, True)),
        ({"rating": None, "steer": None, "value": None}, ("seen", None, True)),
        ({"saved": True}, (None, None, False)),
        ({"saved": True, "value": 0.9}, ("like", None, True)),
    ],
)
def test_a_row_says_what_the_viewer_said_or_else_what_they_did(fields: dict[str, Any], said: object) -> None:
    one = word(**fields)
    assert (one.rating, one.steer, one.implied) == said
    assert (one.user_id, one.at, one.row) == (of_server("v1"), datetime(2026, 2, 1, 10, tzinfo=UTC), 7)
    assert one.saved == fields.get("saved", False)
    packed = one.packed()
    assert len(packed) == BYTES
    assert list(words_of(packed * 2)) == [one, one]


def test_times_keep_their_microseconds_and_any_zone() -> None:
    at = datetime(2026, 2, 1, 10, 0, 0, 123_457, tzinfo=UTC)
    assert word(at="2026-02-01T13:00:00.123457+03:00").at == at
    assert next(words_of(word(at=at.isoformat()).packed())).at == at


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"at": (NOW + timedelta(days=2)).isoformat()}, "at"),
        ({"at": "1969-12-31T00:00:00Z"}, "at"),
        ({"value": 0}, "value"),
        ({"saved": False}, "saved"),
        ({"viewer": " v"}, "viewer"),
        ({"viewer": "a\nb"}, "viewer"),
        ({"viewer": "вера"}, "viewer"),
    ],
)
def test_values_that_cannot_be_are_refused_by_field(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(RowRefusedError) as refused:
        word(**fields)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "fields",
    [{"viewer": ""}, {"viewer": 5}, {"viewer": "x" * 129}, {"film": ""}, {"rating": "meh"}, {"steer": "up"},
     {"value": 1.1}, {"value": -0.1}, {"at": "yesterday"}, {"at": "2026-02-01T10:00:00"}, {"raiting": "like"}],
)  # fmt: skip
def test_a_row_of_another_shape_is_none(fields: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        word(**fields)
    with pytest.raises(msgspec.ValidationError):
        Reader(NOW).row(b'{"viewer": "v"}')
