"""The fast lane: feedback to taste to candidates to a published list, without any model."""

import logging
import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import msgspec

from chalicelib.catalog.port import Catalog
from chalicelib.catalog.top import top_films
from chalicelib.compare_and_swap import Attempts
from chalicelib.feedback.model import FeedbackStore
from chalicelib.recommendations.messages import Ask, Outbox, Rebuild
from chalicelib.recommendations.model import (
    AskState,
    ListChangedError,
    RankedFilm,
    StoredList,
    StoredReply,
    Taste,
    UserErasedError,
    UserRecord,
)
from chalicelib.recommendations.ports import RecommendationStore, SimilaritySource
from chalicelib.recommendations.publish import stored_list
from chalicelib.recommendations.question_timing import due, limits_of, window_of
from chalicelib.recommendations.ranking.candidates import collect
from chalicelib.recommendations.ranking.cold_start import top_spread
from chalicelib.recommendations.ranking.constants import FIRST_PAGE
from chalicelib.recommendations.ranking.diversity import spread
from chalicelib.recommendations.ranking.more_like_this import fresh_steers, with_more_of_their_kind
from chalicelib.recommendations.ranking.scoring import guard_for, rank
from chalicelib.recommendations.ranking.taste import taste_of, without_steers
from chalicelib.recommendations.ranking.taste_guard import doubt
from chalicelib.recommendations.ranking.votes import voted
from chalicelib.settings import Settings

log = logging.getLogger(__name__)

ATTEMPTS = 5  # each lost race means that somebody else has just published; five in a row mean a storm: let SQS wait


class Dependencies(NamedTuple):
    """What the steps work with."""

    store: RecommendationStore
    feedback: FeedbackStore
    catalog: Catalog
    item_similarity: SimilaritySource
    outbox: Outbox
    settings: Settings


def rebuild(dependencies: Dependencies, user_id: str, now: datetime, changed_at: datetime | None = None) -> bool:
    """Publishes a list that reflects all feedback, then queues a question for GigaChat if the user is due.

    Returns False when there was nothing to do: the account is gone, or the stored list was made from feedback read
    later than `changed_at`.

    Raises:
        ListChangedError: others kept publishing; deliver the message again.
        CatalogUnavailableError: no films to be had; deliver the message again.
    """
    attempts = Attempts(ATTEMPTS, ListChangedError)
    try:
        while True:
            with attempts:
                return _rebuild(dependencies, user_id, now, changed_at)
    except UserErasedError:
        return False


def _rebuild(dependencies: Dependencies, user_id: str, now: datetime, changed_at: datetime | None) -> bool:
    record = dependencies.store.read(user_id)
    if record.erased or (changed_at and record.list_ and record.list_.seen_until > changed_at):
        return False
    taste = taste_of(dependencies.feedback.list_all(user_id), now)
    films = _films(dependencies, record.reply, taste) if taste.rated else _nothing_rated(dependencies)
    dependencies.store.publish(user_id, _stored(films, record, taste, now, dependencies.settings))
    _queue_question(dependencies, user_id, record.state, taste, now)
    return True


def ranked_list(dependencies: Dependencies, taste: Taste) -> list[RankedFilm]:
    """The fast list before anybody's diversity rule: also what candidates for the model are chosen from."""
    candidates = collect(taste, dependencies.catalog, dependencies.item_similarity.similarities)
    return rank(taste, candidates, limit=dependencies.settings.ranked_max)


def _films(dependencies: Dependencies, reply: StoredReply | None, taste: Taste) -> list[RankedFilm]:
    """What is to be shown, in its order: ranked, lifted by the model's votes, "more like this" kept, made diverse."""
    limits = dependencies.settings
    picked = [pick.film_id for pick in reply.picks] if reply else []
    picked_films = dependencies.catalog.get_many(picked) if picked else {}
    candidates = collect(taste, dependencies.catalog, dependencies.item_similarity.similarities)
    doubt_of = partial(doubt, guard_for(taste, candidates))
    films = voted(rank(taste, candidates, limits.ranked_max), reply, picked_films, taste, doubt_of)
    if steered := fresh_steers(taste, candidates):
        unsteered = voted(rank(without_steers(taste), candidates, FIRST_PAGE), reply, picked_films, taste, doubt_of)
        films = with_more_of_their_kind(films, unsteered, steered, candidates)
    return spread(films, taste, limits.series_or_director_max, limits.exploration_share)[: limits.list_size_max]


def _stored(
    films: Sequence[RankedFilm], record: UserRecord, taste: Taste, now: datetime, limits: Settings
) -> StoredList:
    """The list that comes after the one that was read."""
    return stored_list(
        films,
        record.reply,
        taste,
        version=(record.list_.version if record.list_ else 0) + 1,
        read_at=now,
        seen_until=now - timedelta(seconds=limits.seen_margin_seconds),
        now=now,
    )


def _nothing_rated(dependencies: Dependencies) -> list[RankedFilm]:
    """Somebody took everything back: they are a new viewer again, whatever the model once picked for them."""
    size = dependencies.settings.list_size_max
    return top_spread(top_films(dependencies.catalog, size), (), size)


def _wait_for_pause(outbox: Outbox, user_id: str, state: AskState, paused_at: datetime, now: datetime) -> AskState:
    """Wakes this lane when the viewer will have paused; the sweep finds the user should that message get lost. One
    message a word: a wake-up that comes while the viewer goes on leaves the rest to that word's own."""
    if state.pausing_until is None or state.pausing_until < paused_at:
        seconds = max(1, math.ceil((paused_at - now).total_seconds()))
        outbox.send_rebuilds([Rebuild(user_id=user_id, changed_at=now + timedelta(seconds=seconds))], seconds)
    return msgspec.structs.replace(
        state, pausing_until=paused_at, stale_since=state.stale_since or now, not_before=paused_at
    )


def _queue_question(dependencies: Dependencies, user_id: str, state: AskState, taste: Taste, now: datetime) -> None:
    """Sends first, marks afterwards: a death in between repeats the message, which the queue drops as a duplicate."""
    running = state.pending_since if state.question_key else None  # its own ending clears that mark
    timing = due(taste, state, limits_of(dependencies.settings), now)
    if timing.when == "now":
        dependencies.outbox.send_asks([Ask(user_id=user_id, taste_hash=taste.taste_hash, window=window_of(state))])
        new = msgspec.structs.replace(state, pending_since=now, stale_since=None, pausing_until=None)
    elif timing.when == "soon":
        new = _wait_for_pause(dependencies.outbox, user_id, state, timing.not_before or now, now)
    elif timing.when == "later":
        new = msgspec.structs.replace(
            state, stale_since=state.stale_since or now, not_before=timing.not_before, pending_since=running
        )
    elif timing.when == "no":
        new = msgspec.structs.replace(state, stale_since=None, pending_since=running)
    else:
        return
    if new != state:
        dependencies.store.put_state(user_id, new, replaces=state)
