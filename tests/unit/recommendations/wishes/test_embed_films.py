"""Films are embedded once, the best known first, within their share of the day, whatever fails, dies or comes twice."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from chalicelib import resources
from chalicelib.catalog.meaning import Vector, in_bytes
from chalicelib.catalog.model import FilmPage, FilmQuery
from chalicelib.recommendations import events
from chalicelib.recommendations.llm.breaker import Breaker
from chalicelib.recommendations.llm.port import Embedded, ModelError
from chalicelib.recommendations.messages import Ask
from chalicelib.recommendations.wishes.embed_films import (
    AT_A_TIME_FOR,
    BATCH_FILMS,
    SUBJECT,
    EmbeddingDependencies,
    embed_films,
    is_films,
    note_films,
)
from tests.factories import films
from tests.fake_lanes import FakeFilmQuestions
from tests.fake_meaning import FakeEmbedder, FakeFilmVectors
from tests.killed import KilledError, killed_at
from tests.lanes import Lanes

SCHEDULED = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}, "resources": [], "version": "0",
             "id": "1", "account": "", "time": "", "region": ""}  # fmt: skip


class Context:
    """What Lambda tells of an invocation."""

    aws_request_id = "1"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


class FilmLanes(Lanes):
    """The clock notes the films, the sweep admits them, and a lane embeds them."""

    def __init__(self, **settings: object) -> None:
        super().__init__(**({"meaning_percent": 5} | settings))  # type: ignore[arg-type]
        self.embedder: FakeEmbedder | None = FakeEmbedder()
        self.vectors = FakeFilmVectors()
        self.parts = EmbeddingDependencies(
            self.store, self.catalog, self.vectors, lambda: self.embedder, self.budget, self.settings, lambda: self.now,
            at_a_time=1,
        )  # fmt: skip

    def minute(self, copies: int = 1) -> list[str]:
        """The look that notes them, a sweep, and what it admits, delivered so often."""
        note_films(self.store, self.settings, self.now)
        self.sweep()
        said = []
        while self.outbox.asks:
            message: Ask = self.outbox.asks.pop(0)
            assert is_films(message.user_id)
            said += [embed_films(self.parts, 30) for _ in range(copies)]
        self.now += timedelta(minutes=1)
        return said

    def embedded(self) -> set[str]:
        return set(self.vectors.held.films)


def test_all_films_are_embedded_once_in_batches_and_found() -> None:
    lanes = FilmLanes()
    said = [lanes.minute() for _ in range(4)]
    assert said == [["embedded"], ["embedded"], ["all there"], []]
    assert lanes.embedder
    assert [len(texts) for texts in lanes.embedder.asked] == [BATCH_FILMS, 90 - BATCH_FILMS]
    assert lanes.embedded() == {film.film_id for film in lanes.films}
    assert len({text for texts in lanes.embedder.asked for text in texts}) == 90
    found = lanes.vectors.nearest(Vector("fake", in_bytes(lanes.embedder.vector("Comedy no 1"))), 1)
    assert found == [next(film.film_id for film in lanes.films if film.titles.main == "Comedy no 1")]
    booked = sum(entry.tokens for entry in lanes.budget.entries.values())
    assert booked == lanes.vectors.held.tokens_on_day > 0
    assert all(entry.state == "settled" for entry in lanes.budget.entries.values())


def test_the_clock_and_the_lane_lead_there(monkeypatch: pytest.MonkeyPatch) -> None:
    lanes = FilmLanes()
    for name, value in {
        "recommendation_store": lambda: lanes.store,
        "film_questions": FakeFilmQuestions,
        "catalog": lambda: lanes.catalog,
        "embedding_dependencies": lambda: lanes.parts,
        "ask_dependencies": lambda: None,
    }.items():
        monkeypatch.setattr(resources, name, value)
    monkeypatch.setattr(events, "settings", lambda: lanes.settings)
    events.note_premieres(SCHEDULED, None)
    lanes.now = datetime.now(UTC)
    assert lanes.sweep() == 1
    record = {
        "messageId": "1",
        "body": msgspec.json.encode(lanes.outbox.asks.pop()).decode(),
        "receiptHandle": "1",
        "attributes": {"ApproximateReceiveCount": "1"},
    }
    assert events.ask({"Records": [record]}, Context()) == {"batchItemFailures": []}
    assert len(lanes.embedded()) == BATCH_FILMS


def test_one_admission_embeds_several_batches_but_not_for_long() -> None:
    lanes = FilmLanes()
    lanes.parts = lanes.parts._replace(at_a_time=4)
    assert lanes.minute() == ["all there"]
    assert len(lanes.embedded()) == 90
    slow = FilmLanes()
    slow.parts = slow.parts._replace(at_a_time=4)
    assert slow.embedder
    ask = slow.embedder.embed

    def slowly(texts: Sequence[str], deadline_seconds: float) -> Embedded:
        slow.now += 2 * AT_A_TIME_FOR
        return ask(texts, deadline_seconds)

    slow.embedder.embed = slowly  # type: ignore[method-assign]
    assert slow.minute() == ["embedded"]
    assert len(slow.embedded()) == BATCH_FILMS


def test_batches_of_one_admission_come_of_one_walk_through_the_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    lanes = FilmLanes()
    walks: list[FilmQuery] = []
    lanes.catalog.films |= {one.film_id: one for one in films([f"More {n}" for n in range(4 * BATCH_FILMS)])}
    search = lanes.catalog.search

    def counted(query: FilmQuery) -> FilmPage:
        walks.extend([query] if query.after is None else [])
        return search(query)

    monkeypatch.setattr(lanes.catalog, "search", counted)
    lanes.parts = lanes.parts._replace(at_a_time=4)
    assert lanes.minute() == ["embedded"]
    assert (len(lanes.embedded()), len(walks)) == (4 * BATCH_FILMS, 1)
    assert lanes.minute() == ["all there"]
    assert (len(lanes.embedded()), len(walks)) == (4 * BATCH_FILMS + 90, 3), "the last one finds that all are there"
    assert lanes.embedder
    texts = [text for texts in lanes.embedder.asked for text in texts]
    assert len(texts) == len(set(texts))


def test_a_share_that_runs_out_faster_than_estimated_is_not_overdrawn_by_later_batches() -> None:
    lanes = FilmLanes(budget_tokens_per_day=100_000, meaning_percent=1)
    lanes.parts = lanes.parts._replace(at_a_time=4)
    assert lanes.embedder
    ask = lanes.embedder.embed
    lanes.embedder.embed = lambda *asked: msgspec.structs.replace(ask(*asked), tokens=1_000)  # type: ignore[method-assign]
    assert lanes.minute() == ["share used"]
    assert len(lanes.embedder.asked) == 1


def test_after_an_hour_new_and_changed_films_are_embedded_and_gone_ones_forgotten() -> None:
    lanes = FilmLanes()
    for _ in range(3):
        lanes.minute()
    first, second = lanes.films[:2]
    lanes.catalog.films[first.film_id] = msgspec.structs.replace(first, genres=("Western",))
    del lanes.catalog.films[second.film_id]
    assert lanes.minute() == []
    lanes.now += timedelta(hours=1)
    assert lanes.minute() == ["embedded"]
    assert second.film_id not in lanes.embedded()
    assert lanes.minute() == ["all there"]


def test_a_day_has_its_share_and_the_next_day_goes_on() -> None:
    lanes = FilmLanes(budget_tokens_per_day=40_000, meaning_percent=1)
    while said := lanes.minute():
        if said == ["share used"]:
            break
    assert 0 < sum(entry.tokens for entry in lanes.budget.entries.values()) <= 400
    before = len(lanes.embedded())
    assert 0 < before < 90
    assert lanes.minute() == []
    lanes.now += timedelta(days=1)
    assert lanes.minute() == ["embedded"]
    assert len(lanes.embedded()) > before


@pytest.mark.parametrize("percent", [0, 5])
def test_a_site_without_the_share_or_the_model_embeds_nothing(percent: int) -> None:
    lanes = FilmLanes(meaning_percent=percent)
    lanes.embedder = None if percent else lanes.embedder
    assert lanes.minute() == (["off"] if percent else [])
    lanes.now += timedelta(hours=1)
    assert lanes.minute() == []
    assert lanes.budget.entries == {}


@pytest.mark.parametrize("billed", [False, True])
def test_a_failure_is_booked_as_it_may_have_been_billed_and_tried_again(billed: bool) -> None:
    lanes = FilmLanes()
    assert lanes.embedder
    lanes.embedder.fails_with = ModelError("server_error", retryable=True, billed=billed)
    assert lanes.minute() == ["failed: server_error"]
    assert bool(sum(entry.tokens for entry in lanes.budget.entries.values())) == billed
    assert lanes.budget.breaker().failures == 1
    lanes.embedder.fails_with = None
    lanes.now += timedelta(days=1) if billed else timedelta(minutes=1)
    assert lanes.minute() == ["embedded"]
    assert lanes.budget.breaker().failures == 0


def test_a_message_that_comes_twice_embeds_no_film_twice() -> None:
    lanes = FilmLanes()
    for _ in range(3):
        lanes.minute(copies=3)
    assert lanes.embedder
    texts = [text for texts in lanes.embedder.asked for text in texts]
    assert len(texts) == len(set(texts)) == 90


def test_nobody_asks_while_the_breaker_is_open_or_the_vectors_or_films_are_away() -> None:
    lanes = FilmLanes()
    lanes.vectors.down = True
    assert lanes.minute() == ["no catalogue"]
    lanes.vectors.down = False
    lanes.now += timedelta(minutes=1)
    lanes.budget.put_breaker(Breaker(open_until=lanes.now + timedelta(minutes=9)), replaces=Breaker())
    note_films(lanes.store, lanes.settings, lanes.now)
    assert embed_films(lanes.parts, 30) == "breaker open"
    assert lanes.budget.entries == {}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("holder", "method", "number"), [
    ("budget", "reserve", 1), ("embedder", "embed", 1), ("budget", "settle", 1), ("vectors", "put", 1),
    ("store", "put_state", 1), ("budget", "breaker", 1),
])  # fmt: skip
def test_whoever_dies_at_any_call_leaves_films_that_are_embedded_later(
    holder: str, method: str, number: int, after: bool
) -> None:
    lanes = FilmLanes()
    note_films(lanes.store, lanes.settings, lanes.now)
    lanes.sweep()
    lanes.outbox.asks.clear()
    with killed_at(getattr(lanes, holder), method, number, after=after), pytest.raises(KilledError):
        embed_films(lanes.parts, 30)
    for _ in range(20):
        lanes.now += timedelta(minutes=16)  # longer than a lease
        lanes.minute()
    assert len(lanes.embedded()) == 90
    assert sum(entry.tokens for entry in lanes.budget.entries.values()) >= lanes.vectors.held.tokens_on_day
    assert SUBJECT in lanes.store.records
