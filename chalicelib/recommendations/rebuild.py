"""The fast lane: feedback to taste to candidates to a published list, without any model."""

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import msgspec

from chalicelib.catalog.model import Film
from chalicelib.catalog.port import Catalog
from chalicelib.compare_and_swap import Attempts
from chalicelib.feedback.model import Feedback, FeedbackStore
from chalicelib.feedback.standing import Word, is_proven, proof_of
from chalicelib.metrics import count
from chalicelib.outcomes.experiments.model import Treatment
from chalicelib.recommendations.messages import Outbox, Rebuild
from chalicelib.recommendations.model import (
    AskState,
    ListChangedError,
    RankedFilm,
    Source,
    StoredList,
    StoredReply,
    Taste,
    UserErasedError,
)
from chalicelib.recommendations.ports import RecommendationStore, SimilaritySource
from chalicelib.recommendations.publish import made_of, stored_list
from chalicelib.recommendations.questions.admission import Gate, admit_present
from chalicelib.recommendations.questions.timing import Due, due, limits_of
from chalicelib.recommendations.ranking.candidates import collect
from chalicelib.recommendations.ranking.cold_start import top_spread
from chalicelib.recommendations.ranking.constants import FIRST_PAGE
from chalicelib.recommendations.ranking.diversity import spread
from chalicelib.recommendations.ranking.more_like_this import fresh_steers, with_more_of_their_kind
from chalicelib.recommendations.ranking.premieres import answers_to_drawn, with_drawn
from chalicelib.recommendations.ranking.scoring import guard_for, rank, rank_both
from chalicelib.recommendations.ranking.seen_at_once import answering
from chalicelib.recommendations.ranking.taste import taste_of, without_steers
from chalicelib.recommendations.ranking.taste_guard import doubt
from chalicelib.recommendations.ranking.votes import voted
from chalicelib.recommendations.resting import parted
from chalicelib.recommendations.site_model import Similarities
from chalicelib.recommendations.top_list import strangers_list
from chalicelib.settings import Settings
from chalicelib.tracing import correlation, note

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
    gate: Gate
    count_lists: Callable[[Source | None, Source | None], None] = lambda _before, _after: None
    """Told of each published list: the source of the one before it, and its own. Never raises."""
    treatment_of: Callable[[str], Treatment] = lambda _user_id: Treatment()
    """What a viewer gets by the experiments that run. Never raises."""
    resting_of: Callable[[str], Mapping[str, int]] = lambda _user_id: {}
    """Films that make room for the viewer, and how often they were shown (`outcomes/resting.py`). Never raises."""


def rebuild(
    dependencies: Dependencies,
    user_id: str,
    now: datetime,
    *,
    question_ended: bool = False,
) -> bool:
    """Publishes a list that reflects all feedback, and notes whether a question for GigaChat waits.

    The list is due when it was made of other feedback, without the model's last reply, for other experiments, or with
    room made by other films. A mark that is over is cleared last: whatever goes wrong before, the sweep finds it.
    Returns False when there was nothing to do, or the account is gone.
    `question_ended`: the caller has seen the question that was under way to its end.

    Raises:
        ListChangedError: others kept publishing; deliver the message again.
        CatalogUnavailableError: no films to be had; deliver the message again.
    """
    attempts = Attempts(ATTEMPTS, ListChangedError)
    try:
        while True:
            with attempts:
                return _rebuild(dependencies, user_id, now, question_ended)
    except UserErasedError:
        return False


