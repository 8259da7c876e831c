"""Steps of an import: killed at any line, taken twice, late or never, it comes to the same in the end."""

import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.catalog import imports
from chalicelib.catalog.imports import Import
from chalicelib.feedback.bulk import keeping, sorting, taking
from chalicelib.feedback.bulk.taking import take_step
from chalicelib.feedback.model import Feedback
from tests.fake_imports import MemoryImports
from tests.fakes import FakeFeedbackStore
from tests.import_site import Site, row, some_rows


class Killed(BaseException):
    """The worker dies here."""


class Deadly(FakeFeedbackStore):
    """Kills whoever comes to it, now and then, before or after the deed."""

    def __init__(self, dies: Callable[[], bool]) -> None:
        super().__init__()
        self.dies = dies

    def put_new(self, items: Sequence[tuple[str, Feedback]]) -> None:
        half = len(items) // 2
        super().put_new(items[:half])
        if self.dies():
            raise Killed
        super().put_new(items[half:])


class DeadlyBucket(MemoryImports):
    """The same."""

    dies: Callable[[], bool] = staticmethod(lambda: False)

    def put(self, import_id: str, state: Import) -> None:
        if self.dies():
            raise Killed
        super().put(import_id, state)
        if self.dies():
            raise Killed

    def put_piece(self, import_id: str, name: str, body: bytes) -> None:
        if self.dies():
            raise Killed
        super().put_piece(import_id, name, body)

    def drop_pieces(self, import_id: str, names: Any) -> None:
        if self.dies():
            raise Killed
        super().drop_pieces(import_id, names)


@pytest.mark.parametrize("seed", range(20))
def test_an_import_whose_workers_are_killed_comes_to_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Site()
    whole.took(*some_rows(), b"{}")
    monkeypatch.setattr(sorting, "ROUND_ROWS", 50)
    monkeypatch.setattr(sorting, "PART_BYTES", 5_000)
    monkeypatch.setattr(keeping, "TOGETHER", 20)
    monkeypatch.setattr(keeping, "AT_ONCE", 1)
    rnd = random.Random(seed)
    site = Site(feedback=Deadly(lambda: rnd.random() < 0.1))
    bucket = DeadlyBucket()
    site.store, site.taking = bucket, site.taking._replace(store=bucket)
    import_id = site.begun(*some_rows(), b"{}")
    bucket.dies = lambda: rnd.random() < 0.02
    killed = 0
    for _ in range(500):
        if bucket.states[import_id].state == "done" and import_id not in bucket.sent:
            break
        site.now += timedelta(minutes=1)
        try:
            site.look()
            message = site.queue.messages.pop(0) if site.queue.messages else import_id
            take_step(site.taking, message, lambda: rnd.random() < 0.9)
        except Killed:
            killed += 1
            site.queue.messages = []  # what it would have sent is lost too
    ended, expected = bucket.states[import_id], whole.store.states[next(iter(whole.store.states))]
    assert killed > 0
    assert (ended.state, ended.accepted, ended.rejected, ended.errors) == (
        expected.state, expected.accepted, expected.rejected, expected.errors
    )  # fmt: skip
    assert site.everything() == whole.everything()


def test_progress_is_told_while_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorting, "ROUND_ROWS", 100)
    monkeypatch.setattr(sorting, "PART_BYTES", 10_000)
    site = Site()
    import_id = site.begun(*some_rows())
    told = []
    while site.store.states[import_id].state != "done":
        left = iter([True] * 3)
        take_step(site.taking, import_id, lambda left=left: next(left, False))  # type: ignore[misc]
        held = site.store.states[import_id]
        told.append((held.state, held.rows, held.accepted))
    assert (told[0], told[-1]) == (("running", 300, 0), ("done", 360, 360))
    assert told == sorted(told, key=lambda one: one[1:])
    assert any(0 < accepted < 360 for _, _, accepted in told)


def test_a_step_that_is_taken_twice_or_for_nobody_changes_nothing() -> None:
    site = Site()
    import_id = site.begun(*some_rows())
    site.look()
    site.look()
    assert site.queue.messages == [import_id], "looked at again within minutes"
    site.work()
    before = site.everything()
    assert take_step(site.taking, import_id, lambda: True) == "it is done already"
    assert take_step(site.taking, "another", lambda: True) == "no such import"
    site.store.states["films"] = Import(state="waiting")
    assert take_step(site.taking, "films", lambda: True) == "no such import"
    assert (site.everything(), site.store.sent, site.store.pieces) == (before, {}, {})


def test_an_import_whose_file_has_not_come_waits() -> None:
    site = Site()
    import_id = site.begun()
    del site.store.sent[import_id]
    assert take_step(site.taking, import_id, lambda: True) == "its file has not come yet"
    assert site.store.states[import_id].state == "waiting"


def test_another_file_in_the_place_of_one_that_is_being_read_is_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorting, "ROUND_ROWS", 100)
    site = Site()
    import_id = site.begun(*some_rows())
    left = iter([True])
    take_step(site.taking, import_id, lambda: next(left, False))
    site.store.sent[import_id] = msgspec.json.encode(row(viewer=7, place=3))
    assert site.work() == ["another file came in its place"]
    site.now += timedelta(minutes=10)
    site.look()
    site.work()
    assert (site.store.states[import_id].state, site.store.states[import_id].rows) == ("done", 1)
    assert [one.titles.main for one in site.held(7)] == ["Film 3"]
    assert len(site.feedback.by_user) == 1


def test_a_lost_step_is_taken_up_again_by_the_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorting, "ROUND_ROWS", 100)
    site = Site()
    import_id = site.begun(*some_rows())
    left = iter([True])
    take_step(site.taking, import_id, lambda: next(left, False))
    site.queue.messages.clear()
    site.look()
    assert site.queue.messages == [], "somebody may be at it"
    site.now += imports.STEP_LEASE
    site.look()
    assert site.work()[-1] == "360 of 360 rows are kept"


def test_a_file_that_kills_whoever_reads_it_is_left_alone_and_one_that_is_half_kept_is_not() -> None:
    site = Site()
    import_id = site.begun(*some_rows())
    assert take_step(site.taking, import_id, lambda: True, taking.TRIES_MAX + 1).startswith("failed")
    assert (site.store.states[import_id].state, site.feedback.by_user, site.store.sent) == ("failed", {}, {})
    import_id = site.begun(*some_rows())
    left = iter([True, True])
    take_step(site.taking, import_id, lambda: next(left, False))
    take_step(site.taking, import_id, lambda: True, taking.TRIES_MAX + 1)
    assert site.store.states[import_id].state == "done"
