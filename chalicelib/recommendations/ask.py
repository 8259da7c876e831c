"""The slow lane: one taste, one question to GigaChat, one answer kept for every later list."""

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from chalicelib.catalog.model import CatalogUnavailableError
from chalicelib.compare_and_swap import retried
from chalicelib.language import Language
from chalicelib.metrics import count
from chalicelib.recommendations.llm.budget import Budget, BudgetSpentError, QuestionSettledError, day_of
from chalicelib.recommendations.llm.port import Model, ModelError, Question
from chalicelib.recommendations.llm.prompt import build_question
from chalicelib.recommendations.llm.reply import read_answer
from chalicelib.recommendations.llm.title_resolution import accepted_picks
from chalicelib.recommendations.model import AskState, ListChangedError, StoredAnswer, Taste, UserErasedError
from chalicelib.recommendations.ports import RecommendationStore
from chalicelib.recommendations.question_timing import due, limits_of, tomorrow
from chalicelib.recommendations.ranking.candidates import for_model
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.recommendations.rebuild import ATTEMPTS, Parts, ranked_list, rebuild

log = logging.getLogger(__name__)


class AskParts(NamedTuple):
    """What the slow lane needs beyond the fast one's parts."""

    fast: Parts
    model: Callable[[], Model | None]  # opened late; None: no credentials, GigaChat is off
    budget: Budget
    clock: Callable[[], datetime]


class Ending(NamedTuple):
    """How a question ended: its name in metrics, when the next one may come, and whether this taste waits for it."""

    outcome: str
    not_before: datetime
    again: bool = False


def ask(parts: AskParts, user_id: str, deadline_seconds: float) -> str:
    """Asks GigaChat about the user's taste if that is due, stores the answer, and publishes it merged.

    Every ending leaves the user with a list and, where the question shall be asked again, in the sweep's index: the
    message is done whatever the model did, and no lane is blocked. Returns what came of it.

    Raises:
        ListChangedError: others kept changing the user's state; deliver the message again.
    """
    try:  # the fast lane marks the user too; what was begun is found again by its key
        return retried(ATTEMPTS, ListChangedError, lambda: _ask(parts, user_id, deadline_seconds))
    except UserErasedError:  # during the call
        return "erased"


def _ask(parts: AskParts, user_id: str, deadline_seconds: float) -> str:
    now = parts.clock()
    record = parts.fast.store.read(user_id)
    if record.erased:
        return "erased"
    feedback = parts.fast.feedback.list_all(user_id)
    taste = taste_of(feedback, now)
    state = record.state
    if not (state.question_key and state.question_hash == taste.taste_hash):  # else a worker died over this question
        verdict = due(taste, msgspec.structs.replace(state, pending_since=None), limits_of(parts.fast.settings), now)
        if verdict.when != "now":
            rebuild(parts.fast, user_id, now)  # sets or clears the marks
            return f"not due: {verdict.when}"
        state = _begin(parts, user_id, state, taste, now)
    language = feedback[0].language if feedback else "ru"
    ending = _kept_answer(parts, record.answer, state) or _put_question(
        parts, user_id, taste, state, language, deadline_seconds
    )
    retried(ATTEMPTS, ListChangedError, lambda: _end(parts.fast.store, user_id, taste, ending))
    count("Questions", outcome=ending.outcome)
    rebuild(parts.fast, user_id, parts.clock())
    return ending.outcome


def _begin(parts: AskParts, user_id: str, state: AskState, taste: Taste, now: datetime) -> AskState:
    """Notes the question before it is asked, so that a repeated message finds its key, its reservation and its day."""
    key = hashlib.sha256(f"{user_id} {taste.taste_hash} {now.isoformat()}".encode()).hexdigest()
    today = day_of(now)
    begun = msgspec.structs.replace(
        state,
        asked_at=now,
        not_before=now + timedelta(seconds=parts.fast.settings.ask_cooldown_seconds),
        question_key=key,
        question_hash=taste.taste_hash,
        pending_since=now,
        stale_since=None,
        refresh_requested_at=None,
        day=today,
        asked_on_day=(state.asked_on_day if state.day == today else 0) + 1,
    )
    return parts.fast.store.put_state(user_id, begun, replaces=state)


def _kept_answer(parts: AskParts, answer: StoredAnswer | None, state: AskState) -> Ending | None:
    """The answer is there already: its worker died between storing it and saying so."""
    if answer is None or answer.question_key != state.question_key:
        return None
    parts.budget.settle(state.question_key, answer.tokens)
    return Ending("answered", state.not_before or answer.answered_at)


def _put_question(
    parts: AskParts, user_id: str, taste: Taste, state: AskState, language: Language, deadline_seconds: float
) -> Ending:
    settings, now = parts.fast.settings, parts.clock()
    rest = now + timedelta(seconds=settings.ask_cooldown_seconds)
    soon = now + timedelta(seconds=settings.ask_retry_seconds)
    model = parts.model()
    if model is None:
        return Ending("off", rest)  # nobody is made to wait for a model that this site does not have
    try:
        question = _question(parts.fast, taste, state, language)
        parts.budget.reserve(state.question_key, question.reserved_tokens, now)
        reply = model.ask(question, deadline_seconds)
    except CatalogUnavailableError:
        return Ending("no catalogue", soon, again=True)
    except QuestionSettledError:  # its worker died after the bill and before saying how it ended
        return Ending("refused: lost ending", rest)
    except BudgetSpentError:
        return Ending("budget spent", tomorrow(now), again=True)
    except ModelError as error:
        log.warning("GigaChat failed: %s", error.cause)
        if not error.billed:
            parts.budget.settle(state.question_key, 0)
        paid = error.billed or not error.retryable
        wait = max(soon, now + timedelta(seconds=min(error.retry_after_seconds, settings.ask_cooldown_seconds)))
        return Ending(f"failed: {error.cause}", rest if paid else wait, again=error.retryable)
    verdict = read_answer(reply, question, taste.rated, language)
    picks = accepted_picks(parts.fast.catalog, verdict, taste.rated)
    if not picks:
        parts.budget.settle(state.question_key, reply.total_tokens)
        log.warning("GigaChat said nothing of use: %s", verdict.cause)
        return Ending(f"refused: {verdict.cause or 'nothing acceptable'}", rest)
    answer = StoredAnswer(
        taste_hash=taste.taste_hash,
        answered_at=parts.clock(),
        language=language,
        prompt_version=question.prompt_version,
        question_key=state.question_key,
        tokens=reply.total_tokens,
        picks=picks,
    )
    parts.fast.store.put_answer(user_id, answer)
    parts.budget.settle(state.question_key, reply.total_tokens)
    return Ending("answered", rest)


def _question(fast: Parts, taste: Taste, state: AskState, language: Language) -> Question:
    offered = for_model(ranked_list(fast, taste), taste, fast.settings.ask_candidates)
    return build_question(taste, offered, language, seed=state.question_key)


def _end(store: RecommendationStore, user_id: str, taste: Taste, ending: Ending) -> None:
    """Notes how it ended. The fast lane may have marked the user during the call: its marks are the ones to change.

    `asked_hash` says "not this taste again"; a question to repeat stays stale under its own time instead.
    """
    state = store.read_page(user_id).state
    ended = msgspec.structs.replace(
        state,
        asked_hash=state.asked_hash if ending.again else taste.taste_hash,
        stale_since=state.asked_at if ending.again else None,
        not_before=ending.not_before,
        question_key="",
        question_hash="",  # `pending_since` stays until the list with the answer is published
        cause="" if ending.outcome == "answered" else ending.outcome,
    )
    store.put_state(user_id, ended, replaces=state)
