"""The slow lane: one taste, one question to GigaChat, one reply kept for every later list."""

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import msgspec

from chalicelib.catalog.model import CatalogUnavailableError
from chalicelib.compare_and_swap import Attempts
from chalicelib.language import Language
from chalicelib.metrics import count, measure_percent
from chalicelib.recommendations.llm.breaker_use import may_ask
from chalicelib.recommendations.llm.budget import Budget, BudgetSpentError, QuestionSettledError
from chalicelib.recommendations.llm.call import call, keep
from chalicelib.recommendations.llm.port import Model, ModelError, Prompt, reply_of
from chalicelib.recommendations.llm.prompt import PROMPT_VERSION, build_prompt
from chalicelib.recommendations.llm.reply import read_reply
from chalicelib.recommendations.llm.title_resolution import accepted_picks
from chalicelib.recommendations.messages import Rebuild
from chalicelib.recommendations.model import AskState, ListChangedError, RawReply, StoredReply, Taste, UserErasedError
from chalicelib.recommendations.plan import mark_reply
from chalicelib.recommendations.ports import RecommendationStore
from chalicelib.recommendations.questions.timing import counted, due, limits_of, tomorrow
from chalicelib.recommendations.ranking.offered import for_model
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.recommendations.rebuild import ATTEMPTS, Dependencies, ranked_list, rebuild, treated, with_standing
from chalicelib.tracing import correlation

log = logging.getLogger(__name__)


class AskDependencies(NamedTuple):
    """What the slow lane needs beyond what the fast one has."""

    fast: Dependencies
    model: Callable[[], Model | None]  # opened late; None: no credentials, GigaChat is off
    budget: Budget
    clock: Callable[[], datetime]


class Ending(NamedTuple):
    """How a question ended: its name in metrics, when the next one may come, whether this taste waits for it, and
    whether the model was called: what hindered us beforehand is not one of a viewer's questions of the day."""

    outcome: str
    not_before: datetime
    again: bool = False
    called: bool = True


def ask(dependencies: AskDependencies, user_id: str, deadline_seconds: float) -> str:
    """Asks GigaChat about the user's taste if that is due, stores the reply, and publishes it merged.

    Every ending leaves the user with a list and, where the question shall be asked again, in the sweep's index: the
    message is done whatever the model did, and no lane is blocked. From admission to ending the user stands in that
    index too, under the end of a lease. Returns what came of it.

    Raises:
        ListChangedError: others kept changing the user's state; deliver the message again.
    """
    attempts = Attempts(ATTEMPTS, ListChangedError)  # the fast lane marks the user too
    try:
        while True:
            with attempts:  # what was begun is found again by its key
                return _ask(dependencies, user_id, deadline_seconds)
    except UserErasedError:  # during the call
        return "erased"


def _ask(dependencies: AskDependencies, user_id: str, deadline_seconds: float) -> str:
    fast, treatment = treated(dependencies.fast, user_id)
    dependencies, now = dependencies._replace(fast=fast), dependencies.clock()
    record = dependencies.fast.store.read(user_id)
    if record.erased:
        return "erased"
    feedback = dependencies.fast.feedback.list_all(user_id)
    taste = taste_of(feedback, now)
    state, raw = with_standing(record.state, feedback, dependencies.fast.settings, now), record.raw
    paid = raw if raw and raw.question_key == state.question_key else None
    begun = state.question_key and (paid or state.question_hash == taste.taste_hash)  # a worker died over this question
    if not begun:
        free = msgspec.structs.replace(state, pending_since=None)
        timing = due(taste, free, limits_of(dependencies.fast.settings), now)
        if timing.when != "now" or not treatment.model:
            rebuild(dependencies.fast, user_id, now, question_ended=True)  # notes what waits; a mark may stand too
            return f"not due: {timing.when if treatment.model else 'an arm without the model'}"
    if not paid:
        state = _begin(dependencies, user_id, state, taste, now, state.question_key if begun else "")
    language = feedback[0].language if feedback else "ru"
    if paid:
        dependencies.budget.settle(paid.question_key, paid.tokens)
        ending = _judge(dependencies, user_id, taste, paid)
    else:
        ending = (
            _kept_reply(dependencies, user_id, record.reply, state)
            or (_lost_ending(dependencies, state) if begun else None)
            or _put_question(dependencies, user_id, taste, state, language, deadline_seconds, treatment.prompt_version)
        )
    if begun and ending.again:  # its first try may have been billed, and the next one is another question
        ending = ending._replace(not_before=max(ending.not_before, _rest_of(record.state, dependencies)))
    fewer = 0 if begun or ending.called else 1
    _end(dependencies.fast.store, user_id, paid.taste_hash if paid else taste.taste_hash, ending, now, fewer)
    count("Questions", outcome=ending.outcome)
    _publish(dependencies.fast, user_id, dependencies.clock())
    return ending.outcome


