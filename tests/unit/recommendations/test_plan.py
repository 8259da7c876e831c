"""Whose feedback changed is due for a rebuild, once."""

from chalicelib.recommendations.plan import plan
from tests.factories import NOW
from tests.fake_lanes import FakeOutbox


def test_each_user_is_queued_once_when_a_batch_names_them_often() -> None:
    outbox = FakeOutbox()
    assert plan(outbox, ["vera", "ivan", "vera", "vera"], NOW) == 2
    assert [(one.user_id, one.changed_at) for one in outbox.rebuilds] == [("ivan", NOW), ("vera", NOW)]


def test_nothing_is_queued_when_nobody_changed_anything() -> None:
    outbox = FakeOutbox()
    assert plan(outbox, [], NOW) == 0
    assert outbox.rebuilds == []
