"""One call to the model, whomever it is about: what became of it is told to breaker and ledger, and its reply kept
before anybody reads it."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from chalicelib.compare_and_swap import Attempts
from chalicelib.metrics import count
from chalicelib.recommendations.llm.breaker_use import note_failure, note_success
from chalicelib.recommendations.llm.budget import Budget
from chalicelib.recommendations.llm.port import Model, ModelError, ModelReply, Prompt, as_json
from chalicelib.recommendations.model import RawReply
from chalicelib.tracing import note

log = logging.getLogger(__name__)

KEPT_ATTEMPTS = 3  # after the table's own: what a call has brought is in this worker's memory alone


def call(
    model: Model,
    prompt: Prompt,
    question_key: str,
    budget: Budget,
    deadline_seconds: float,
    clock: Callable[[], datetime],
) -> ModelReply:
    """The model's reply to a question whose tokens are reserved. Raises `ModelError`, when that has been noted."""
    count("QuestionsAsked")
    try:
        reply = model.ask(prompt, deadline_seconds)
    except ModelError as error:
        log.warning("GigaChat failed: %s", error.cause)
        count("QuestionFailed", 1)
        book_failure(budget, question_key, error, clock())
        raise
    count("QuestionsAnswered")
    count("QuestionFailed", 0)  # its average is the share that failed
    return reply


def keep(
    reply: ModelReply,
    prompt: Prompt,
    question_key: str,
    taste_hash: str,
    replied_at: datetime,
    put_raw: Callable[[RawReply], object],
    budget: Budget,
) -> RawReply:
    """Stores the reply as it came, then tells breaker and ledger. Raises what storing it raised, tried some times."""
    raw = RawReply(
        question_key=question_key,
        taste_hash=taste_hash,
        language=prompt.language,
        prompt_version=prompt.prompt_version,
        offered=prompt.offered,
        reply_json=as_json(reply),
        tokens=reply.total_tokens,
        replied_at=replied_at,
        prompt=prompt.messages[-1].content,
    )
    count("Tokens", reply.total_tokens)
    note(tokens=reply.total_tokens, prompt_version=prompt.prompt_version)
    _kept(partial(put_raw, raw))
    note_success(budget)
    budget.settle(question_key, reply.total_tokens)
    return raw


def book_failure(budget: Budget, question_key: str, error: ModelError, now: datetime) -> None:
    """Tells breaker and ledger of a call that brought nothing, whatever it was for. Raises what the ledger raised,
    tried some times."""
    if error.retryable and error.cause != "deadline":  # the others say nothing about the service
        note_failure(budget, now)
    _kept(partial(_note_failed, budget, question_key, error))


def _note_failed(budget: Budget, question_key: str, error: ModelError) -> None:
    if error.billed:
        budget.lose(question_key, refused=not error.retryable)
    else:
        budget.settle(question_key, 0, refused=not error.retryable)


def _kept(write: Callable[[], object]) -> None:
    """Stores what a call has brought, be it that it was refused; one failed write is not worth another call."""
    attempts = Attempts(KEPT_ATTEMPTS, Exception)
    while True:
        with attempts:
            write()
            return
