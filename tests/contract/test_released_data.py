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

from chalicelib.auth.adapters.store import DynamoAccountStore, DynamoSessionStore
from chalicelib.auth.model import Account
from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.model import FilmNotFoundError, FilmQuery, without_description
from chalicelib.feedback.adapters.store import DynamoFeedbackStore
from chalicelib.feedback.model import Feedback
from chalicelib.recommendations.adapters.store import DynamoRecommendationStore
from chalicelib.recommendations.item_similarity.adapters.store import DynamoItemSimilarity
from chalicelib.recommendations.llm.adapters.store import DynamoBudget
from chalicelib.recommendations.llm.budget import DayLedger
from chalicelib.recommendations.model import AskState, Pick, StoredFilm, StoredList, StoredReply, Why
from chalicelib.recommendations.stored_formats import packed, unpacked_list
from tests.aws import aws_in_memory
from tests.factories import card, film_with, titles
from tests.tables import table

RELEASED = Path(__file__).parent.parent / "released"
USER, LATER_USER = "viewer-of-0-1", "viewer-of-0-2"
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


def put_released(version: str, name: str, table_name: str) -> None:
    for row in json.loads((RELEASED / version / f"{name}.json").read_text(encoding="utf-8")):
        item = {key: {"B": base64.b64decode(value["B"])} if "B" in value else value for key, value in row.items()}
        boto3.client("dynamodb").put_item(TableName=table_name, Item=item)


def place(film: Any, **fields: Any) -> StoredFilm:
    given: dict[str, Any] = {"ground": "content", "because": (), "reason": None, "reason_language": None, "why": None}
    known = {name: getattr(film, name) for name in ("film_id", "year", "genres", "imdb_rating", "imdb_votes")}
    shown = card(film.titles.main, **known, original_title=film.original_title, poster_url=film.poster_url)
    return StoredFilm(card=msgspec.structs.replace(shown, titles=film.titles), **(given | fields))


def test_list_answer_and_state_are_read_when_0_1_wrote_them() -> None:
    with table("RecommendationsTable") as name:
        put_released("0.1", "recommendations", name)
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
        put_released("0.1", "feedback", name)
        said = DynamoFeedbackStore(name).list_all(USER)
    liked = Feedback(film_id=BLADE_RUNNER, titles=LIKED, year=1982, rating="like", steer="more_like_this",
                     language="en", updated_at=THEN, rated_at=None)  # fmt: skip
    disliked = Feedback(film_id=NOBODY, titles=titles("Nobody Saw It"), year=None, rating="dislike", steer=None,
                        language="ru", updated_at=THEN - timedelta(minutes=1), rated_at=None)  # fmt: skip
    assert said == [liked, disliked]


def test_list_answer_and_state_are_read_when_0_2_wrote_them() -> None:
    with table("RecommendationsTable") as name:
        put_released("0.2", "recommendations", name)
        store = DynamoRecommendationStore(name, 12_288, 4)
        record, asked = store.read(LATER_USER), store.read("asked-by-0-2").state
        waiting = list(store.list_waiting(THEN + timedelta(hours=2), 10))
        stored = store.put_state(LATER_USER, msgspec.structs.replace(record.state, cause=""), replaces=record.state)
    assert record.list_ == StoredList(
        version=1,
        generated_at=THEN,
        read_at=THEN,
        seen_until=THEN - timedelta(seconds=10),
        taste_hash="taste-of-0-2",
        films=(
            place(EVERYTHING, ground="model", because=(BLADE_RUNNER,), reason=REASON, reason_language="ru"),
            place(NOTHING, ground="neighbour", because=(BLADE_RUNNER,)),
        ),
        because_titles={BLADE_RUNNER: LIKED},
    )
    assert record.reply == StoredReply(
        taste_hash="taste-of-0-2",
        replied_at=THEN,
        language="ru",
        prompt_version="v1",
        question_key="k1",
        tokens=900,
        picks=(Pick(film_id=MATRIX, reason=REASON), Pick(film_id=NOBODY, reason="Никто не видел.", proposed=True)),
    )
    assert record.state == AskState(
        version=1, asked_hash="h", asked_at=THEN, not_before=THEN + timedelta(hours=1), question_key="k2",
        question_hash="h2", stale_since=THEN, refresh_requested_at=THEN, day="2026-03-01", asked_on_day=2,
        cause="length",
    )  # fmt: skip
    assert waiting == [LATER_USER], "who waited when the upgrade came is found"
    assert stored.version == 2
    assert asked.is_open(THEN + timedelta(minutes=14)), "a question on its way is not put twice"
    assert not asked.is_open(THEN + timedelta(minutes=16)), "and is given up for lost in time"