def _rebuild(dependencies: Dependencies, user_id: str, now: datetime, question_ended: bool) -> bool:
    dependencies, treatment = treated(dependencies, user_id)
    record = dependencies.store.read(user_id)
    if record.erased:
        return False
    feedback = dependencies.feedback.list_all(user_id)  # after the record: what the list is made of is never older
    resting = dependencies.resting_of(user_id)
    made = made_of(feedback, record.reply, resting)
    held = record.list_
    is_due = (held.made_of, held.arms) != (made, treatment.arms) if held else bool(feedback)
    over = record.due if record.due and record.due.is_over(now) else None
    state = record.state
    if question_ended or state.has_ended:
        state = msgspec.structs.replace(state, pending_since=None, times_lost=0, question_key="", question_hash="")
    state = with_standing(state, feedback, dependencies.settings, now)
    may_wait = record.due or state.look_at or state.refresh_requested_at or state != record.state
    if not (is_due or over or (may_wait and not state.pending_since)):
        return False
    taste = taste_of(feedback, now)
    if is_due:
        reply = record.reply if treatment.model else None
        films, known = (
            _films(dependencies, user_id, reply, held, taste, treatment.vote_weight, resting)
            if taste.rated - taste.saved
            else _nothing_rated(dependencies, taste)
        )
        new = stored_list(
            films,
            reply,
            taste,
            version=_next_version(held),
            read_at=max([now, *(one.updated_at for one in feedback)]),
            seen_until=now - timedelta(seconds=dependencies.settings.seen_margin_seconds),
            now=now,
            known=known,
            made_of=made,
            arms=treatment.arms,
        )
        dependencies.store.publish(user_id, new)
        note(list_version=new.version, source=new.source)
        count("ListsPublished", source=new.source)
        dependencies.count_lists(held.source if held else None, new.source)
        for answer in answers_to_drawn(held, taste) if held else ():  # the list that had it is gone now
            log.info("drawn film %s with chance %d of 10000: %s", answer.film_id, answer.chance, answer.said)
    sealing = bool(over and over.renewed)
    note_question(
        dependencies, user_id, state, taste, now, replaces=record.state, asks=treatment.model, sealing=sealing
    )
    if over:
        dependencies.store.clear_due(user_id, over.token)
    return True


def treated(dependencies: Dependencies, user_id: str) -> tuple[Dependencies, Treatment]:
    """What the steps work with for this viewer, and what else is theirs by the experiments that run."""
    treatment = dependencies.treatment_of(user_id)
    own = dependencies._replace(settings=dependencies.settings._replace(**treatment.settings))  # type: ignore[arg-type]
    if not treatment.model:
        own = own._replace(item_similarity=_WithoutModel(own.item_similarity))
    return own, treatment


class _WithoutModel:
    """Item similarity without what the model has said of new films."""

    def __init__(self, learned: SimilaritySource) -> None:
        self._learned = learned
        self.lately_liked = learned.lately_liked

    def similarities(self, film_ids: Sequence[str]) -> Similarities:
        return msgspec.structs.replace(self._learned.similarities(film_ids), for_lovers_of={})


def with_standing(state: AskState, feedback: Sequence[Feedback], values: Settings, now: datetime) -> AskState:
    """The state of whoever has said all this: unproven accounts ask out of the common share."""
    proven = is_proven([Word(item.updated_at, item.unconfirmed) for item in feedback], proof_of(values), now)
    return msgspec.structs.replace(state, unproven=bool(feedback) and not proven)


def ranked_list(dependencies: Dependencies, taste: Taste) -> list[RankedFilm]:
    """The fast list before anybody's diversity rule: also what candidates for the model are chosen from."""
    candidates = collect(taste, dependencies.catalog, dependencies.item_similarity.similarities)
    return rank(taste, candidates, limit=dependencies.settings.ranked_max)


def _films(
    dependencies: Dependencies,
    user_id: str,
    reply: StoredReply | None,
    held: StoredList | None,
    taste: Taste,
    vote_weight: float,
    resting: Mapping[str, int],
) -> tuple[list[RankedFilm], Mapping[str, Film]]:
    """What is to be shown, in its order: ranked, lifted by the model's votes, "more like this" kept, made diverse, what
    has just been said seen in it, films that rest behind the others, some places drawn by lot. And the rated films as
    the catalogue has them."""
    limits = dependencies.settings
    picked = [pick.film_id for pick in reply.picks] if reply else []
    picked_films = dependencies.catalog.get_many(picked) if picked else {}
    candidates = collect(taste, dependencies.catalog, dependencies.item_similarity.similarities)
    doubt_of = partial(doubt, guard_for(taste, candidates))
    ranking = rank_both(taste, candidates, limits.ranked_max)
    films = voted(ranking.films, reply, picked_films, taste, doubt_of, vote_weight)
    if steered := fresh_steers(taste, candidates):
        plain = rank(without_steers(taste), candidates, FIRST_PAGE)
        unsteered = voted(plain, reply, picked_films, taste, doubt_of, vote_weight)
        films = with_more_of_their_kind(films, unsteered, steered, candidates)
    films = spread(films, taste, limits.series_or_director_max, limits.exploration_share)
    if held:
        films = answering(films, held, taste, candidates.known, limits.series_or_director_max)
    seed = f"{user_id} {_next_version(held)}"
    size, most = limits.list_size_max, limits.series_or_director_max
    awake, rested = parted(films, resting, size)
    premieres = [one for one in ranking.premieres if one.film.film_id not in resting]
    page = with_drawn(awake, premieres, seed, most, spares_first_page=bool(steered))
    return [*page[: size - len(rested)], *rested], candidates.known


