"""What an earlier version stored is read by this one: nobody loses a list, a rating or the catalogue by an upgrade."""

import base64
import gzip
import json
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import msgspec
import pytest

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.model import FilmNotFoundError, FilmQuery
from chalicelib.feedback.adapters.store import DynamoFeedbackStore
from chalicelib.feedback.model import Feedback
from chalicelib.recommendations.adapters.store import DynamoRecommendationStore
from chalicelib.recommendations.model import AskState, Pick, StoredFilm, StoredList, StoredReply, Why
from chalicelib.recommendations.stored_formats import packed, unpacked_list
from tests.factories import card, film_with, titles
from tests.tables import table

RELEASED = Path(__file__).parent.parent / "released" / "0.1"
USER = "viewer-of-0-1"
THEN = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
MATRIX, BLADE_RUNNER, NOBODY = film_id_of("tt0133093"), film_id_of("tt0083658"), film_id_of("x1")
EVERYTHING = film_with(
    film_id=MATRIX, source_id="tt0133093", title="The Matrix", title_ru="Матрица", title_en="The Matrix",
    original_title="The Matrix", alternative_titles=("Matrix, The", "Matriisi"), year=1999,
    genres=("Action", "Sci-Fi"), directors=("Lana Wachowski",), actors=("Keanu Reeves",), countries=("US",),
    description="A hacker learns what the world is.", imdb_id="tt0133093", imdb_rating=8.7, imdb_votes=2_000_000,
    audience_rating=8.2, audience_votes=300, poster_url="https://example.org/matrix.jpg",
)  # fmt: skip
NOTHING = film_with(film_id=NOBODY, source_id="x1", title="Nobody Saw It")
LIKED = titles("Blade Runner (1982)", ru="Бегущий по лезвию", en="Blade Runner")
REASON = "Та же тревога, что в «Бегущем по лезвию»."


def put_released(name: str, table_name: str) -> None:
    for row in json.loads((RELEASED / f"{name}.json").read_text(encoding="utf-8")):
        item = {key: {"B": base64.b64decode(value["B"])} if "B" in value else value for key, value in row.items()}
        boto3.client("dynamodb").put_item(TableName=table_name, Item=item)


def place(film: Any, **fields: Any) -> StoredFilm:
    given: dict[str, Any] = {"ground": "content", "because": (), "reason": None, "reason_language": None, "why": None}
    known = {name: getattr(film, name) for name in ("film_id", "year", "genres", "imdb_rating", "imdb_votes")}
    shown = card(film.titles.main, **known, original_title=film.original_title, poster_url=film.poster_url)
    return StoredFilm(card=msgspec.structs.replace(shown, titles=film.titles), **(given | fields))


def test_list_answer_and_state_are_read_when_0_1_wrote_them() -> None:
    with table("RecommendationsTable") as name:
        put_released("recommendations", name)
        store = DynamoRecommendationStore(name, 12_288, 4)
        record = store.read(USER)
        assert record.list_ is not None
        store.publish(USER, msgspec.structs.replace(record.list_, version=2))
        again = store.read_page(USER).list_
    taste_hash = record.list_.taste_hash
    assert record.list_ == StoredList(
        version=1,
        generated_at=THEN,
        read_at=THEN,
        seen_until=THEN - timedelta(seconds=10),
        taste_hash=taste_hash,
        films=(
            place(EVERYTHING, ground="model", because=(BLADE_RUNNER,), reason=REASON, reason_language="ru"),
            place(NOTHING),
        ),
        because_titles={BLADE_RUNNER: LIKED},
    )
    assert record.reply == StoredReply(
        taste_hash=taste_hash,
        replied_at=THEN,
        language="ru",
        prompt_version="v1",
        question_key="k1",
        tokens=900,
        picks=(
            Pick(film_id=MATRIX, reason=REASON),
            Pick(film_id=NOBODY, reason="Никто не видел.", proposed=True),
        ),
    )
    assert record.state == AskState(
        version=1, asked_hash="h", asked_at=THEN, not_before=THEN + timedelta(hours=1), stale_since=THEN,
        day="2026-03-01", asked_on_day=2, cause="length",
    )  # fmt: skip
    assert again == msgspec.structs.replace(record.list_, version=2), "published over the old one, in today's format"


