"""The slow lane, for what is asked once, whoever waits for it: a new film, a text that several viewers may type.

What such a question goes by lies in the state of its subject, which stands among viewers under a name of its own. It is
begun before it is asked, its reply stored before anybody reads it, and what it says kept before it is ended. So a reply
that was paid for is read again until it has been understood; and where a worker died over the call itself, which may
have been billed, the subject goes without.
"""

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple, Protocol

import msgspec

from chalicelib.catalog.model import CatalogUnavailableError
from chalicelib.compare_and_swap import Attempts
from chalicelib.recommendations.llm.breaker_use import may_ask
from chalicelib.recommendations.llm.budget import Budget, BudgetSpentError
from chalicelib.recommendations.llm.call import call, keep
from chalicelib.recommendations.llm.port import Model, ModelError, Prompt
from chalicelib.recommendations.model import AskState, ListChangedError, RawReply
from chalicelib.recommendations.ports import RecommendationStore
from chalicelib.recommendations.questions.timing import tomorrow
from chalicelib.settings import Settings

log = logging.getLogger(__name__)

ALIVE = timedelta(seconds=75)  # longer than a worker may run, shorter than its message rests when it was killed
ATTEMPTS = 5
ENDED = "ended"  # what a state says of a question that is never asked again


class OnceDependencies(NamedTuple):
    """What a question that is asked once works with."""

    store: RecommendationStore
    model: Callable[[], Model | None]  # opened late; None: no credentials, GigaChat is off
    budget: Budget
    settings: Settings
    clock: Callable[[], datetime]


class OnceAsked(Protocol):
    """What is asked, and what becomes of it."""

    @property
    def subject(self) -> str:
        """Under what it stands where viewers stand under their ids."""

    @property
    def patience(self) -> timedelta:
        """How long it may wait since it was noted."""

    def prompt(self, state: AskState) -> Prompt | None:
        """None: there is nothing to ask about by now, perhaps tomorrow. Raises `CatalogUnavailableError`."""

    def set_aside(self, tokens: int, now: datetime) -> None:
        """Counts a call in this kind's share of the day, whatever it will bring. Raises `BudgetSpentError`: it is
        used."""

    def switched_off(self, until: datetime) -> None:
        """The site has no model, and nobody looks for one before then."""

    def hear(self, state: AskState, raw: RawReply) -> str:
        """What is left of the reply, kept, and how that is called. It has been paid for: this may fail, and be done
        again. Raises `CatalogUnavailableError`."""


class Ending(NamedTuple):
    """How it ended: in a word for the log, when it is to be tried again (None: never), and whether it then goes on
    where it stands, for its reply is there."""

    outcome: str
    again: datetime | None = None
    goes_on: bool = False


def ask_once(parts: OnceDependencies, asked: OnceAsked, deadline_seconds: float) -> str:
    """Asks if that is due, and keeps the answer. Returns what came of it.

    What is refused (no key, breaker, budget, 429, time-out) waits in the sweep's index, as long as its patience goes.

    Raises:
        ListChangedError, UnavailableError: deliver the message again. What has been paid for is stored.
    """
    attempts = Attempts(ATTEMPTS, ListChangedError)
    while True:
        with attempts:
            return _ask_once(parts, asked, deadline_seconds)


def _ask_once(parts: OnceDependencies, asked: OnceAsked, deadline_seconds: float) -> str:
    now = parts.clock()
    record = parts.store.read(asked.subject)
    state, raw = record.state, record.raw
    if not state.stale_since:
        return "ended before" if state.asked_hash == ENDED else "not noted"
    paid = raw if raw and raw.question_key == state.question_key else None
    if paid:
        parts.budget.settle(paid.question_key, paid.tokens)
        ending = _heard(parts, asked, state, paid)
    elif state.question_key and state.asked_at and now - state.asked_at < ALIVE:
        return "under way"
    elif state.question_key and (lost := _lost(parts, state, now)):
        ending = lost
    elif state.not_before and now < state.not_before:
        return "not due"
    elif now - state.stale_since > asked.patience:
        ending = Ending("given up")
    else:
        state = _begin(parts.store, asked.subject, state, now)
        ending = _put_question(parts, asked, state, deadline_seconds)
    _end(parts.store, asked.subject, ending)
    return ending.outcome


