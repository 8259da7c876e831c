"""The slow lane, for a film: one question to GigaChat, once, whatever dies or is delivered twice.

What a question goes by lies in the film's own state (`note.py`). It is begun before it is asked, its reply stored
before anybody reads it, and what it says kept for every viewer's list before it is ended. So a reply that was paid for
is read again until it has been understood; and where a worker died over the call itself, which may have been billed,
the film goes without: its stand-ins by content are there anyway.
"""

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import msgspec

from chalicelib.catalog.model import CatalogUnavailableError, FilmNotFoundError
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.titles.match import match_titles
from chalicelib.catalog.titles.mentions import Mention
from chalicelib.compare_and_swap import Attempts
from chalicelib.recommendations.llm.breaker_use import may_ask
from chalicelib.recommendations.llm.budget import Budget, BudgetSpentError
from chalicelib.recommendations.llm.call import call, keep
from chalicelib.recommendations.llm.film_prompt import PICKS, PROPOSALS, build_film_prompt
from chalicelib.recommendations.llm.port import Model, ModelError, Prompt, reply_of
from chalicelib.recommendations.llm.reply import ReadReply, read_reply
from chalicelib.recommendations.model import AskState, FilmQuestions, ListChangedError, RawReply
from chalicelib.recommendations.ports import FilmQuestionStore, RecommendationStore
from chalicelib.recommendations.premieres.note import (
    ATTEMPTS,
    NEW_FOR,
    change,
    of_day,
    subject_of,
)
from chalicelib.recommendations.questions.timing import tomorrow
from chalicelib.settings import Settings

log = logging.getLogger(__name__)

ALIVE = timedelta(seconds=75)  # longer than a worker may run, shorter than its message rests when it was killed
CANDIDATES = 40  # to choose from: as many as a prompt takes
ENDED = "ended"  # what a state says of a question that is never asked again


class FilmDependencies(NamedTuple):
    """What a question about a film works with."""

    store: RecommendationStore
    questions: FilmQuestionStore
    catalog: Catalog
    model: Callable[[], Model | None]  # opened late; None: no credentials, GigaChat is off
    budget: Budget
    settings: Settings
    clock: Callable[[], datetime]


class Ending(NamedTuple):
    """How it ended: in a word for the log, when it is to be tried again (None: never), and whether it then goes on
    where it stands, for its reply is there."""

    outcome: str
    again: datetime | None = None
    goes_on: bool = False


def ask_about(parts: FilmDependencies, film_id: str, deadline_seconds: float) -> str:
    """Asks for the lovers of which films this one is, if that is due, and keeps the answer. Returns what came of it.

    What is refused (no key, breaker, budget, 429, time-out) waits in the sweep's index, for a week since the film was
    noted.

    Raises:
        ListChangedError, QuestionsChangedError: deliver the message again. What has been paid for is stored.
    """
    attempts = Attempts(ATTEMPTS, ListChangedError)
    while True:
        with attempts:
            return _ask_about(parts, film_id, deadline_seconds)


def _ask_about(parts: FilmDependencies, film_id: str, deadline_seconds: float) -> str:
    now, subject = parts.clock(), subject_of(film_id)
    record = parts.store.read(subject)
    state, raw = record.state, record.raw
    if not state.stale_since:
        return "ended before" if state.asked_hash == ENDED else "not noted"
    paid = raw if raw and raw.question_key == state.question_key else None
    if paid:
        parts.budget.settle(paid.question_key, paid.tokens)
        ending = _heard(parts, film_id, paid)
    elif state.question_key and state.asked_at and now - state.asked_at < ALIVE:
        return "under way"
    elif state.question_key and (lost := _lost(parts, state, now)):
        ending = lost
    elif state.not_before and now < state.not_before:
        return "not due"
    elif now - state.stale_since > NEW_FOR:
        ending = Ending("given up")
    else:
        state = _begin(parts.store, subject, state, now)
        ending = _put_question(parts, film_id, state, deadline_seconds)
    _end(parts.store, subject, ending)
    return ending.outcome


def _begin(store: RecommendationStore, subject: str, state: AskState, now: datetime) -> AskState:
    """Notes the question before it is asked. Begun before, and not come to its tokens, it keeps its key."""
    key = state.question_key or hashlib.sha256(f"{subject} {now.isoformat()}".encode()).hexdigest()
    begun = msgspec.structs.replace(state, question_key=key, asked_at=now, pending_since=now)
    return store.put_state(subject, begun, replaces=state)


