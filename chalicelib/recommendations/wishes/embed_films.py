"""Films' vectors, made a few batches at a time in the slow lane: what is told of each film is embedded once, the best
known films first.

All films together stand among those who wait as one viewer does, under a name of their own, so lanes, gate, sweep and
breaker hold for them, and the ledger books them. After a batch they wait on: for the next sweep while films are left,
else for an hour. A description that changes alone is not noticed: only the opened film has it.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from chalicelib.catalog.meaning import FILMS_MAX, FilmVectorStore, Spent, digest_of, film_text, in_bytes
from chalicelib.catalog.model import CatalogUnavailableError, FilmNotFoundError, FilmQuery
from chalicelib.catalog.port import Catalog
from chalicelib.compare_and_swap import Attempts
from chalicelib.errors import UnavailableError
from chalicelib.metrics import count
from chalicelib.recommendations.llm.breaker_use import may_ask, note_success
from chalicelib.recommendations.llm.budget import Budget, BudgetSpentError, day_of
from chalicelib.recommendations.llm.call import book_failure
from chalicelib.recommendations.llm.port import Embedded, Embedder, ModelError
from chalicelib.recommendations.llm.token_estimate import estimate_tokens
from chalicelib.recommendations.model import AskState, ListChangedError
from chalicelib.recommendations.ports import RecommendationStore
from chalicelib.recommendations.questions.timing import tomorrow
from chalicelib.settings import Settings

log = logging.getLogger(__name__)

SUBJECT = "films#"
"""Under what all films stand where viewers stand under their ids."""
BATCH_TOKENS = 2_000  # about one question's, which is what the gate makes room for
BATCH_FILMS = 64
PAGE = 500
AT_A_TIME, AT_A_TIME_FOR = 4, timedelta(seconds=8)  # batches for one admission: viewers wait for the lane meanwhile
NEXT_LOOK = timedelta(hours=1)  # films come, go and change
ATTEMPTS = 5
EMBEDDED = "embedded"


class EmbeddingDependencies(NamedTuple):
    """What a batch works with."""

    store: RecommendationStore
    catalog: Catalog  # with the films that may not be shown yet, too
    vectors: FilmVectorStore
    embedder: Callable[[], Embedder | None]  # opened late; None: no credentials
    budget: Budget
    settings: Settings
    clock: Callable[[], datetime]
    at_a_time: int = AT_A_TIME


class _Batch(NamedTuple):
    """What is embedded by one call, by film id: each text with the digest of what the whole catalogue tells of it."""

    texts: dict[str, tuple[str, bytes]]
    tokens: int


class _Next(NamedTuple):
    """The next batches of one walk; films that have a vector and have gone, as far as all were looked at."""

    batches: list[_Batch]
    gone: frozenset[str] = frozenset()
    is_all: bool = False  # no film but these is without a vector


class _Ending(NamedTuple):
    outcome: str
    again: datetime


def is_films(subject: str) -> bool:
    """Whether the films stand there, and nobody else."""
    return subject == SUBJECT


def note_films(store: RecommendationStore, limits: Settings, now: datetime) -> bool:
    """Puts the films among those who wait, unless they are there. Returns whether they were not."""
    if not limits.meaning_percent or SUBJECT in store.read_states([SUBJECT]):
        return False
    try:
        store.put_state(SUBJECT, AskState(stale_since=now, asked_at=now, not_before=now), replaces=AskState())
    except ListChangedError:
        return False
    return True


def embed_films(parts: EmbeddingDependencies, deadline_seconds: float) -> str:
    """Embeds the next films, if that is due. Returns what came of it.

    Raises:
        ListChangedError, UnavailableError: deliver the message again. What has been paid for is booked.
    """
    state, now = parts.store.read(SUBJECT).state, parts.clock()
    if not state.stale_since:
        return "not noted"
    if state.not_before and now < state.not_before:
        return "not due"
    until, left = now + AT_A_TIME_FOR, parts.at_a_time
    while True:
        made, ending = _embed_walk(parts, left, now + timedelta(seconds=deadline_seconds), until)
        left -= made
        if ending.outcome != EMBEDDED or not left or parts.clock() > until:
            break
    attempts = Attempts(ATTEMPTS, ListChangedError)
    while True:
        with attempts:
            state = parts.store.read(SUBJECT).state
            waiting = msgspec.structs.replace(
                state, asked_at=now, not_before=ending.again, pending_since=None, times_lost=0, cause=ending.outcome
            )
            parts.store.put_state(SUBJECT, waiting, replaces=state)
            return ending.outcome


def _embed_walk(parts: EmbeddingDependencies, most: int, deadline: datetime, until: datetime) -> tuple[int, _Ending]:
    """Embeds at most so many batches of one walk through the catalogue, none that would begin after `until`. Returns
    how many, and how it ended."""
    now, limits = parts.clock(), parts.settings
    soon = now + timedelta(seconds=limits.ask_retry_seconds)
    if not limits.meaning_percent:
        return 0, _Ending("off", tomorrow(now))
    try:
        embedder = parts.embedder()
    except Exception:  # the secret's service is away, or its text is wrong: both pass
        log.exception("the model could not be opened")
        return 0, _Ending("no key", soon)
    if embedder is None:
        return 0, _Ending("off", tomorrow(now))
    share = limits.budget_tokens_per_day * limits.meaning_percent // 100
    try:
        known = parts.vectors.known(embedder.embedder)
        spent = _of_day(known.spent, now)
        chosen = _next(parts.catalog, known.digests, share - spent.tokens, most)
        if not chosen.batches:
            if chosen.gone:
                parts.vectors.put(embedder.embedder, {}, spent, chosen.gone)
            return 0, _Ending("all there", now + NEXT_LOOK) if chosen.is_all else _Ending("share used", tomorrow(now))
    except CatalogUnavailableError:
        return 0, _Ending("no catalogue", soon)
    for number, batch in enumerate(chosen.batches):
        if number and (parts.clock() > until or spent.tokens + batch.tokens > share):
            return number, _Ending(EMBEDDED, now)
        gone = frozenset() if number else chosen.gone  # they go with the first
        made = _embed_batch(parts, embedder, batch, spent, gone, deadline)
        if isinstance(made, _Ending):
            return number, made
        spent = made
    return len(chosen.batches), _Ending(EMBEDDED, now)


def _embed_batch(
    parts: EmbeddingDependencies,
    embedder: Embedder,
    batch: _Batch,
    spent: Spent,
    gone: frozenset[str],
    deadline: datetime,
) -> Spent | _Ending:
    """Embeds and keeps one batch. Returns what the day has cost with it."""
    now = parts.clock()
    soon = now + timedelta(seconds=parts.settings.ask_retry_seconds)
    if not may_ask(parts.budget, now):
        return _Ending("breaker open", max(soon, parts.budget.breaker().open_until or soon))
    texts = [text for text, _ in batch.texts.values()]
    made = _asked(parts, embedder, texts, batch.tokens, (deadline - now).total_seconds())
    if isinstance(made, _Ending):
        return made
    new = {
        film_id: (digest, in_bytes(vector))
        for (film_id, (_, digest)), vector in zip(batch.texts.items(), made.vectors, strict=True)
    }
    spent = Spent(spent.day, spent.tokens + made.tokens)
    try:
        parts.vectors.put(embedder.embedder, new, spent, gone)
    except UnavailableError:
        log.exception("vectors of %d films have been paid for and cannot be kept", len(new))
        return _Ending("not kept", soon)
    log.info("vectors of %d films, %d tokens", len(new), made.tokens)
    return spent


def _asked(
    parts: EmbeddingDependencies, embedder: Embedder, texts: list[str], tokens: int, deadline_seconds: float
) -> Embedded | _Ending:
    """One call, its tokens reserved before and settled after it. Each is a question of its own: whoever dies over one
    leaves its reservation spent, and the films are chosen again."""
    now, budget = parts.clock(), parts.budget
    soon = now + timedelta(seconds=parts.settings.ask_retry_seconds)
    key = hashlib.sha256("\n".join([embedder.embedder, now.isoformat(), *texts]).encode()).hexdigest()
    try:
        budget.reserve(key, tokens, now)
    except BudgetSpentError:
        return _Ending("budget spent", tomorrow(now))
    try:
        made = embedder.embed(texts, deadline_seconds)
    except ModelError as error:
        log.warning("films are not embedded: %s", error.cause)
        book_failure(budget, key, error, parts.clock())
        rest = soon if error.retryable and not error.billed else tomorrow(now)
        return _Ending(f"failed: {error.cause}", max(rest, now + timedelta(seconds=error.retry_after_seconds)))
    note_success(budget)
    budget.settle(key, made.tokens)
    count("Tokens", made.tokens)
    return made


def _next(catalog: Catalog, known: Mapping[str, bytes], tokens_most: int, batches_most: int) -> _Next:
    """The next films without a vector of what is told of them now. Raises `CatalogUnavailableError`."""
    batches: list[_Batch] = []
    texts: dict[str, tuple[str, bytes]] = {}
    seen: set[str] = set()
    tokens, query = 0, FilmQuery(limit=PAGE)
    while len(seen) < FILMS_MAX:
        page = catalog.search(query)
        for film in page.films:
            seen.add(film.film_id)
            digest = digest_of(film_text(film))
            if known.get(film.film_id) == digest:
                continue
            try:
                text = film_text(catalog.get(film.film_id))
            except FilmNotFoundError:  # it has gone since
                continue
            cost = estimate_tokens(text)
            if texts and (tokens + cost > BATCH_TOKENS or len(texts) == BATCH_FILMS):
                batches.append(_Batch(texts, tokens))
                texts, tokens = {}, 0
            is_too_much = sum(batch.tokens for batch in batches) + tokens + cost > tokens_most
            if is_too_much or len(batches) == batches_most:
                return _Next([*batches, _Batch(texts, tokens)] if texts else batches)
            texts[film.film_id] = text, digest
            tokens += cost
        if page.after is None:
            break
        query = msgspec.structs.replace(query, after=page.after)
    return _Next([*batches, _Batch(texts, tokens)] if texts else batches, frozenset(known) - seen, is_all=True)


def _of_day(spent: Spent, now: datetime) -> Spent:
    today = day_of(now)
    return spent if spent.day == today else Spent(today, 0)
