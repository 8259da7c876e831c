"""The fast lane: feedback to taste to candidates to a published list, without any model."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import msgspec

from chalicelib.catalog.port import Catalog
from chalicelib.catalog.top import top_films
from chalicelib.compare_and_swap import retried
from chalicelib.feedback.model import FeedbackStore
from chalicelib.recommendations.messages import Ask, Outbox
from chalicelib.recommendations.model import (
    AskState,
    ListChangedError,
    RankedFilm,
    StoredAnswer,
    StoredList,
    Taste,
    UserErasedError,
    UserRecord,
)
from chalicelib.recommendations.ports import NeighbourSource, RecommendationStore
from chalicelib.recommendations.publish import stored_list
from chalicelib.recommendations.question_timing import due, limits_of, window_of
from chalicelib.recommendations.ranking.candidates import collect
from chalicelib.recommendations.ranking.cold_start import top_spread
from chalicelib.recommendations.ranking.constants import FIRST_PAGE
from chalicelib.recommendations.ranking.diversity import spread
from chalicelib.recommendations.ranking.more_like_this import fresh_steers, with_more_of_their_kind, without_steers
from chalicelib.recommendations.ranking.scoring import guard_for, rank
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.recommendations.ranking.taste_guard import doubt
from chalicelib.recommendations.ranking.votes import voted
from chalicelib.settings import Settings

log = logging.getLogger(__name__)

ATTEMPTS = 5  # each lost race means that somebody else has just published; five in a row mean a storm: let SQS wait


class Parts(NamedTuple):
    """What the steps work with."""

    store: RecommendationStore
    feedback: FeedbackStore
    catalog: Catalog
    neighbours: NeighbourSource
    outbox: Outbox
    settings: Settings


def rebuild(parts: Parts, user_id: str, now: datetime, changed_at: datetime | None = None) -> bool:
    """Publishes a list that reflects all feedback, then queues a question for GigaChat if the user is due.

    Returns False when there was nothing to do: the account is gone, or the stored list was made from feedback read
    later than `changed_at`.

    Raises:
        ListChangedError: others kept publishing; deliver the message again.
        CatalogUnavailableError: no films to be had; deliver the message again.
    """
    try:
        return retried(ATTEMPTS, ListChangedError, lambda: _rebuild(parts, user_id, now, changed_at))
    except UserErasedError:
        return False


def _rebuild(parts: Parts, user_id: str, now: datetime, changed_at: datetime | None) -> bool:
    record = parts.store.read(user_id)
    if record.erased or (changed_at and record.list_ and record.list_.seen_until > changed_at):
        return False
    taste = taste_of(parts.feedback.list_all(user_id), now)
    films = _films(parts, record.answer, taste) if taste.rated else _nothing_said(parts)
    parts.store.publish(user_id, _stored(films, record, taste, now, parts.settings))
    _queue_question(parts, user_id, record.state, taste, now)
    return True


def ranked_list(parts: Parts, taste: Taste) -> list[RankedFilm]:
    """The fast list before anybody's diversity rule: also what candidates for the model are chosen from."""
    return rank(taste, collect(taste, parts.catalog, parts.neighbours.similarities), limit=parts.settings.ranked_max)


def _films(parts: Parts, answer: StoredAnswer | None, taste: Taste) -> list[RankedFilm]:
    """What is to be shown, in its order: ranked, lifted by the model's votes, "more like this" kept, made diverse."""
    limits = parts.settings
    picked = [pick.film_id for pick in answer.picks] if answer else []
    picked_films = parts.catalog.get_many(picked) if picked else {}
    candidates = collect(taste, parts.catalog, parts.neighbours.similarities)
    doubt_of = partial(doubt, guard_for(taste, candidates))
    films = voted(rank(taste, candidates, limits.ranked_max), answer, picked_films, taste, doubt_of)
    if steered := fresh_steers(taste, candidates):
        unsteered = voted(rank(without_steers(taste), candidates, FIRST_PAGE), answer, picked_films, taste, doubt_of)
        films = with_more_of_their_kind(films, unsteered, steered, candidates)
    return spread(films, taste, limits.series_or_director_max, limits.exploration_share)[: limits.list_size_max]


def _stored(
    films: Sequence[RankedFilm], record: UserRecord, taste: Taste, now: datetime, limits: Settings
) -> StoredList:
    """The list that comes after the one that was read."""
    return stored_list(
        films,
        record.answer,
        taste,
        version=(record.list_.version if record.list_ else 0) + 1,
        read_at=now,
        seen_until=now - timedelta(seconds=limits.seen_margin_seconds),
        now=now,
    )


def _nothing_said(parts: Parts) -> list[RankedFilm]:
    """Somebody took everything back: they are a new viewer again, whatever the model once said of them."""
    size = parts.settings.list_size_max
    return top_spread(top_films(parts.catalog, size), (), size)


def _queue_question(parts: Parts, user_id: str, state: AskState, taste: Taste, now: datetime) -> None:
    """Sends first, marks afterwards: a death in between repeats the message, which the queue drops as a duplicate."""
    running = state.pending_since if state.question_key else None  # its own ending clears that mark
    verdict = due(taste, state, limits_of(parts.settings), now)
    if verdict.when == "now":
        parts.outbox.send_asks([Ask(user_id=user_id, taste_hash=taste.taste_hash, window=window_of(state))])
        new = msgspec.structs.replace(state, pending_since=now, stale_since=None)
    elif verdict.when == "later":
        new = msgspec.structs.replace(
            state, stale_since=state.stale_since or now, not_before=verdict.not_before, pending_since=running
        )
    elif verdict.when == "no":
        new = msgspec.structs.replace(state, stale_since=None, pending_since=running)
    else:
        return
    if new != state:
        parts.store.put_state(user_id, new, replaces=state)
