from datetime import timedelta

import pytest

from chalicelib.auth.leaving import erasure
from chalicelib.auth.leaving.erasure import Erasers, PurgeAgain
from chalicelib.viewer_ids import of_server
from tests.auth_world import World
from tests.fake_accounts import FakeErasureQueue, FakeForeignStore


class Holder:
    """A package that holds things about users, and may fail."""

    def __init__(self, failures: int = 0) -> None:
        self.held, self.failures, self.calls = {"user", "other"}, failures, 0

    def erase(self, user_id: str) -> None:
        self.calls += 1
        if self.failures:
            self.failures -= 1
            raise ConnectionError("away")
        self.held.discard(user_id)


def erased() -> World:
    world = World()
    user_id = world.register().user_id
    erasure.erase_account(user_id, world.accounts, world.now)
    world.accounts.tombstones["user"] = world.now
    return world


def test_the_address_is_free_and_the_tombstone_outlives_every_token_when_deleted() -> None:
    world = World()
    user_id = world.register().user_id
    erasure.erase_account(user_id, world.accounts, world.now)
    erasure.erase_account(user_id, world.accounts, world.now)
    kept = world.accounts.tombstones[user_id] - world.now
    assert kept > timedelta(seconds=world.settings.refresh_token_seconds)
    assert kept > timedelta(days=14)  # the longest life of a queued message
    assert world.register().user_id != user_id


def nothing(_user_id: str) -> None:
    """A package that holds nothing."""


def test_lists_are_marked_before_feedback_goes_when_an_account_is_purged() -> None:
    order: list[str] = []
    erasure.purge(
        "user",
        Erasers(
            feedback=lambda _: order.append("feedback"),
            lists=lambda _: order.append("lists"),
            sessions=lambda _: order.append("sessions"),
            outcomes=lambda _: order.append("outcomes"),
        ),
    )
    assert order.index("lists") < order.index("feedback")


def test_all_packages_are_purged_and_later_purges_booked_when_an_account_was_deleted() -> None:
    world, queue, holders = erased(), FakeErasureQueue(), [Holder(), Holder(), Holder(), Holder()]
    erasure.purge_first("user", Erasers(*(each.erase for each in holders)), queue, world.settings, world.now)
    assert [each.held for each in holders] == [{"other"}] * 4
    after = [(message.not_before - world.now).total_seconds() for message, _ in queue.sent]
    assert after == [60, 960]
    assert [delay for _, delay in queue.sent] == [61, 900]


def test_the_others_are_purged_and_the_event_fails_when_one_package_is_away() -> None:
    world, queue, holders = erased(), FakeErasureQueue(), [Holder(failures=1), Holder(), Holder(), Holder()]
    erasers = Erasers(*(each.erase for each in holders))
    with pytest.raises(ExceptionGroup):
        erasure.purge_first("user", erasers, queue, world.settings, world.now)
    assert holders[1].held == {"other"}
    assert not queue.sent
    erasure.purge_first("user", erasers, queue, world.settings, world.now)  # Lambda delivers the record again
    assert holders[0].held == {"other"}
    assert len(queue.sent) == 2


def test_a_later_purge_waits_again_when_it_is_too_early_and_purges_when_due() -> None:
    world, queue, holder = erased(), FakeErasureQueue(), Holder()
    message = PurgeAgain(user_id="user", not_before=world.now + timedelta(seconds=960))
    world.pass_seconds(900)
    erasure.purge_again(message, world.accounts, Erasers(holder.erase, nothing, nothing, nothing), queue, world.now)
    assert queue.sent == [(message, 61)]
    assert holder.calls == 0
    world.pass_seconds(61)
    erasure.purge_again(message, world.accounts, Erasers(holder.erase, nothing, nothing, nothing), queue, world.now)
    assert holder.held == {"other"}
    assert len(queue.sent) == 1


def test_nobody_is_purged_when_there_is_no_tombstone() -> None:
    world, queue, holder = World(), FakeErasureQueue(), Holder()
    user_id = world.register().user_id
    erasure.purge_again(
        PurgeAgain(user_id=user_id, not_before=world.now),
        world.accounts,
        Erasers(holder.erase, nothing, nothing, nothing),
        queue,
        world.now,
    )
    assert holder.calls == 0


def test_an_export_names_each_package() -> None:
    assert erasure.export("user", {"one": lambda user: [user], "two": lambda _: {}}) == {"one": ["user"], "two": {}}


def test_a_viewer_from_elsewhere_may_begin_anew_after_the_last_purge_and_not_before() -> None:
    world, queue, readmitted = World(), FakeErasureQueue(), list[str]()
    user_id, foreign = of_server("42"), FakeForeignStore(world.accounts)
    erasure.erase_foreign(user_id, foreign, world.now)
    erasers = Erasers(nothing, nothing, nothing, nothing)
    erasure.purge_first(user_id, erasers, queue, world.settings, world.now)
    assert [message.last for message, _ in queue.sent] == [False, True]
    for message, _ in list(queue.sent):
        assert not readmitted
        erasure.purge_again(
            message, world.accounts, erasers, queue, message.not_before, lambda user_id, _: readmitted.append(user_id)
        )
    assert readmitted == [user_id]


def test_an_account_never_comes_back() -> None:
    world, readmitted = World(), list[str]()
    user_id = world.register().user_id
    erasure.erase_account(user_id, world.accounts, world.now)
    last = PurgeAgain(user_id=user_id, not_before=world.now, last=True)
    erasers, queue = Erasers(nothing, nothing, nothing, nothing), FakeErasureQueue()
    erasure.purge_again(last, world.accounts, erasers, queue, world.now, lambda user_id, _: readmitted.append(user_id))
    assert not readmitted
    assert world.accounts.is_erased(user_id)
