"""Films' vectors, made a batch at a time in the slow lane: what is told of each film is embedded once, the best known
films first.

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


class _Next(NamedTuple):
    """What is to be embedded by film id, each with the digest of what the whole catalogue tells of it; films that have
    a vector and have gone, as far as all were looked at."""

    texts: dict[str, tuple[str, bytes]]
    tokens: int
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
    ending = _embed_batch(parts, deadline_seconds)
    for _ in range(parts.at_a_time - 1):
        if ending.outcome != EMBEDDED or parts.clock() - now > AT_A_TIME_FOR:
            break
        ending = _embed_batch(parts, deadline_seconds - (parts.clock() - now).total_seconds())
    attempts = Attempts(ATTEMPTS, ListChangedError)
    while True:
        with attempts:
            state = parts.store.read(SUBJECT).state
            waiting = msgspec.structs.replace(
                state, asked_at=now, not_before=ending.again, pending_since=None, times_lost=0, cause=ending.outcome
            )
            parts.store.put_state(SUBJECT, waiting, replaces=state)
            return ending.outcome


def _embed_batch(parts: EmbeddingDependencies, deadline_seconds: float) -> _Ending:
    now, limits = parts.clock(), parts.settings
    soon = now + timedelta(seconds=limits.ask_retry_seconds)
    if not limits.meaning_percent:
        return _Ending("off", tomorrow(now))
    try:
        embedder = parts.embedder()
    except Exception:  # the secret's service is away, or its text is wrong: both pass
        log.exception("the model could not be opened")
        return _Ending("no key", soon)
    if embedder is None:
        return _Ending("off", tomorrow(now))
    try:
        known = parts.vectors.known(embedder.embedder)
        spent = _of_day(known.spent, now)
        left = limits.budget_tokens_per_day * limits.meaning_percent // 100 - spent.tokens
        chosen = _next(parts.catalog, known.digests, min(BATCH_TOKENS, left))
        if not chosen.texts:
            if chosen.gone:
                parts.vectors.put(embedder.embedder, {}, spent, chosen.gone)
            return _Ending("all there", now + NEXT_LOOK) if chosen.is_all else _Ending("share used", tomorrow(now))
    except CatalogUnavailableError:
        return _Ending("no catalogue", soon)
    if not may_ask(parts.budget, now):
        return _Ending("breaker open", max(soon, parts.budget.breaker().open_until or soon))
    made = _asked(parts, embedder, [text for text, _ in chosen.texts.values()], chosen.tokens, deadline_seconds)
    if isinstance(made, _Ending):
        return made
    new = {
        film_id: (digest, in_bytes(vector))
        for (film_id, (_, digest)), vector in zip(chosen.texts.items(), made.vectors, strict=True)
    }
    try:
        parts.vectors.put(embedder.embedder, new, Spent(spent.day, spent.tokens + made.tokens), chosen.gone)
    except UnavailableError:
        log.exception("vectors of %d films have been paid for and cannot be kept", len(new))
        return _Ending("not kept", soon)
    log.info("vectors of %d films, %d tokens", len(new), made.tokens)
    return _Ending(EMBEDDED, now)


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


def _next(catalog: Catalog, known: Mapping[str, bytes], tokens_most: int) -> _Next:
    """The next films without a vector of what is told of them now. Raises `CatalogUnavailableError`."""
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
            if tokens + cost > tokens_most or len(texts) == BATCH_FILMS:
                return _Next(texts, tokens)
            texts[film.film_id] = text, digest
            tokens += cost
        if page.after is None:
            break
        query = msgspec.structs.replace(query, after=page.after)
    return _Next(texts, tokens, frozenset(known) - seen, is_all=True)


def _of_day(spent: Spent, now: datetime) -> Spent:
    today = day_of(now)
    return spent if spent.day == today else Spent(today, 0)
