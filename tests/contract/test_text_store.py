"""What is known of texts, whatever keeps it: all of it in one request, changed by compare-and-swap, and forgotten."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

import boto3
import msgspec
import pytest

from chalicelib.recommendations.adapters.store import DynamoRecommendationStore
from chalicelib.recommendations.model import AskState, KnownText, StoredPlan, StoredVector, TextQuestions
from chalicelib.recommendations.ports import RecommendationStore, TextStore
from chalicelib.recommendations.wishes.meaning import words_subject
from chalicelib.recommendations.wishes.texts import subject_of
from tests.factories import NOW
from tests.fake_lanes import FakeRecommendationStore, FakeTextStore
from tests.tables import table

SUBJECT = subject_of("грустное")
PLAN = StoredPlan(
    wishes=(("genre", "Drama", "грустное"), ("year_to", 2000, "")),
    prompt_version="wishes1",
    planned_at=NOW,
    kept_until=NOW + timedelta(days=30),
)

VECTOR = StoredVector(model="m", values=bytes([0, 127, 255]), kept_until=NOW + timedelta(days=30))


class Stores(NamedTuple):
    """Both sides of the table."""

    states: RecommendationStore
    texts: TextStore


@pytest.fixture(params=["fake", "dynamo"])
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    if request.param == "fake":
        states = FakeRecommendationStore()
        yield Stores(states, FakeTextStore(states))
        return
    with table("RecommendationsTable") as name:
        store = DynamoRecommendationStore(name, list_bytes_max=12_288, stale_shards=4)
        yield Stores(store, store.texts)


def test_all_that_is_known_comes_back_as_it_was_stored(stores: Stores) -> None:
    assert stores.texts.known_text(SUBJECT) == KnownText(AskState(), None, TextQuestions())
    waiting = AskState(stale_since=NOW, not_before=NOW, text="грустное", kept_until=NOW + timedelta(days=30))
    state = stores.states.put_state(SUBJECT, waiting, replaces=AskState())
    stores.texts.put_plan(SUBJECT, PLAN)
    day = TextQuestions(day="2026-11-29", tokens_on_day=700, off_until=NOW)
    assert stores.texts.put_text_questions(day, TextQuestions())
    held = msgspec.structs.replace(day, version=1)
    assert stores.texts.known_text(SUBJECT) == KnownText(state, PLAN, held)
    assert stores.texts.known_text(subject_of("другое")) == KnownText(AskState(), None, held)
    assert stores.texts.text_questions() == held
    assert stores.states.read(SUBJECT).state == state
    assert list(stores.states.list_waiting(NOW, 10)) == [SUBJECT]


def test_the_vector_of_words_comes_back_as_it_was_stored(stores: Stores) -> None:
    assert stores.texts.find_vector(words_subject("акулы")) is None
    stores.texts.put_vector(words_subject("акулы"), VECTOR)
    assert stores.texts.find_vector(words_subject("акулы")) == VECTOR
    assert stores.texts.find_vector(words_subject("киты")) is None


def test_the_loser_of_a_race_for_the_day_changes_nothing(stores: Stores) -> None:
    assert stores.texts.put_text_questions(TextQuestions(day="first"), TextQuestions())
    assert not stores.texts.put_text_questions(TextQuestions(day="second"), TextQuestions())
    held = stores.texts.text_questions()
    assert stores.texts.put_text_questions(TextQuestions(day="third"), held)
    assert not stores.texts.put_text_questions(TextQuestions(day="fourth"), held)
    assert stores.texts.text_questions().day == "third"


def test_a_viewer_has_so_many_new_texts_a_day(stores: Stores) -> None:
    assert [stores.texts.count_text("u", NOW, 2) for _ in range(4)] == [True, True, False, False]
    assert stores.texts.count_text("other", NOW, 2)
    assert stores.states.read("u").texts == 2
    assert stores.texts.count_text("u", NOW + timedelta(days=1), 2)
    assert stores.states.read("u").texts == 1
    assert not stores.texts.count_text("nobody", NOW, 0)


def test_nothing_is_counted_of_a_deleted_viewer(stores: Stores) -> None:
    assert stores.texts.count_text("u", NOW, 5)
    stores.states.erase("u", NOW)
    assert not stores.texts.count_text("u", NOW, 5)
    assert stores.states.read("u").texts == 0
    stores.states.readmit("u")
    assert stores.texts.count_text("u", NOW, 5)


def test_everything_of_a_text_has_an_end_in_the_table() -> None:
    with table("RecommendationsTable") as name:
        store = DynamoRecommendationStore(name, list_bytes_max=12_288, stale_shards=4)
        until = NOW + timedelta(days=30)
        store.put_state(SUBJECT, AskState(stale_since=NOW, text="грустное", kept_until=until), replaces=AskState())
        store.texts.put_plan(SUBJECT, PLAN)
        store.texts.count_text("u", NOW, 5)
        store.texts.put_vector(words_subject("грустное"), VECTOR)
        rows = boto3.client("dynamodb").scan(TableName=name)["Items"]
        assert {int(row["expires_at"]["N"]) for row in rows if row["user_id"]["S"] == SUBJECT} == {
            int(until.timestamp())
        }
        assert len(rows) == 4
        assert all("expires_at" in row for row in rows)
