"""What is known of the questions about new films, whatever keeps it; and how lists come to hear of it."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import pytest

from chalicelib.recommendations.item_similarity.adapters.store import HEARD_EVERY_SECONDS, DynamoItemSimilarity
from chalicelib.recommendations.model import FilmQuestions
from chalicelib.recommendations.ports import FilmQuestionStore
from chalicelib.recommendations.site_model import SiteModel
from tests.factories import NOW, film_id
from tests.fake_lanes import FakeFilmQuestions
from tests.fakes import Clock
from tests.tables import table


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> Iterator[FilmQuestionStore]:
    if request.param == "fake":
        yield FakeFilmQuestions()
        return
    with table("NeighboursTable") as name:
        yield DynamoItemSimilarity(name)


FULL = FilmQuestions(
    day="2026-01-01",
    noted_on_day=3,
    tokens_on_day=5_000,
    noted=tuple(film_id(f"New {n}") for n in range(FilmQuestions.KEPT)),
    for_lovers_of={film_id(f"New {n}"): tuple(film_id(f"{n} {m}") for m in range(16)) for n in range(200)},
)


def test_everything_comes_back_as_it_was_stored_one_version_on(store: FilmQuestionStore) -> None:
    assert store.film_questions() == FilmQuestions()
    assert store.put_film_questions(FULL, FilmQuestions())
    assert store.film_questions() == msgspec.structs.replace(FULL, version=1)


def test_the_loser_of_a_race_is_told_and_changes_nothing(store: FilmQuestionStore) -> None:
    empty = store.film_questions()
    first, second = FilmQuestions(day="first"), FilmQuestions(day="second")
    assert store.put_film_questions(first, empty)
    assert not store.put_film_questions(second, empty)
    held = store.film_questions()
    assert (held.day, held.version) == ("first", 1)
    assert store.put_film_questions(second, held)
    assert not store.put_film_questions(first, held)
    assert store.film_questions().day == "second"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def similarity(clock: Clock) -> Iterator[DynamoItemSimilarity]:
    with table("NeighboursTable") as name:
        store = DynamoItemSimilarity(name, clock)
        store.put_model([(film_id("A"), b"", b"")], SiteModel(liked_by=(1,)), 0, NOW)
        yield store


def test_lists_hear_of_it_once_a_minute_and_in_no_request_of_its_own(
    similarity: DynamoItemSimilarity, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests: list[list[str]] = []
    read = similarity._read

    def counted(keys: Sequence[str]) -> dict[str, Any]:
        requests.append(list(keys))
        return read(keys)

    monkeypatch.setattr(similarity, "_read", counted)
    assert similarity.similarities([film_id("A")]).for_lovers_of == {}
    similarity.put_film_questions(FULL, FilmQuestions())
    requests.clear()
    for _ in range(5):
        clock.now += 10
        assert similarity.similarities([film_id("A")]).for_lovers_of == {}
    assert not [keys for keys in requests if "film_questions" in keys]
    clock.now += HEARD_EVERY_SECONDS - 50
    assert similarity.similarities([film_id("A")]).for_lovers_of == FULL.for_lovers_of
    assert similarity.similarities([film_id("A")]).for_lovers_of == FULL.for_lovers_of
    assert [keys.count("film_questions") for keys in requests] == [0] * 5 + [1, 0], "beside the others, not alone"


def test_a_full_one_stays_far_below_what_an_item_may_hold(similarity: DynamoItemSimilarity) -> None:
    similarity.put_film_questions(FULL, FilmQuestions())
    (item,) = similarity.items.batch_get(["film_questions"])
    assert len(item.body) < 100_000, "of 400 KB"


def test_a_new_model_leaves_it_as_it_is(similarity: DynamoItemSimilarity) -> None:
    similarity.put_film_questions(FULL, FilmQuestions())
    similarity.put_model([(film_id("A"), b"", b"")], SiteModel(), 0, NOW)
    assert similarity.film_questions().for_lovers_of == FULL.for_lovers_of
