"""Whether a user's taste may be put to GigaChat now, later, or not at all. Pure."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from chalicelib.recommendations.llm.budget import day_of
from chalicelib.recommendations.model import AskState, Taste, TasteFilm
from chalicelib.settings import Settings


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """When questions are allowed; see `settings.py` for the reasons."""

    ask_after_rated: int
    cooldown_seconds: int
    per_user_and_day: int
    quiet_seconds: int
    settle_max_seconds: int
    first_pause_seconds: int
    first_wait_seconds: int


class Due(msgspec.Struct, frozen=True):
    """`now`: ask; `soon`: the first question waits for a pause until `not_before`; `later`: the taste has changed, but
    the question may not be asked before `not_before`; `no`."""

    when: Literal["now", "soon", "later", "no"]
    not_before: datetime | None = None


def due(taste: Taste, state: AskState, limits: Limits, now: datetime) -> Due:
    """The rule in one place; both lanes and the sweep go by it.

    A first question is due when enough films are rated and the viewer has paused; later ones when the taste changed
    since the last question, the cooldown is over, and the activity session too: who likes one film soon likes another,
    and one question at its end is worth more than two. A viewer who asked for a refresh waits for the cooldown alone.
    """
    if len(taste.rated - taste.saved) < limits.ask_after_rated or not any(
        _lists(taste)
    ):  # who has only seen films has no taste yet
        return Due("no")
    refresh = state.refresh_requested_at is not None
    if state.asked_hash == taste.taste_hash and not refresh:
        return Due("no")
    if not state.asked_at and not refresh:
        paused_at = _paused_at(taste, limits, now)
        return Due("soon", paused_at) if paused_at > now else Due("now")
    earliest = not_before(state, limits, now)
    if state.asked_hash and not refresh:
        earliest = max(earliest or now, _settled_at(taste, state, limits, now))
    if earliest is not None and earliest > now:
        return Due("later", earliest)
    return Due("now")


def not_before(state: AskState, limits: Limits, now: datetime) -> datetime | None:
    """When the next question may be asked at the earliest; None: at any time."""
    if state.day == day_of(now) and state.asked_on_day >= limits.per_user_and_day:
        return max(tomorrow(now), state.not_before or now)
    if state.refresh_requested_at and state.asked_at and state.not_before:  # a wish need not wait for quiet
        return min(state.not_before, state.asked_at + timedelta(seconds=limits.cooldown_seconds))
    return state.not_before


def counted(state: AskState, now: datetime, more: int) -> AskState:
    """The state with so many more questions on this day, or so many fewer."""
    today = day_of(now)
    before = state.asked_on_day if state.day == today else 0
    return msgspec.structs.replace(state, day=today, asked_on_day=max(0, before + more))


def _paused_at(taste: Taste, limits: Limits, now: datetime) -> datetime:
    """When the first sitting has paused: a moment after the last word, but soon after the first one."""
    moments = [film.rated_at for films in _lists(taste) for film in films]
    last, first = max(moments, default=now), min(moments, default=now)
    return min(
        last + timedelta(seconds=limits.first_pause_seconds), first + timedelta(seconds=limits.first_wait_seconds)
    )


def _settled_at(taste: Taste, state: AskState, limits: Limits, now: datetime) -> datetime:
    """When the activity session is over: a while after the viewer's last feedback, but not for ever after the first new
    one. In whole steps, so that a session hardly ever moves the user's place in the sweep's index, at 3 write units."""
    latest = max((films[0].rated_at for films in _lists(taste) if films), default=now)
    settled = latest + timedelta(seconds=limits.quiet_seconds)
    step = max(1, limits.quiet_seconds)
    settled = datetime.fromtimestamp(-(-int(settled.timestamp()) // step) * step, now.tzinfo)
    return min(settled, (state.stale_since or latest) + timedelta(seconds=limits.settle_max_seconds))


def _lists(taste: Taste) -> tuple[tuple[TasteFilm, ...], ...]:
    return taste.liked, taste.steered, taste.disliked, taste.excluded


def tomorrow(now: datetime) -> datetime:
    """When the next UTC day, and with it a new budget, begins."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def limits_of(values: Settings) -> Limits:
    """The limits of this deployment."""
    return Limits(
        ask_after_rated=values.ask_after_rated,
        cooldown_seconds=values.ask_cooldown_seconds,
        per_user_and_day=values.ask_per_user_and_day,
        quiet_seconds=min(values.ask_quiet_seconds, values.ask_cooldown_seconds),  # a short cooldown means haste
        settle_max_seconds=min(values.ask_settle_max_seconds, 2 * values.ask_cooldown_seconds),
        first_pause_seconds=min(values.ask_first_pause_seconds, values.ask_cooldown_seconds),
        first_wait_seconds=min(values.ask_first_wait_seconds, 2 * values.ask_cooldown_seconds),
    )
