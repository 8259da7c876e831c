"""How long the model rests of a viewer, and a new viewer who begins with the rest of an earlier one."""

from datetime import datetime

from chalicelib.recommendations.llm.budget import day_of
from chalicelib.recommendations.model import AskState
from chalicelib.recommendations.ports import RecommendationStore


def find_rest(store: RecommendationStore, user_id: str, now: datetime) -> tuple[datetime, int] | None:
    """When the viewer may be asked about again, and how many questions were today's; None when neither binds."""
    state = store.read_states([user_id]).get(user_id, AskState())
    asked = state.asked_on_day if state.day == day_of(now) else 0
    not_before = max(state.not_before or now, now)
    return (not_before, asked) if asked or not_before > now else None


def begin_resting(store: RecommendationStore, user_id: str, not_before: datetime, asked: int, now: datetime) -> None:
    """The state of a viewer about whom somebody has asked, though nothing is known of what. Raises `ListChangedError`
    when there is a state already."""
    resting = AskState(asked_at=now, not_before=not_before, day=day_of(now), asked_on_day=asked)
    store.put_state(user_id, resting, replaces=AskState())