def _lost(parts: FilmDependencies, state: AskState, now: datetime) -> Ending | None:
    """What became of a question whose worker died; None: it had not come to the call."""
    entry = parts.budget.find_question(state.question_key)
    if entry is None:
        return None
    parts.budget.lose(state.question_key)
    unbilled = entry.state == "settled" and not entry.tokens and not entry.refused
    return Ending("lost ending", now + timedelta(seconds=parts.settings.ask_retry_seconds) if unbilled else None)


def _put_question(parts: FilmDependencies, film_id: str, state: AskState, deadline_seconds: float) -> Ending:
    now = parts.clock()
    soon = now + timedelta(seconds=parts.settings.ask_retry_seconds)
    try:
        model = parts.model()
    except Exception:  # the secret's service is away, or its text is wrong: both pass, and nothing was asked
        log.exception("the model could not be opened")
        return Ending("no key", soon)
    if model is None:
        return Ending("off", tomorrow(now))
    if not may_ask(parts.budget, now):
        return Ending("breaker open", max(soon, parts.budget.breaker().open_until or soon))
    try:
        prompt = _prompt(parts.catalog, film_id, state.question_key)
        if prompt is None:
            return Ending("withdrawn", tomorrow(now))
        _set_aside(parts, prompt.reserved_tokens, now)
        parts.budget.reserve(state.question_key, prompt.reserved_tokens, now)
        reply = call(model, prompt, state.question_key, parts.budget, deadline_seconds, parts.clock)
    except CatalogUnavailableError:
        return Ending("no catalogue", soon)
    except BudgetSpentError:
        return Ending("budget spent", tomorrow(now))
    except ModelError as error:
        rest = tomorrow(now) if error.billed else max(soon, now + timedelta(seconds=error.retry_after_seconds))
        return Ending(f"failed: {error.cause}", rest if error.retryable else None)
    put_raw = partial(parts.store.put_raw, subject_of(film_id))
    raw = keep(reply, prompt, state.question_key, "", parts.clock(), put_raw, parts.budget)
    return _heard(parts, film_id, raw)


def _prompt(catalog: Catalog, film_id: str, seed: str) -> Prompt | None:
    """None: the film is not there, or may not be shown."""
    try:
        film = catalog.get(film_id)
    except FilmNotFoundError:
        return None
    return build_film_prompt(film, catalog.similar([film_id], CANDIDATES), seed)


def _set_aside(parts: FilmDependencies, tokens: int, now: datetime) -> None:
    """Counts a call among those about films, whatever it will bring. Raises `BudgetSpentError`: their share of the day
    is used."""
    most = parts.settings.budget_tokens_per_day * parts.settings.premieres_percent // 100

    def more(known: FilmQuestions) -> FilmQuestions:
        today = of_day(known, now)
        if today.tokens_on_day + tokens > most:
            raise BudgetSpentError(today.day)
        return msgspec.structs.replace(today, tokens_on_day=today.tokens_on_day + tokens)

    change(parts.questions, more)


def _heard(parts: FilmDependencies, film_id: str, raw: RawReply) -> Ending:
    """What is left of the reply, kept: of its films those that the catalogue holds. It has been paid for: this may
    fail, and be done again."""
    read = read_reply(reply_of(raw.reply_json), raw, {film_id}, raw.language)
    try:
        films = _held(parts.catalog, read, film_id)
    except CatalogUnavailableError:
        soon = parts.clock() + timedelta(seconds=parts.settings.ask_retry_seconds)
        return Ending("no catalogue", soon, goes_on=True)
    if not films:
        log.warning("GigaChat said nothing of use about a film: %s", read.cause)
        return Ending(f"refused: {read.cause or 'no film that is held'}")

    def also(known: FilmQuestions) -> FilmQuestions:
        told = {one: said for one, said in known.for_lovers_of.items() if one != film_id} | {film_id: films}
        latest = dict(list(told.items())[-FilmQuestions.KEPT :])
        return msgspec.structs.replace(known, for_lovers_of=latest)

    change(parts.questions, also)
    return Ending("answered")


def _held(catalog: Catalog, read: ReadReply, film_id: str) -> tuple[str, ...]:
    """The films of a reply that the catalogue holds, picks first; never the film itself."""
    picked = [one for one, _ in read.picks][:PICKS]
    held = catalog.get_many(picked) if picked else {}
    mentions = [Mention(title, year) for title, year, _ in read.proposals][:PROPOSALS]
    proposed = [match.film.film_id for match in match_titles(catalog, mentions) if match.film] if mentions else []
    return tuple(dict.fromkeys(one for one in (*(one for one in picked if one in held), *proposed) if one != film_id))


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
                cause="" if ending.outcome == "answered" else ending.outcome,
            )
            store.put_state(subject, ended, replaces=state)
            return