def _begin(store: RecommendationStore, subject: str, state: AskState, now: datetime) -> AskState:
    """Notes the question before it is asked. Begun before, and not come to its tokens, it keeps its key."""
    key = state.question_key or hashlib.sha256(f"{subject} {now.isoformat()}".encode()).hexdigest()
    begun = msgspec.structs.replace(state, question_key=key, asked_at=now, pending_since=now)
    return store.put_state(subject, begun, replaces=state)


def _lost(parts: OnceDependencies, state: AskState, now: datetime) -> Ending | None:
    """What became of a question whose worker died; None: it had not come to the call."""
    entry = parts.budget.find_question(state.question_key)
    if entry is None:
        return None
    parts.budget.lose(state.question_key)
    unbilled = entry.state == "settled" and not entry.tokens and not entry.refused
    return Ending("lost ending", now + timedelta(seconds=parts.settings.ask_retry_seconds) if unbilled else None)


def _put_question(parts: OnceDependencies, asked: OnceAsked, state: AskState, deadline_seconds: float) -> Ending:
    now = parts.clock()
    soon = now + timedelta(seconds=parts.settings.ask_retry_seconds)
    try:
        model = parts.model()
    except Exception:  # the secret's service is away, or its text is wrong: both pass, and nothing was asked
        log.exception("the model could not be opened")
        return Ending("no key", soon)
    if model is None:
        asked.switched_off(tomorrow(now))
        return Ending("off", tomorrow(now))
    if not may_ask(parts.budget, now):
        return Ending("breaker open", max(soon, parts.budget.breaker().open_until or soon))
    try:
        prompt = asked.prompt(state)
        if prompt is None:
            return Ending("withdrawn", tomorrow(now))
        asked.set_aside(prompt.reserved_tokens, now)
        parts.budget.reserve(state.question_key, prompt.reserved_tokens, now, common=state.unproven)
        reply = call(model, prompt, state.question_key, parts.budget, deadline_seconds, parts.clock)
    except CatalogUnavailableError:
        return Ending("no catalogue", soon)
    except BudgetSpentError:
        return Ending("budget spent", tomorrow(now))
    except ModelError as error:
        rest = tomorrow(now) if error.billed else max(soon, now + timedelta(seconds=error.retry_after_seconds))
        return Ending(f"failed: {error.cause}", rest if error.retryable else None)
    put_raw = partial(parts.store.put_raw, asked.subject)
    raw = keep(reply, prompt, state.question_key, "", parts.clock(), put_raw, parts.budget)
    return _heard(parts, asked, state, raw)


def _heard(parts: OnceDependencies, asked: OnceAsked, state: AskState, raw: RawReply) -> Ending:
    try:
        return Ending(asked.hear(state, raw))
    except CatalogUnavailableError:
        soon = parts.clock() + timedelta(seconds=parts.settings.ask_retry_seconds)
        return Ending("no catalogue", soon, goes_on=True)


def _end(store: RecommendationStore, subject: str, ending: Ending) -> None:
    """Notes how it ended. The sweep may have changed the state during the call: its marks are the ones to change."""
    attempts = Attempts(ATTEMPTS, ListChangedError)
    while True:
        with attempts:
            state = store.read(subject).state
            ended = msgspec.structs.replace(
                state,
                asked_hash="" if ending.again else ENDED,
                stale_since=state.stale_since if ending.again else None,
                not_before=ending.again,
                pending_since=None,
                times_lost=0,
                question_key=state.question_key if ending.goes_on else "",
                text=state.text if ending.again else "",
                cause="" if ending.outcome == "answered" else ending.outcome,
            )
            store.put_state(subject, ended, replaces=state)
            return
