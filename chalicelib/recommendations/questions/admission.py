"""The one way into the slow lane: who may be asked about next, and how many at once.

As many as the lanes take until the next look, as the budget allows by now, and as the breaker lets through. Viewers who
are present go first within a bound, then whoever has waited longest, wherever in the index they stand.
"""

import logging
import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import NamedTuple

import msgspec

from chalicelib.recommendations.llm.allowance import (
    QUESTION_TOKENS_MAX,
    Shares,
    allowed_common_tokens,
    allowed_tokens,
    opens_at,
)
from chalicelib.recommendations.llm.budget import Budget
from chalicelib.recommendations.messages import Ask, Outbox
from chalicelib.recommendations.model import AskState, ListChangedError, UserErasedError
from chalicelib.recommendations.ports import RecommendationStore
from chalicelib.settings import Settings

log = logging.getLogger(__name__)

PRESENT_FOR = timedelta(hours=1)  # who has waited longer has gone, and waits like everybody
AT_ONCE = 10


class Gate(NamedTuple):
    """What stands between a waiting question and its lane."""

    store: RecommendationStore
    outbox: Outbox
    budget: Budget
    settings: Settings


class Room(NamedTuple):
    """How many questions may be admitted now: in all, and what the budget allows of either kind of viewer."""

    in_all: int
    present: int
    waiting: int
    common: int  # of unproven accounts


def admit_waiting(gate: Gate, now: datetime) -> int:
    """Admits whoever's turn it is. Returns how many. Two at once admit nobody twice."""
    room = room_now(gate, now)
    common = list(gate.store.list_common(now, min(room.common, _common_share(gate, room.in_all))))
    others = room.in_all - len(common)
    first = list(gate.store.list_present(now - PRESENT_FOR, now, min(room.present, _share(gate, others))))
    left = max(0, min(room.waiting, others - len(first)))
    longest = gate.store.list_waiting(now, left + len(first)) if left else ()
    chosen = common + first + [one for one in longest if one not in first][:left]
    admitted = 0
    for users in batched(chosen, AT_ONCE, strict=False):
        admitted += _admit(gate, users, gate.store.read_states(users), now)
    return admitted


def admit_present(gate: Gate, user_id: str, state: AskState, now: datetime) -> bool:
    """Admits one viewer who is there without waiting for the next look, while such as they fill their part alone."""
    room = room_now(gate, now)
    if (room.common if state.unproven else room.present) < 1 or _depth(gate) - room.in_all >= _share(
        gate, _depth(gate)
    ):
        return False
    return _admit(gate, [user_id], {user_id: state}, now) == 1


def closed_until(gate: Gate, now: datetime, *, unproven: bool = False) -> datetime | None:
    """Until when no question is admitted because the model fails or the budget is used; None: the way is free.
    `unproven`: of an account that lives off the common share."""
    breaker = gate.budget.breaker()
    ledger = gate.budget.ledger(now)
    shares = shares_of(gate.settings)
    allowed = opens_at(gate.settings.budget_tokens_per_day, ledger, shares, now, present=True, common=unproven)
    moments = [moment for moment in (breaker.open_until if breaker.is_open(now) else None, allowed) if moment]
    return max(moments, default=None)


def room_now(gate: Gate, now: datetime) -> Room:
    """The least of what lanes, breaker and budget allow."""
    open_ = gate.store.count_open(now, _depth(gate))
    breaker = gate.budget.breaker()
    lanes = 0 if breaker.is_open(now) else _depth(gate) - open_
    if breaker.is_half_open(now):
        lanes = min(lanes, 1 - open_)  # one tries, and the others wait for what comes of it
    ledger = gate.budget.ledger(now)

    lanes, per_day, shares = max(0, lanes), gate.settings.budget_tokens_per_day, shares_of(gate.settings)

    def room(tokens: int) -> int:  # questions that are open may not have reserved theirs yet
        return max(0, min(lanes, tokens // QUESTION_TOKENS_MAX - open_))

    return Room(
        in_all=lanes,
        present=room(allowed_tokens(per_day, ledger, shares, now, present=True)),
        waiting=room(allowed_tokens(per_day, ledger, shares, now, present=False)),
        common=room(allowed_common_tokens(per_day, ledger, shares, now)),
    )


def shares_of(values: Settings) -> Shares:
    """The parts of this deployment's budget."""
    return Shares(
        evening=values.evening_percent / 100,
        evening_starts=timedelta(hours=values.evening_starts_utc),
        present=values.present_kept_percent / 100,
        lost_calls=values.lost_calls_percent / 100,
        common=values.common_percent / 100,
    )


def _depth(gate: Gate) -> int:
    return gate.settings.llm_parallel * gate.settings.ask_lane_depth


def _share(gate: Gate, room: int) -> int:
    return math.ceil(room * gate.settings.present_percent / 100)


def _common_share(gate: Gate, room: int) -> int:
    """Unproven accounts have a few places of their own, and take nobody else's."""
    return math.ceil(room * gate.settings.common_percent / 100)


def _admit(gate: Gate, user_ids: Sequence[str], states: Mapping[str, AskState], now: datetime) -> int:
    """Sends first, notes afterwards: a death in between sends again, which the queue drops as a duplicate."""
    turn = [one for one in user_ids if one in states and _is_their_turn(states[one], now)]
    if not turn:
        return 0
    gate.outbox.send_asks([Ask(user_id=one, window=states[one].version, trace=states[one].trace) for one in turn])
    for user_id in turn:
        _note(gate.store, user_id, states[user_id], now)
    return len(turn)


def _is_their_turn(state: AskState, now: datetime) -> bool:
    """The index may be older than the state."""
    return state.look_at is not None and state.look_at <= now


def _note(store: RecommendationStore, user_id: str, state: AskState, now: datetime) -> None:
    times = state.times_lost + 1 if state.pending_since else 0
    admitted = msgspec.structs.replace(state, pending_since=now, times_lost=times)
    try:
        store.put_state(user_id, admitted, replaces=state)
    except UserErasedError:
        return
    except ListChangedError:  # the question has begun, or the viewer goes on: they wait on, and may be admitted twice
        log.info("a question was admitted while its viewer's state changed")