def test_feedback_is_read_when_0_1_wrote_it() -> None:
    with table("FeedbackTable") as name:
        put_released("feedback", name)
        said = DynamoFeedbackStore(name).list_all(USER)
    liked = Feedback(film_id=BLADE_RUNNER, titles=LIKED, year=1982, rating="like", steer="more_like_this",
                     language="en", updated_at=THEN, rated_at=None)  # fmt: skip
    disliked = Feedback(film_id=NOBODY, titles=titles("Nobody Saw It"), year=None, rating="dislike", steer=None,
                        language="ru", updated_at=THEN - timedelta(minutes=1), rated_at=None)  # fmt: skip
    assert said == [liked, disliked]


def test_snapshot_is_read_when_0_1_built_it(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    path.write_bytes(gzip.decompress((RELEASED / "catalog.sqlite.gz").read_bytes()))
    catalog = EmbeddedCatalog(f"sqlite://{path}")
    assert catalog.get_many([MATRIX, NOBODY]) == {MATRIX: EVERYTHING, NOBODY: NOTHING}
    assert catalog.search(FilmQuery(text="матрица")).films == (EVERYTHING,)
    with pytest.raises(FilmNotFoundError):
        catalog.get(BLADE_RUNNER)


@pytest.mark.parametrize("missing", ["poster_url", "genres"])
def test_field_is_unknown_when_the_list_was_stored_before_it_came(missing: str) -> None:
    held = StoredList(version=1, generated_at=THEN, read_at=THEN, seen_until=THEN, taste_hash="t",
                      films=(place(EVERYTHING),), because_titles={})  # fmt: skip
    fields = msgspec.msgpack.decode(zlib.decompress(packed(held)))
    del fields["films"][0]["card"][missing]
    read = unpacked_list(zlib.compress(msgspec.msgpack.encode(fields)), 2).films[0].card
    unknown = {"poster_url": None, "genres": ()}[missing]
    assert read == msgspec.structs.replace(held.films[0].card, **{missing: unknown})


def test_account_of_a_place_is_unknown_when_the_list_was_stored_before_it_came() -> None:
    why = Why(60, 12, 3, 0, kept=91, rose=4, pick=2, promised=True, chance=123)
    held = StoredList(version=1, generated_at=THEN, read_at=THEN, seen_until=THEN, taste_hash="t",
                      films=(place(EVERYTHING, why=why),), because_titles={})  # fmt: skip
    assert unpacked_list(packed(held), 2) == held
    fields = msgspec.msgpack.decode(zlib.decompress(packed(held)))
    fields["films"][0]["why"] = fields["films"][0]["why"][:5]  # a list written before the later numbers came
    shorter = unpacked_list(zlib.compress(msgspec.msgpack.encode(fields)), 2).films[0].why
    assert shorter == Why(60, 12, 3, 0, kept=91)
    del fields["films"][0]["why"]
    assert unpacked_list(zlib.compress(msgspec.msgpack.encode(fields)), 2).films[0].why is None


def test_list_is_refused_when_a_field_that_must_be_known_is_gone() -> None:
    held = StoredList(version=1, generated_at=THEN, read_at=THEN, seen_until=THEN, taste_hash="t",
                      films=(place(EVERYTHING),), because_titles={})  # fmt: skip
    fields = msgspec.msgpack.decode(zlib.decompress(packed(held)))
    del fields["films"][0]["card"]["film_id"]
    with pytest.raises(msgspec.ValidationError, match="film_id"):
        unpacked_list(zlib.compress(msgspec.msgpack.encode(fields)), 2)
