"""The viewer asks for a new GigaChat list."""

from datetime import datetime

import msgspec

from chalicelib.compare_and_swap import Attempts
from chalicelib.recommendations.messages import Rebuild
from chalicelib.recommendations.model import AskState, ListChangedError, State
from chalicelib.recommendations.ports import RecommendationStore
from chalicelib.recommendations.questions.admission import Gate, closed_until
from chalicelib.recommendations.questions.timing import limits_of, not_before
from chalicelib.tracing import correlation

ATTEMPTS = 3


class Refresh(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of the wish: `waiting` until `available_at`, or `updating`."""

    state: State
    available_at: datetime


def refresh(gate: Gate, user_id: str, now: datetime) -> Refresh:
    """Notes the wish, which then waits to be admitted like every question, and wakes the fast lane.

    Repeating it changes nothing: one wish, one question. It can be asked when the cooldown is over, GigaChat answers
    and the day's budget allows; as far as that is known now.

    Raises:
        ListChangedError: the steps kept changing the user's state; try again.
    """
    state = _noted(gate.store, user_id, now)
    gate.outbox.send_rebuilds([Rebuild(user_id=user_id, changed_at=now, trace=correlation())])
    wish = msgspec.structs.replace(state, refresh_requested_at=now)
    closed = closed_until(gate, now, unproven=state.unproven)
    earliest = max(not_before(wish, limits_of(gate.settings), now) or now, closed or now, now)
    return Refresh(state="waiting" if earliest > now else "updating", available_at=earliest)


def _noted(store: RecommendationStore, user_id: str, now: datetime) -> AskState:
    """Stores the wish unless one stands there already, so that the sweep finds it. Returns the state as it was read."""
    attempts = Attempts(ATTEMPTS, ListChangedError)
    while True:
        with attempts:
            state = store.read_page(user_id).state
            if state.refresh_requested_at is None:
                wished = msgspec.structs.replace(
                    state,
                    refresh_requested_at=now,
                    stale_since=state.stale_since or now,
                    not_before=state.not_before or now,
                    trace=correlation(),
                )
                store.put_state(user_id, wished, replaces=state)
            return state
