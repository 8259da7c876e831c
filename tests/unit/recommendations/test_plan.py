"""Whose feedback changed has a list that is due, whatever becomes of the hint."""

from datetime import timedelta

from chalicelib.recommendations.plan import plan
from chalicelib.recommendations.rebuild import rebuild
from chalicelib.tracing import tracing
from tests.factories import NOW
from tests.fake_lanes import FakeOutbox, FakeRecommendationStore
from tests.lanes import Lanes

ENDED = timedelta(minutes=13, seconds=20)  # after the first word of a sitting its mark is looked at


def test_each_user_is_marked_and_hinted_at_once_when_a_batch_names_them_often() -> None:
    store, outbox = FakeRecommendationStore(), FakeOutbox()
    assert plan(store, outbox, ["vera", "ivan", "vera", "vera"], NOW) == 2
    assert [(one.user_id, one.changed_at) for one in outbox.rebuilds] == [("ivan", NOW), ("vera", NOW)]
    marks = [store.read(user_id).due for user_id in ("vera", "ivan", "nobody")]
    assert [bool(one) for one in marks] == [True, True, False]
    assert [(at - NOW, one.user_id) for at, one in outbox.delayed] == [(ENDED, "ivan"), (ENDED, "vera")]


def test_one_mark_stands_for_a_sitting_and_is_renewed_by_what_comes_near_its_end() -> None:
    store, outbox = FakeRecommendationStore(), FakeOutbox()
    plan(store, outbox, ["vera"], NOW)
    first = store.read("vera").due
    assert first
    plan(store, outbox, ["vera"], NOW + timedelta(minutes=9))
    assert store.read("vera").due == first
    plan(store, outbox, ["vera"], NOW + timedelta(minutes=10))
    renewed = store.read("vera").due
    assert renewed
    assert renewed.token != first.token, "who took the first one's words in may not take it away"
    assert renewed.ends_at == first.ends_at
    assert (len(outbox.rebuilds), len(outbox.delayed)) == (3, 1)


def test_nothing_is_queued_when_nobody_changed_anything() -> None:
    store, outbox = FakeRecommendationStore(), FakeOutbox()
    assert plan(store, outbox, [], NOW) == 0
    assert (outbox.rebuilds, store.records) == ([], {})


def test_the_others_are_marked_when_an_account_is_gone() -> None:
    store, outbox = FakeRecommendationStore(), FakeOutbox()
    store.erase("ivan", NOW)
    assert plan(store, outbox, ["ivan", "vera"], NOW) == 1
    assert [one.user_id for one in outbox.rebuilds] == ["vera"]


def test_the_request_is_named_in_both_queues_and_while_the_question_waits() -> None:
    lanes = Lanes()
    lanes.like_some()
    lanes.outbox.rebuilds.clear()
    plan(lanes.store, lanes.outbox, ["user"], NOW, {"user": "abc"})
    assert [one.trace for one in lanes.outbox.rebuilds] == ["abc"]
    with tracing("rebuild", "r", "abc", "user"):
        rebuild(lanes.dependencies, "user", NOW)
    assert lanes.store.read("user").state.trace == "abc"
    assert [one.trace for one in lanes.outbox.asks] == ["abc"]
