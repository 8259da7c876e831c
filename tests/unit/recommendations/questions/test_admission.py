"""One way into the slow lane: as many as lanes, budget and breaker take, and nobody forgotten."""

from collections.abc import Iterator
from copy import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.recommendations.llm.breaker import Breaker
from chalicelib.recommendations.model import LEASE, AskState
from chalicelib.recommendations.questions.admission import (
    PRESENT_FOR,
    Gate,
    admit_present,
    admit_waiting,
    closed_until,
    room_now,
)
from chalicelib.settings import Settings
from tests.factories import NOW
from tests.fake_lanes import FakeOutbox, FakeRecommendationStore
from tests.fake_model import FakeBudget

ASKED = AskState(asked_hash="before", asked_at=NOW - timedelta(days=3))


def gate(**settings: Any) -> Gate:
    known = replace(Settings(), **({"budget_tokens_per_day": 10**9} | settings))
    return Gate(FakeRecommendationStore(), FakeOutbox(), FakeBudget(known.budget_tokens_per_day), known)


def wait(at: Gate, user_id: str, minutes: float = 0, **state: Any) -> AskState:
    """Has somebody wait who could have been asked about that many minutes ago."""
    moment = NOW - timedelta(minutes=minutes)
    waiting = msgspec.structs.replace(ASKED, **({"stale_since": moment, "not_before": moment} | state))
    return at.store.put_state(user_id, waiting, replaces=AskState())


def newcomer(at: Gate, user_id: str, minutes: float = 0) -> AskState:
    return wait(at, user_id, minutes, asked_at=None, asked_hash="")


def sent(at: Gate) -> list[str]:
    assert isinstance(at.outbox, FakeOutbox)
    return [one.user_id for one in at.outbox.asks]


def test_longest_waiting_go_first_and_as_many_as_the_lanes_take() -> None:
    at = gate(llm_parallel=2, ask_lane_depth=3)
    for minutes in range(20):
        wait(at, f"waits {minutes:02}", minutes)
    assert admit_waiting(at, NOW) == 6
    assert sent(at) == [f"waits {minutes}" for minutes in range(19, 13, -1)]
    assert admit_waiting(at, NOW) == 0, "the lanes are full"


def test_newcomers_go_first_within_their_part_alone() -> None:
    at = gate(ask_lane_depth=4)
    for number in range(10):
        wait(at, f"returning {number}", minutes=600 + number)
        newcomer(at, f"new {number}", minutes=number)
    admit_waiting(at, NOW)
    assert sent(at) == ["new 0", "new 1", "returning 9", "returning 8"]


def test_newcomers_wait_like_everybody_when_they_have_gone() -> None:
    at = gate(ask_lane_depth=2)
    newcomer(at, "gone", minutes=PRESENT_FOR.total_seconds() / 60 + 1)
    for number in range(2):
        wait(at, f"returning {number}", minutes=600 + number)
    admit_waiting(at, NOW)
    assert sent(at) == ["returning 1", "returning 0"]


def test_unproven_accounts_have_few_places_and_take_nobody_elses() -> None:
    at = gate(llm_parallel=2, ask_lane_depth=10)
    for number in range(500):
        wait(at, f"robot {number:03}", minutes=900 - number, asked_at=None, unproven=True)
    for number in range(30):
        wait(at, f"returning {number:02}", minutes=60 + number)
    assert admit_waiting(at, NOW) == 20
    assert [one for one in sent(at) if one.startswith("robot")] == ["robot 000", "robot 001"], "a tenth"
    assert len([one for one in sent(at) if one.startswith("returning")]) == 18


def test_unproven_accounts_wait_when_their_share_is_spent_and_others_do_not() -> None:
    at = gate(budget_tokens_per_day=1_000_000)
    state = wait(at, "robot", asked_at=None, unproven=True)
    at.budget.reserve("of robots", 99_000, NOW, common=True)
    assert room_now(at, NOW).common == 0
    assert not admit_present(at, "robot", state, NOW)
    newcomer(at, "somebody")
    assert admit_waiting(at, NOW) == 1
    assert sent(at) == ["somebody"]
    assert closed_until(at, NOW, unproven=True) == NOW.replace(hour=0, minute=0) + timedelta(days=1)
    assert closed_until(at, NOW) is None


