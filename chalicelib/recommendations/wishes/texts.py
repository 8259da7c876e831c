"""Texts that viewers type, and what the model has understood of them: shared by everybody who types the same.

A text stands in the recommendations table as a viewer stands under an id, by the digest of its letters: a state, a
place in the sweep's index, an admission, a message in a lane. Nobody's name is in it: who typed it is not kept, the
text itself only until the model has read it, and one that holds an address or a number of somebody's never.
"""

import hashlib
import logging
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from chalicelib.feedback.model import Feedback
from chalicelib.feedback.standing import Word, is_proven, proof_of
from chalicelib.plain_text import hides_something, leads_elsewhere
from chalicelib.recommendations.llm.budget import day_of
from chalicelib.recommendations.llm.wish_prompt import PROMPT_VERSION, RESERVED_TOKENS_MAX
from chalicelib.recommendations.model import TEXT_SUBJECT, AskState, ListChangedError, State, StoredPlan, TextQuestions
from chalicelib.recommendations.ports import TextStore
from chalicelib.recommendations.questions.admission import Gate, admit_present
from chalicelib.recommendations.wishes.model import Plan, Wish
from chalicelib.settings import Settings

log = logging.getLogger(__name__)

KEPT = timedelta(days=30)  # films come, and a plan may name none of them


class Better(NamedTuple):
    """A better plan than the rules', where there is one by now; else whether one is on its way."""

    plan: Plan | None = None
    state: State = "fresh"


def subject_of(text: str) -> str:
    """Under what a text stands: the same for all that differ in case and spaces alone, another for each prompt."""
    same = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return TEXT_SUBJECT + hashlib.sha256(f"{PROMPT_VERSION} {same}".encode()).hexdigest()[:40]


def is_text(subject: str) -> bool:
    """Whether a text stands there, and no viewer."""
    return subject.startswith(TEXT_SUBJECT)


def find_better(
    gate: Gate, texts: TextStore, user_id: str, text: str, said: Sequence[Feedback], now: datetime
) -> Better:
    """The model's plan for the text, or a place among those who wait for one, as far as the day's shares go. Two
    viewers who send it at once are one. `said` is all the viewer's feedback: unproven accounts ask out of the common
    share."""
    if hides_something(text) or leads_elsewhere(text):
        return Better()
    subject = subject_of(text)
    state, plan, day = texts.known_text(subject)
    if plan is not None and plan.kept_until > now:
        return Better(plan_of(plan))
    is_unproven = not is_proven([Word(one.updated_at, one.unconfirmed) for one in said], proof_of(gate.settings), now)
    if state.version and (state.kept_until is None or state.kept_until > now):
        if not state.stale_since:
            return Better()  # asked, and nothing came of it
        if state.pending_since or not (state.unproven and not is_unproven):
            return Better(state="updating" if state.is_open(now) else "waiting")
        waiting = msgspec.structs.replace(state, unproven=False)  # somebody proven waits for it too
    else:
        if not _may_wait(gate.settings, day, now, is_unproven=is_unproven) or not texts.count_text(
            user_id, now, gate.settings.texts_per_user_and_day
        ):
            return Better()
        waiting = AskState(stale_since=now, not_before=now, text=text, kept_until=now + KEPT, unproven=is_unproven)
    try:
        stored = gate.store.put_state(subject, waiting, replaces=state)
    except ListChangedError:  # somebody else was first
        return Better(state="updating")
    due = stored.not_before is None or stored.not_before <= now
    return Better(state="updating" if due and admit_present(gate, subject, stored, now) else "waiting")


def plan_of(kept: StoredPlan) -> Plan:
    """The wishes of a plan as stored; those that this version does not know are left out."""
    found = []
    for kind, value, text in kept.wishes:
        try:
            found.append(msgspec.convert({"kind": kind, "value": value, "text": text}, Wish))
        except msgspec.ValidationError:
            log.warning("a kept plan has a wish of an unknown kind: %s", kind)
    return tuple(found)


def of_day(known: TextQuestions, now: datetime) -> TextQuestions:
    """The same on this day, on which no tokens may have been set aside yet."""
    today = day_of(now)
    return known if known.day == today else msgspec.structs.replace(known, day=today, tokens_on_day=0)


def tokens_most(limits: Settings) -> int:
    """What questions about texts may use of a day."""
    return limits.budget_tokens_per_day * limits.texts_percent // 100


def _may_wait(limits: Settings, day: TextQuestions, now: datetime, *, is_unproven: bool) -> bool:
    """Not where there is no model, or where nothing is left of the day: nobody waits for tomorrow with a request. Half
    of it is for viewers who have proven something: accounts are free."""
    if day.off_until is not None and day.off_until > now:
        return False
    most = tokens_most(limits) // (2 if is_unproven else 1)
    return of_day(day, now).tokens_on_day + RESERVED_TOKENS_MAX <= most