def _rest_of(state: AskState, dependencies: AskDependencies) -> datetime:
    """When the cooldown ends that the question's last try began."""
    asked_at = state.asked_at or dependencies.clock()
    return asked_at + timedelta(seconds=dependencies.fast.settings.ask_cooldown_seconds)


def _publish(fast: Dependencies, user_id: str, now: datetime) -> None:
    """The question has ended, so this message is done: what hinders its list the mark and the lease remember."""
    try:
        rebuild(fast, user_id, now, question_ended=True)
    except Exception:
        log.exception("the list could not be published")
        try:
            fast.outbox.send_rebuilds([Rebuild(user_id=user_id, changed_at=now, trace=correlation())])
        except Exception:
            log.exception("the list waits for the sweep")


def _begin(
    dependencies: AskDependencies, user_id: str, state: AskState, taste: Taste, now: datetime, begun_key: str
) -> AskState:
    """Notes the question before it is asked, so that a repeated message finds its key, its reservation and its day. One
    begun by a worker that died goes on under its own key, and the cooldown starts with the call that is made now."""
    key = begun_key or hashlib.sha256(f"{user_id} {taste.taste_hash} {now.isoformat()}".encode()).hexdigest()
    begun = msgspec.structs.replace(
        counted(state, now, 0 if begun_key else 1),
        asked_at=max(now, state.refresh_requested_at or now),  # which it meets, whatever clocks say
        not_before=now + timedelta(seconds=dependencies.fast.settings.ask_cooldown_seconds),
        question_key=key,
        question_hash=taste.taste_hash,
        pending_since=now,
        stale_since=None,
    )
    return dependencies.fast.store.put_state(user_id, begun, replaces=state)


def _kept_reply(
    dependencies: AskDependencies, user_id: str, reply: StoredReply | None, state: AskState
) -> Ending | None:
    """The reply is there already: its worker died between storing it and saying so."""
    if reply is None or reply.question_key != state.question_key:
        return None
    dependencies.budget.settle(state.question_key, reply.tokens)
    mark_reply(dependencies.fast.store, user_id, dependencies.clock())
    return Ending("answered", state.not_before or reply.replied_at)


def _lost_ending(dependencies: AskDependencies, state: AskState) -> Ending | None:
    """The question is closed already: its worker died between the bill and saying how it ended. Seen before anything
    else can hinder it: what would come again must not be asked again."""
    entry = dependencies.budget.find_question(state.question_key)
    if entry is None or entry.state != "settled":
        return None
    rest = dependencies.clock() + timedelta(seconds=dependencies.fast.settings.ask_cooldown_seconds)
    return Ending("failed: lost ending", rest, again=not entry.refused)


