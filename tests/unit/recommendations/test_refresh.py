"""A wish for a new list is noted once, and told honestly when it will be met."""

from copy import replace
from datetime import timedelta

import msgspec
import pytest

from chalicelib.recommendations.llm.breaker import Breaker
from chalicelib.recommendations.model import AskState, ListChangedError, UserErasedError
from chalicelib.recommendations.questions.admission import Gate
from chalicelib.recommendations.refresh import ATTEMPTS, Refresh, refresh
from chalicelib.settings import Settings
from tests.factories import NOW
from tests.fake_lanes import FakeOutbox, FakeRecommendationStore
from tests.fake_model import FakeBudget
from tests.lanes import Lanes

USER = "user"


class BusyStore(FakeRecommendationStore):
    """Somebody else changes the user's state before each of the first `rivals` writes."""

    def __init__(self, rivals: int) -> None:
        super().__init__()
        self.rivals = rivals

    def put_state(self, user_id: str, state: AskState, replaces: AskState) -> AskState:
        if self.rivals:
            self.rivals -= 1
            super().put_state(user_id, msgspec.structs.replace(replaces, cause="rival"), replaces=replaces)
        return super().put_state(user_id, state, replaces)


def asked_before(store: FakeRecommendationStore, minutes_ago: float) -> None:
    asked_at = NOW - timedelta(minutes=minutes_ago)
    state = AskState(asked_hash="taste", asked_at=asked_at, not_before=asked_at + timedelta(hours=1))
    store.put_state(USER, state, replaces=AskState())


def wish(store: FakeRecommendationStore, outbox: FakeOutbox | None = None) -> Refresh:
    return refresh(Gate(store, outbox or FakeOutbox(), FakeBudget(), Settings()), USER, NOW)


def test_a_new_list_is_under_way_when_nothing_was_asked_lately() -> None:
    store, outbox = FakeRecommendationStore(), FakeOutbox()
    assert wish(store, outbox) == Refresh(state="updating", available_at=NOW)
    assert [(one.user_id, one.changed_at) for one in outbox.rebuilds] == [(USER, NOW)]
    assert store.read(USER).state.refresh_requested_at == NOW


def test_the_viewer_is_told_when_the_cooldown_ends() -> None:
    store = FakeRecommendationStore()
    asked_before(store, minutes_ago=20)
    assert wish(store) == Refresh(state="waiting", available_at=NOW + timedelta(minutes=40))


def test_the_first_wish_stands_when_it_is_repeated() -> None:
    store = FakeRecommendationStore()
    wish(store)
    version = store.read(USER).state.version
    refresh(Gate(store, FakeOutbox(), FakeBudget(), Settings()), USER, NOW + timedelta(minutes=1))
    assert store.read(USER).state.refresh_requested_at == NOW
    assert store.read(USER).state.version == version


def test_the_wish_is_kept_beside_the_rivals_change_when_both_write_at_once() -> None:
    store = BusyStore(rivals=ATTEMPTS - 1)
    wish(store)
    assert (store.read(USER).state.refresh_requested_at, store.read(USER).state.cause) == (NOW, "rival")


def test_nothing_is_queued_when_the_state_never_rests() -> None:
    outbox = FakeOutbox()
    with pytest.raises(ListChangedError):
        wish(BusyStore(rivals=ATTEMPTS), outbox)
    assert outbox.rebuilds == []


def test_nothing_is_queued_when_the_account_is_gone() -> None:
    store, outbox = FakeRecommendationStore(), FakeOutbox()
    store.erase(USER, NOW)
    with pytest.raises(UserErasedError):
        wish(store, outbox)
    assert outbox.rebuilds == []


def test_the_viewer_is_told_when_the_model_is_tried_again_and_when_the_budget_allows() -> None:
    budget = FakeBudget(10)
    gate = Gate(FakeRecommendationStore(), FakeOutbox(), budget, replace(Settings(), budget_tokens_per_day=10))
    tomorrow = NOW.replace(hour=0, minute=0, second=0) + timedelta(days=1)
    assert refresh(gate, USER, NOW) == Refresh(state="waiting", available_at=tomorrow)
    budget.put_breaker(Breaker(open_until=NOW + timedelta(minutes=9)), replaces=Breaker())
    told = refresh(gate._replace(settings=Settings()), "another", NOW)
    assert told == Refresh(state="waiting", available_at=NOW + timedelta(minutes=9))


def test_the_wish_is_admitted_by_the_sweep_when_every_message_is_lost() -> None:
    lanes = Lanes()
    lanes.like_some()
    lanes.deliver()
    lanes.wait(hours=3)
    refresh(lanes.gate, "user", lanes.now)
    lanes.outbox.rebuilds.clear()
    lanes.wait(minutes=1)
    assert lanes.sweep() == 1
    assert lanes.deliver() == ["answered"]