def test_one_question_is_left_for_unproven_accounts_when_the_budget_is_small() -> None:
    at = gate(budget_tokens_per_day=5_000)
    wait(at, "newcomer", asked_at=None, unproven=True)
    assert admit_waiting(at, NOW) == 1


def test_nobody_is_admitted_before_their_time() -> None:
    at = gate()
    wait(at, "later", minutes=-1)
    assert admit_waiting(at, NOW) == 0


def test_nobody_is_admitted_twice_when_two_sweeps_meet() -> None:
    at = gate()
    state = wait(at, "user")
    assert admit_waiting(at, NOW) == 1
    assert admit_waiting(at, NOW) == 0
    assert admit_present(at, "user", state, NOW), "it has read the state from before"
    assert sent(at) == ["user"], "which the queue drops"


def test_who_was_admitted_and_lost_is_admitted_again_less_and_less_often() -> None:
    at = gate()
    wait(at, "user")
    minutes = [minute for minute in range(24 * 60) if admit_waiting(at, NOW + timedelta(minutes=minute))]
    lease = int(LEASE.total_seconds()) // 60
    assert minutes == [0, lease, 3 * lease, 7 * lease, 15 * lease, 31 * lease, 63 * lease]


def test_one_alone_is_admitted_when_the_breaker_is_half_open_and_none_while_it_is_open() -> None:
    at = gate()
    for number in range(5):
        wait(at, f"user {number}")
    at.budget.put_breaker(Breaker(open_until=NOW + timedelta(minutes=2)), replaces=Breaker())
    assert admit_waiting(at, NOW) == 0
    assert closed_until(at, NOW) == NOW + timedelta(minutes=2)
    assert admit_waiting(at, NOW + timedelta(minutes=2)) == 1
    assert admit_waiting(at, NOW + timedelta(minutes=3)) == 0, "it is on its way"


def test_present_viewers_have_tokens_left_when_the_others_have_used_theirs() -> None:
    at = gate(budget_tokens_per_day=1_000_000)
    evening = NOW.replace(hour=23, minute=0)
    for_others = int(1_000_000 * (1 - 0.10 - 0.05))
    at.budget.reserve("all day", for_others, evening)
    for number in range(9):
        wait(at, f"returning {number}", minutes=600)
    assert admit_waiting(at, evening) == 0
    state = newcomer(at, "new", minutes=-60 * (evening - NOW) / timedelta(hours=1))
    assert admit_present(at, "new", state, evening)
    assert sent(at) == ["new"]


def test_a_present_viewer_waits_for_the_sweep_when_such_as_they_fill_their_part() -> None:
    at = gate(ask_lane_depth=4)
    states = {name: newcomer(at, name) for name in ("a", "b", "c")}
    assert [admit_present(at, name, state, NOW) for name, state in states.items()] == [True, True, False]


def test_lost_calls_use_their_own_part_of_the_budget_first() -> None:
    at = gate(budget_tokens_per_day=1_000_000)
    before = room_now(at._replace(settings=replace(at.settings, ask_lane_depth=10_000)), NOW)
    for number in range(30):
        at.budget.reserve(f"lost {number}", 2_900, NOW)
        at.budget.lose(f"lost {number}")
    after = room_now(at._replace(settings=replace(at.settings, ask_lane_depth=10_000)), NOW)
    assert (before, at.budget.ledger(NOW).lost_tokens) == (after, 87_000)


def test_nobody_is_admitted_when_the_index_is_older_than_the_state() -> None:
    class OldIndex(FakeRecommendationStore):
        def list_waiting(self, now: Any, limit: int) -> Iterator[str]:  # noqa: ARG002
            yield from ("served", "erased", "user")

    at = gate()._replace(store=OldIndex())
    wait(at, "served", stale_since=None)
    at.store.erase("erased", NOW)
    wait(at, "user")
    assert admit_waiting(at, NOW) == 1
    assert sent(at) == ["user"]


def test_a_question_is_sent_again_and_dropped_when_the_worker_dies_before_noting_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = gate()
    wait(at, "user")

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(at.store, "put_state", die)
        with pytest.raises(KeyboardInterrupt):
            admit_waiting(at, NOW)
    assert admit_waiting(at, NOW) == 1
    assert sent(at) == ["user"]
    assert at.store.read("user").state.pending_since == NOW
