"""Whose feedback changed has a list that is due, whatever becomes of the hint."""

from chalicelib.recommendations.plan import plan
from chalicelib.recommendations.rebuild import rebuild
from chalicelib.tracing import tracing
from tests.factories import NOW
from tests.fake_lanes import FakeOutbox, FakeRecommendationStore
from tests.lanes import Lanes


def test_each_user_is_marked_and_hinted_at_once_when_a_batch_names_them_often() -> None:
    store, outbox = FakeRecommendationStore(), FakeOutbox()
    assert plan(store, outbox, ["vera", "ivan", "vera", "vera"], NOW) == 2
    assert [(one.user_id, one.changed_at) for one in outbox.rebuilds] == [("ivan", NOW), ("vera", NOW)]
    assert len({store.read(user_id).due for user_id in ("vera", "ivan", "nobody")} - {""}) == 2


def test_a_mark_is_another_one_when_more_is_said() -> None:
    store, outbox = FakeRecommendationStore(), FakeOutbox()
    plan(store, outbox, ["vera"], NOW)
    first = store.read("vera").due
    plan(store, outbox, ["vera"], NOW)
    assert store.read("vera").due not in ("", first)


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