def _put_question(
    dependencies: AskDependencies,
    user_id: str,
    taste: Taste,
    state: AskState,
    language: Language,
    deadline_seconds: float,
    prompt_version: str,
) -> Ending:
    settings, now = dependencies.fast.settings, dependencies.clock()
    rest = now + timedelta(seconds=settings.ask_cooldown_seconds)
    soon = now + timedelta(seconds=settings.ask_retry_seconds)
    try:
        model = dependencies.model()
    except Exception:  # the secret's service is away, or its text is wrong: both pass, and nothing was asked
        log.exception("the model could not be opened")
        return Ending("failed: no key", soon, again=True, called=False)
    if model is None:
        return Ending("off", rest, called=False)  # nobody is made to wait for a model that this site does not have
    if not may_ask(dependencies.budget, now):
        return Ending(
            "breaker open", max(soon, dependencies.budget.breaker().open_until or soon), again=True, called=False
        )
    try:
        prompt = _prompt(dependencies.fast, taste, state, language, prompt_version or PROMPT_VERSION)
        measure_percent("BudgetUsed", dependencies.budget.ledger(now).tokens, settings.budget_tokens_per_day)
        dependencies.budget.reserve(state.question_key, prompt.reserved_tokens, now, common=state.unproven)
        reply = call(model, prompt, state.question_key, dependencies.budget, deadline_seconds, dependencies.clock)
    except CatalogUnavailableError:
        return Ending("no catalogue", soon, again=True, called=False)
    except QuestionSettledError as closed:  # its worker died after the bill and before saying how it ended
        return Ending("failed: lost ending", rest, again=not closed.refused)
    except BudgetSpentError:
        return Ending("budget spent", tomorrow(now), again=True, called=False)
    except ModelError as error:
        paid = error.billed or not error.retryable
        wait = max(soon, now + timedelta(seconds=min(error.retry_after_seconds, settings.ask_cooldown_seconds)))
        return Ending(f"failed: {error.cause}", rest if paid else wait, again=error.retryable)
    put_raw, replied_at = partial(dependencies.fast.store.put_raw, user_id), dependencies.clock()
    raw = keep(reply, prompt, state.question_key, taste.taste_hash, replied_at, put_raw, dependencies.budget)
    return _judge(dependencies, user_id, taste, raw)


def _judge(dependencies: AskDependencies, user_id: str, taste: Taste, raw: RawReply) -> Ending:
    """What is left of the reply, stored. It has been paid for: this may fail, and be done again."""
    rest = raw.replied_at + timedelta(seconds=dependencies.fast.settings.ask_cooldown_seconds)
    read = read_reply(reply_of(raw.reply_json), raw, taste.rated, raw.language)
    picks = accepted_picks(dependencies.fast.catalog, read, taste.rated)
    if not picks:
        log.warning("GigaChat said nothing of use: %s", read.cause)
        return Ending(f"refused: {read.cause or 'nothing acceptable'}", rest)
    kept = StoredReply(
        taste_hash=raw.taste_hash,
        replied_at=raw.replied_at,
        language=raw.language,
        prompt_version=raw.prompt_version,
        question_key=raw.question_key,
        tokens=raw.tokens,
        picks=picks,
        taste=read.taste,
        likes=len(taste.favoured),
    )
    dependencies.fast.store.put_reply(user_id, kept)
    mark_reply(dependencies.fast.store, user_id, dependencies.clock())  # the list lacks it
    return Ending("answered", rest)


def _prompt(fast: Dependencies, taste: Taste, state: AskState, language: Language, version: str) -> Prompt:
    offered = for_model(ranked_list(fast, taste), taste, fast.settings.ask_candidates)
    return build_prompt(taste, offered, language, state.question_key, version)


def _end(store: RecommendationStore, user_id: str, taste_hash: str, ending: Ending, now: datetime, fewer: int) -> None:
    """Notes how it ended. The fast lane may have marked the user during the call: its marks are the ones to change.

    `asked_hash` says "not this taste again"; a question to repeat stays stale under its own time instead. `fewer`: of
    the day's questions, when this was none.
    """
    attempts = Attempts(ATTEMPTS, ListChangedError)
    while True:
        with attempts:
            state = store.read(user_id).state
            wish = state.refresh_requested_at  # kept until a question that came after it has ended
            met = not ending.again and (wish is None or state.asked_at is None or wish <= state.asked_at)
            ended = msgspec.structs.replace(
                counted(state, now, -fewer),
                asked_hash=state.asked_hash if ending.again else taste_hash,
                stale_since=state.asked_at if ending.again else None,
                not_before=ending.not_before,
                refresh_requested_at=None if met else wish,
                question_key="",
                question_hash="",  # `pending_since` stays until it is noted whether another question waits
                cause="" if ending.outcome == "answered" else ending.outcome,
            )
            store.put_state(user_id, ended, replaces=state)
            return
