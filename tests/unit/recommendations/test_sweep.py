"""What a lost message leaves behind, the sweep finds: lists that are due, and questions that wait."""

import itertools
from datetime import timedelta

from chalicelib.recommendations.model import AskState
from chalicelib.recommendations.plan import plan
from chalicelib.recommendations.questions.admission import Gate
from chalicelib.recommendations.sweep import AT_ONCE, Swept, sweep
from chalicelib.settings import Settings
from tests.factories import NOW
from tests.fake_lanes import FakeOutbox, FakeRecommendationStore
from tests.fake_model import FakeBudget
from tests.lanes import Lanes


def gate() -> Gate:
    return Gate(FakeRecommendationStore(), FakeOutbox(), FakeBudget(), Settings())


def hinted_at(found: Gate) -> list[str]:
    assert isinstance(found.outbox, FakeOutbox)
    return [one.user_id for one in found.outbox.rebuilds]


def test_a_list_is_hinted_at_again_when_its_mark_has_stood_for_long() -> None:
    swept = gate()
    users = [f"user {number:02}" for number in range(AT_ONCE + 3)]
    plan(swept.store, FakeOutbox(), users, NOW)  # every hint is lost
    assert sweep(swept, NOW + timedelta(minutes=14)) == Swept(0, 0)
    assert sweep(swept, NOW + timedelta(minutes=15)) == Swept(AT_ONCE + 3, 0)
    assert hinted_at(swept) == users


def test_hints_go_on_when_nothing_helps_so_that_a_list_comes_half_an_hour_after_the_end_of_any_outage() -> None:
    swept = gate()
    plan(swept.store, FakeOutbox(), ["user"], NOW)
    hinted = [minute for minute in range(24 * 60) if sweep(swept, NOW + timedelta(minutes=minute)).rebuilds]
    assert hinted[0] == 15
    assert {later - before for before, later in itertools.pairwise(hinted)} == {20}
    assert hinted[-1] >= 24 * 60 - 20


def test_nobody_is_hinted_at_when_the_list_has_been_published() -> None:
    lanes = Lanes()
    lanes.like_some()
    lanes.deliver()
    lanes.wait(minutes=14)
    lanes.deliver()  # the hint that was sent along with the mark
    lanes.wait(hours=1)
    assert sweep(lanes.gate, lanes.now).rebuilds == 0


def test_the_list_comes_when_every_message_is_lost() -> None:
    lanes = Lanes()
    lanes.like_some()
    lanes.outbox.rebuilds.clear()
    lanes.outbox.delayed.clear()
    for _ in range(17):
        lanes.wait(minutes=1)
        lanes.sweep()
        lanes.deliver()
    assert lanes.page().source == "gigachat"


def test_the_question_comes_when_its_message_is_lost() -> None:
    lanes = Lanes()
    lanes.like_some()
    lost = []

    def lose() -> None:
        lost.extend(lanes.outbox.asks)
        lanes.outbox.asks.clear()

    for message in list(lanes.outbox.rebuilds):
        lanes.outbox.rebuilds.remove(message)
        lanes.rebuild(message)
        lose()
    assert len(lost) == 1
    for _ in range(16):
        lanes.wait(minutes=1)
        lanes.sweep()
        lanes.deliver()
    assert lanes.page().source == "gigachat"
    assert len(lanes.fake_model.prompts) == 1


def test_a_question_is_admitted_by_the_same_look() -> None:
    swept = gate()
    swept.store.put_state("user", AskState(stale_since=NOW, not_before=NOW), replaces=AskState())
    assert sweep(swept, NOW) == Swept(0, 1)