def test_feedback_is_read_when_0_2_wrote_it() -> None:
    with table("FeedbackTable") as name:
        put_released("0.2", "feedback", name)
        said = DynamoFeedbackStore(name).list_all(LATER_USER)
    assert [(one.film_id, one.rating, one.steer, one.year, one.updated_at) for one in said] == [
        (BLADE_RUNNER, "like", "more_like_this", 1982, THEN),
        (NOBODY, "dislike", None, None, THEN - timedelta(minutes=1)),
        (MATRIX, "like", None, 1999, THEN - timedelta(minutes=2)),
    ]
    assert said[0].titles == LIKED


def test_account_and_session_are_read_when_0_2_wrote_them(monkeypatch: pytest.MonkeyPatch) -> None:
    with aws_in_memory(monkeypatch):
        put_released("0.2", "accounts", "AccountsTable")
        put_released("0.2", "sessions", "SessionsTable")
        accounts, sessions = (
            DynamoAccountStore("AccountsTable"),
            DynamoSessionStore("SessionsTable", "AccountsTable"),
        )
        account, session = accounts.find(LATER_USER), sessions.find(LATER_USER, "s1")
        assert accounts.find_user_id("viewer@example.com") == LATER_USER
        assert sessions.is_familiar(LATER_USER, "192.0.2.1", 0)
    assert account == Account(
        user_id=LATER_USER, email="viewer@example.com", name="Алиса", language="en", created_at=THEN,
        password_hash="$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$kept",
    )  # fmt: skip
    assert session is not None
    assert (session.current_hash, session.previous_hash, session.generation, session.epoch) == ("c", "p", 3, 0)
    assert (session.started_at, session.previous_spent_at) == (THEN, THEN)


def test_similar_films_are_read_when_0_2_learned_them() -> None:
    with table("NeighboursTable") as name:
        put_released("0.2", "neighbours", name)
        similar = DynamoItemSimilarity(name)
        known, site = similar.similarities([MATRIX, BLADE_RUNNER, NOBODY]), similar.site()
    assert {film_id: dict(found) for film_id, found in known.near.items()} == {
        MATRIX: {BLADE_RUNNER: pytest.approx(0.9, abs=1e-4), NOBODY: pytest.approx(0.1, abs=1e-4)},
        BLADE_RUNNER: {MATRIX: pytest.approx(0.9, abs=1e-4)},
    }
    assert site is None, "no weights of the site before the next night"


def test_ledger_goes_on_when_0_2_began_it() -> None:
    with table("BudgetTable") as name:
        put_released("0.2", "budget", name)
        budget = DynamoBudget(name, 10_000, 1_000)
        assert budget.ledger(THEN) == DayLedger(tokens=2100)
        assert not budget.settle("k1", 1), "settled by 0.2, once and for all"
        assert budget.settle("k2", 700), "reserved by 0.2, on its way when the upgrade came"
        assert budget.ledger(THEN) == DayLedger(tokens=1600)


@pytest.mark.parametrize("version", ["0.1", "0.2"])
def test_snapshot_is_read_when_an_earlier_version_built_it(version: str, tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    path.write_bytes(gzip.decompress((RELEASED / version / "catalog.sqlite.gz").read_bytes()))
    catalog = EmbeddedCatalog(f"sqlite://{path}")
    assert (catalog.get(MATRIX), catalog.get(NOBODY)) == (EVERYTHING, NOTHING)
    listed = without_description(EVERYTHING)
    assert catalog.get_many([MATRIX, NOBODY]) == {MATRIX: listed, NOBODY: NOTHING}
    for text in ("матрица", "vfnhbwf", "матрцу", "keanu reeves", "фантастика 1999"):
        assert catalog.search(FilmQuery(text=text)).films == (listed,), text
    assert catalog.search(FilmQuery(text="киану ривз")).match == "close", "0.1 does not know how people sound"
    changed = msgspec.structs.replace(EVERYTHING, awards=("Oscar",), description="He learns it anew.")
    catalog.upsert([changed])
    assert catalog.get(MATRIX) == changed
    assert catalog.search(FilmQuery(text="vfnhbwf")).films[0].awards == ("Oscar",)
    catalog.replace_all([EVERYTHING, NOTHING])
    assert catalog.search(FilmQuery(text="киану ривз")).films == (listed,)
    assert catalog.get(MATRIX) == EVERYTHING
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