def _next_version(held: StoredList | None) -> int:
    return (held.version if held else 0) + 1


def _nothing_rated(dependencies: Dependencies, taste: Taste) -> tuple[list[RankedFilm], Mapping[str, Film]]:
    """Somebody took everything back, or has only put films on their watchlist: they are a new viewer, whatever the
    model once picked for them."""
    size = dependencies.settings.list_size_max
    strangers = strangers_list(dependencies.catalog, dependencies.item_similarity.lately_liked, size)
    return top_spread(strangers, taste.rated, size), {}


def note_question(
    dependencies: Dependencies,
    user_id: str,
    state: AskState,
    taste: Taste,
    now: datetime,
    replaces: AskState,
    *,
    asks: bool = True,
    sealing: bool = False,
) -> None:
    """Notes whether a question waits, and until when; one that a viewer who is there waits for is admitted at once.

    `state` is what is to be gone by, in place of the one that `replaces` was read as. Somebody slower, who has read
    older feedback, may undo that a question waits; the end of the mark finds it. `sealing`: nobody looks again after
    this, and words were said so lately that somebody may be slower: who waits is written although nothing changes.
    `asks`: false for a viewer about whom the model is not asked; a wish for a question is met with that.

    Raises:
        ListChangedError: others have changed the state meanwhile.
        UserErasedError: the account is gone.
    """
    if state.pending_since:  # its ending notes what comes after it, or the sweep the end of its lease
        if taste.taste_hash not in (state.question_hash, state.asked_hash):
            dependencies.store.put_state(user_id, state, replaces=replaces)  # but not by feedback read before this
        return
    timing = due(taste, state, limits_of(dependencies.settings), now) if asks else Due("no")
    if timing.when == "no":
        wish = state.refresh_requested_at if asks else None
        new = msgspec.structs.replace(state, stale_since=None, pausing_until=None, refresh_requested_at=wish)
    else:
        waits_on = timing.when == "now" and state.stale_since and state.not_before
        new = msgspec.structs.replace(
            state,
            stale_since=state.stale_since or now,
            not_before=waits_on or timing.not_before or now,
            pausing_until=timing.not_before if timing.when == "soon" else None,
            trace=(state.stale_since and state.trace) or correlation() or state.trace,
        )
    if new != replaces or (sealing and new.look_at):
        new = dependencies.store.put_state(user_id, new, replaces=replaces)
    try:  # what fails here the sweep does a minute later
        if timing.when == "soon" and new.pausing_until != state.pausing_until:
            _wake_after_pause(dependencies.outbox, user_id, new.pausing_until or now, now)
        if timing.when == "now" and new.is_present:
            admit_present(dependencies.gate, user_id, new, now)
    except Exception:
        log.exception("a question waits for the sweep")


def _wake_after_pause(outbox: Outbox, user_id: str, paused_at: datetime, now: datetime) -> None:
    """Wakes this lane when the viewer will have paused. One message a word: a wake-up that comes while the viewer goes
    on leaves the rest to that word's own."""
    seconds = max(1, math.ceil((paused_at - now).total_seconds()))
    outbox.send_rebuilds([Rebuild(user_id=user_id, changed_at=now, trace=correlation())], seconds)
