"""Requests by meaning: the words that the rules leave, as a vector, and the films whose vectors lie nearest.

A vector costs a call of the model, so words are embedded once for everybody who says them, in the lane in which their
text is asked about, and kept as plans are. Who asks meanwhile, or where there is no model, is answered without.
"""

import hashlib
import logging
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime

from chalicelib.catalog.meaning import FilmVectorStore, Vector, in_bytes
from chalicelib.catalog.titles.stems import stems_of
from chalicelib.metrics import count
from chalicelib.recommendations.llm.budget import Budget, BudgetSpentError
from chalicelib.recommendations.llm.call import book_failure
from chalicelib.recommendations.llm.port import Embedder, ModelError
from chalicelib.recommendations.llm.token_estimate import estimate_tokens
from chalicelib.recommendations.model import TEXT_SUBJECT, StoredVector
from chalicelib.recommendations.ports import TextStore
from chalicelib.recommendations.wishes.model import TEXT_CHARACTERS_MAX, Plan, texts
from chalicelib.recommendations.wishes.texts import KEPT
from chalicelib.recommendations.wishes.themes import themes

log = logging.getLogger(__name__)

NEAR = 120  # films: as many as are looked at for their likeness to one
MARGIN_TOKENS = 8  # over the estimate: a word more or less is a large part of three

type FindNear = Callable[[Plan], Sequence[str]]
"""Ids of films near in meaning to what the rules left of a plan, nearest first; none where nothing is known of it."""


def words_left(plan: Plan) -> str:
    """The words of a plan that no theme is called by, as they were said one after another; empty where there are
    none."""
    return " ".join(value for value in texts(plan, "words") if stems_of(value) not in themes())[:TEXT_CHARACTERS_MAX]


def words_subject(words: str) -> str:
    """Under what the vector of these words stands."""
    same = " ".join(unicodedata.normalize("NFKC", words).casefold().split())
    return f"{TEXT_SUBJECT}words#{hashlib.sha256(same.encode()).hexdigest()[:40]}"


def near_in_meaning(known: TextStore, films: FilmVectorStore, now: datetime, plan: Plan) -> list[str]:
    """`FindNear`. A read of 1 unit, where the plan has such words.

    Raises:
        CatalogUnavailableError: the films' vectors cannot be read.
    """
    words = words_left(plan)
    stored = known.find_vector(words_subject(words)) if words else None
    if stored is None or stored.kept_until <= now:
        return []
    return films.nearest(Vector(stored.model, stored.values), NEAR)


def embed_words(
    known: TextStore,
    embedder: Embedder,
    budget: Budget,
    set_aside: Callable[[int, datetime], None],
    words: str,
    deadline_seconds: float,
    clock: Callable[[], datetime],
    *,
    common: bool,
) -> str:
    """Embeds words and keeps their vector, once. Returns what came of it. `set_aside` counts the call in the share of
    questions about texts; `common`: of an unproven account.

    Whoever dies over the call has spent its tokens, and the words go without.
    """
    subject, now = words_subject(words), clock()
    if known.find_vector(subject) is not None:
        return "known"
    if budget.breaker().open_until is not None:
        return "breaker open"  # the one call that may try is the plan's
    key = hashlib.sha256(f"vector {embedder.embedder} {subject} {now.date()}".encode()).hexdigest()
    if budget.find_question(key) is not None:
        return "begun before"
    tokens = estimate_tokens(words) + MARGIN_TOKENS
    try:
        set_aside(tokens, now)
        budget.reserve(key, tokens, now, common=common)
    except BudgetSpentError:
        return "budget spent"
    try:
        made = embedder.embed([words], deadline_seconds)
    except ModelError as error:
        book_failure(budget, key, error, clock())
        return f"failed: {error.cause}"
    vector = StoredVector(model=embedder.embedder, values=in_bytes(made.vectors[0]), kept_until=now + KEPT)
    known.put_vector(subject, vector)
    budget.settle(key, made.tokens)
    count("Tokens", made.tokens)
    return "embedded"
