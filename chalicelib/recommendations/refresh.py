"""The viewer asks for a new GigaChat list."""

from datetime import datetime

import msgspec

from chalicelib.compare_and_swap import Attempts
from chalicelib.recommendations.messages import Outbox, Rebuild
from chalicelib.recommendations.model import AskState, ListChangedError, State
from chalicelib.recommendations.ports import RecommendationStore
from chalicelib.recommendations.question_timing import Limits, not_before

ATTEMPTS = 3


class Refresh(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of the wish: `waiting` until `available_at`, or `updating`."""

    state: State
    available_at: datetime


def refresh(store: RecommendationStore, outbox: Outbox, user_id: str, limits: Limits, now: datetime) -> Refresh:
    """Notes the wish and wakes the fast lane, which asks at once or, within the cooldown, leaves it to the sweep.

    Repeating it changes nothing: one wish, one question.

    Raises:
        ListChangedError: the steps kept changing the user's state; try again.
    """
    state = _noted(store, user_id, now)
    outbox.send_rebuilds([Rebuild(user_id=user_id, changed_at=now)])
    earliest = not_before(msgspec.structs.replace(state, refresh_requested_at=now), limits, now) or now
    return Refresh(state="waiting" if earliest > now else "updating", available_at=max(earliest, now))


def _noted(store: RecommendationStore, user_id: str, now: datetime) -> AskState:
    """Stores the wish unless one stands there already. Returns the state as it was read."""
    attempts = Attempts(ATTEMPTS, ListChangedError)
    while True:
        with attempts:
            state = store.read_page(user_id).state
            if state.refresh_requested_at is None:
                store.put_state(user_id, msgspec.structs.replace(state, refresh_requested_at=now), replaces=state)
            return state
