"""The hourly sweep asks for those whose time has come, and for nobody twice."""

from datetime import timedelta

from chalicelib.recommendations.model import AskState
from chalicelib.recommendations.sweep import AT_ONCE, sweep
from tests.factories import NOW
from tests.fake_lanes import FakeOutbox, FakeRecommendationStore


def waiting(users: int, minutes_until_due: float = -1) -> FakeRecommendationStore:
    store = FakeRecommendationStore()
    due_at = NOW + timedelta(minutes=minutes_until_due)
    for number in range(users):
        state = AskState(stale_since=NOW - timedelta(hours=1), not_before=due_at + timedelta(seconds=number / 100))
        store.put_state(f"user {number}", state, replaces=AskState())
    return store


def test_everybody_due_is_asked_for_when_they_are_more_than_a_batch() -> None:
    outbox = FakeOutbox()
    assert sweep(waiting(AT_ONCE + 3), outbox, NOW, limit=500) == AT_ONCE + 3
    assert {one.user_id for one in outbox.asks} == {f"user {number}" for number in range(AT_ONCE + 3)}
    assert {one.taste_hash for one in outbox.asks} == {""}, "whatever the taste is by then"


def test_those_longest_waiting_come_first_when_there_are_too_many() -> None:
    outbox = FakeOutbox()
    assert sweep(waiting(30), outbox, NOW, limit=4) == 4
    assert [one.user_id for one in outbox.asks] == [f"user {number}" for number in range(4)]


def test_nobody_is_asked_for_before_their_time() -> None:
    outbox = FakeOutbox()
    assert sweep(waiting(3, minutes_until_due=5), outbox, NOW, limit=500) == 0
    assert outbox.asks == []


def test_one_question_is_queued_when_two_sweeps_run_in_one_hour_and_another_in_the_next() -> None:
    store, outbox = waiting(1), FakeOutbox()
    sweep(store, outbox, NOW, limit=500)
    sweep(store, outbox, NOW + timedelta(minutes=5), limit=500)
    assert len(outbox.asks) == 1
    sweep(store, outbox, NOW + timedelta(minutes=65), limit=500)
    assert len(outbox.asks) == 2
