"""`/v1/recommendations`, the home page; `/v1/ask`, a request in a viewer's own words; `/v1/evenings`, films for two."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from chalice import Blueprint, Response

from chalicelib import resources
from chalicelib.auth.authorizer import door
from chalicelib.auth.throttle import take_joining
from chalicelib.catalog.availability import narrower
from chalicelib.catalog.model import AgeRating
from chalicelib.catalog.shown import shown_to
from chalicelib.errors import InvalidInputError
from chalicelib.feedback.model import Feedback
from chalicelib.http.cursors import seal, unseal
from chalicelib.http.endpoint import Call, answer_of, endpoint, uuid_of
from chalicelib.init_phase import API, open_in
from chalicelib.metrics import measure_seconds
from chalicelib.outcomes.list_version import number_of
from chalicelib.recommendations.evenings.attending import OwnAnswer, SharedEvening, answer, end_evening, look
from chalicelib.recommendations.evenings.codes import code_of, guest_of
from chalicelib.recommendations.evenings.joining import join_evening
from chalicelib.recommendations.evenings.model import CARDS, PICKS_MAX, SPARE, Seat
from chalicelib.recommendations.evenings.opening import open_evening
from chalicelib.recommendations.home import STRANGERS, HomeFilm, Narrowing, Position, home_page
from chalicelib.recommendations.model import Source, State
from chalicelib.recommendations.plan import plan_visit
from chalicelib.recommendations.refresh import Refresh, refresh
from chalicelib.recommendations.wishes.answer import Answer, answer_plan, answer_words
from chalicelib.recommendations.wishes.meaning import near_in_meaning
from chalicelib.recommendations.wishes.model import TEXT_CHARACTERS_MAX, WISHES_MAX, Plan, Wish, check
from chalicelib.recommendations.wishes.texts import Better, find_better
from chalicelib.settings import settings
from chalicelib.tracing import note

bp = Blueprint(__name__)
log = logging.getLogger(__name__)
open_in(
    API,
    resources.recommendation_store,
    resources.text_store,
    resources.evening_store,
    resources.film_vectors,
    resources.gate,
    resources.top_list,
    resources.item_similarity,
    resources.treatments,
)


class HomeQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Paging of the home page, and what of it is asked for: a request can only narrow what the profile allows."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    cursor: Annotated[str, msgspec.Meta(max_length=2_000)] | None = None
    age_limit: AgeRating | None = None
    genre: Annotated[str, msgspec.Meta(max_length=50)] | None = None
    year_from: Annotated[int, msgspec.Meta(ge=1870, le=2100)] | None = None
    year_to: Annotated[int, msgspec.Meta(ge=1870, le=2100)] | None = None


class HomeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A page of recommendations; the cursor belongs to this version of the list. `taste`: what the viewer likes in two
    or three sentences by the language model, true by the catalogue; empty while there are none."""

    films: tuple[HomeFilm, ...]
    source: Source
    list_version: str
    generated_at: datetime
    state: State
    next_cursor: str | None
    taste: tuple[str, ...]


@endpoint(bp, "GET", "/v1/recommendations", query=HomeQuery, answer=HomeAnswer, door=door, problems=(410,))
def get_recommendations(call: Call[None, HomeQuery]) -> HomeAnswer:
    """My home page: films I have not rated, each with a reason."""
    asked = call.query
    narrowing = Narrowing(
        age_limit=narrower(call.age_limit, asked.age_limit),
        region=call.region,
        genre=asked.genre,
        year_from=asked.year_from,
        year_to=asked.year_to,
    )
    now = datetime.now(UTC)
    page = home_page(
        resources.recommendation_store(),
        resources.feedback_store(),
        resources.top_list(),
        call.viewer.user_id,
        call.language,
        call.query.limit,
        unseal(call.query.cursor, Position, resources.cursor_keys()) if call.query.cursor else None,
        now,
        narrowing,
        shown_to(resources.catalog(), narrowing.age_limit, narrowing.region),
    )
    number = number_of(page.list_version)
    note(list_version=number, source=page.source)
    if number != STRANGERS and call.query.cursor is None:
        measure_seconds("ListAgeWhenSeen", (now - page.generated_at).total_seconds())
    is_over = bool(page.arms) and resources.treatments().is_stopped(page.arms)
    if (page.lacks_imported or is_over) and call.query.cursor is None:
        _wake(call.viewer.user_id, now)
    return HomeAnswer(
        films=page.films,
        source=page.source,
        list_version=page.list_version,
        generated_at=page.generated_at,
        state=page.state,
        next_cursor=seal(page.after, resources.cursor_keys()) if page.after else None,
        taste=page.taste,
    )


def _wake(user_id: str, now: datetime) -> None:
    """The page is there without it: what fails here the next look at it does."""
    try:
        plan_visit(resources.recommendation_store(), resources.outbox(), user_id, now)
    except Exception:
        log.exception("a viewer's list waits for their next look")


@endpoint(bp, "POST", "/v1/recommendations/refresh", answer=Refresh, status=202, door=door, problems=(409,))
def post_refresh(call: Call[None, None]) -> Response:
    """Ask for a new GigaChat list once the cooldown allows."""
    now = datetime.now(UTC)
    return answer_of(refresh(resources.gate(), call.viewer.user_id, now), 202)


class AskBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Either a text, or what was understood of one, without the wishes that the viewer has taken away."""

    text: Annotated[str, msgspec.Meta(max_length=TEXT_CHARACTERS_MAX)] | None = None
    understood: Annotated[tuple[Wish, ...], msgspec.Meta(max_length=WISHES_MAX)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20


@endpoint(bp, "POST", "/v1/ask", body=AskBody, answer=Answer, door=door)
def ask_for_films(call: Call[AskBody, None]) -> Answer:
    """Films for a request in one's own words, in Russian or English, and what of it was understood.

    Each film meets all wishes of `understood`; `dropped` are those that were let go because no film meets them with the
    others. What is of no use to a viewer any more can be taken out of `understood` and the rest sent back in place of
    `text`.

    Rules answer at once. Of a text that they do not understand wholly the language model makes a better plan, once for
    all who type it: `state` is `updating` while it does, and the same text sent again is then answered by that plan
    (`source`: `gigachat`)."""
    asked, viewer = call.body, call.viewer
    if (asked.text is None) == (asked.understood is None):
        raise InvalidInputError("Give either text or understood.", "text")
    if asked.understood is not None:
        check(asked.understood)
    catalog, feedback = shown_to(resources.catalog(), call.age_limit, call.region), resources.feedback_store()
    now = datetime.now(UTC)

    def near(plan: Plan) -> Sequence[str]:
        """Rules and words find films without it."""
        try:
            return near_in_meaning(resources.text_store(), resources.film_vectors(), now, plan)
        except Exception:
            log.exception("a request is answered without what its words mean")
            return ()

    if asked.understood is not None:
        return answer_plan(catalog, feedback, viewer.user_id, asked.understood, call.language, asked.limit, now, near)

    def better(text: str, said: Sequence[Feedback]) -> Better:
        """The rules' films are there without it."""
        try:
            return find_better(resources.gate(), resources.text_store(), viewer.user_id, text, said, now)
        except Exception:
            log.exception("a text is answered by the rules alone")
            return Better()

    return answer_words(
        catalog, feedback, viewer.user_id, asked.text or "", call.language, asked.limit, now, better, near
    )


GUEST_HEADER = "X-Guest"
"""A guest's token, which their own device has drawn: nothing that could get lost is ever sent to them."""
NOBODY = "?"
"""Who sits nowhere: a stranger without a guest's token."""


class JoinBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`picks`: films that one likes, for whoever has no taste here; a guest names at least one. `age_limit` can only
    narrow what the profile allows."""

    picks: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=36)], ...], msgspec.Meta(max_length=PICKS_MAX)] = ()
    age_limit: AgeRating | None = None


class AnswersBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one has said of films, in any order; those that have been sent before may be among them."""

    answers: Annotated[tuple[OwnAnswer, ...], msgspec.Meta(max_length=CARDS + SPARE)]


@endpoint(bp, "POST", "/v1/evenings", answer=SharedEvening, status=201, door=door, problems=(409, 429))
def begin_evening(call: Call[None, None]) -> Response:
    """Open an evening for two: its code lets one other in, and all of it is gone after twelve hours."""
    now = datetime.now(UTC)
    seat = Seat(holder=call.viewer.user_id, age_limit=call.age_limit, region=call.region)
    code, _ = open_evening(resources.evening_store(), seat, settings().evenings_per_viewer, now)
    return answer_of(look(resources.evening_store(), resources.catalog(), code, seat, call.language, now), 201)


@endpoint(
    bp, "POST", "/v1/evenings/{code}/join", body=JoinBody, answer=SharedEvening, door=door, problems=(404, 409, 429)
)
def join_by_code(call: Call[JoinBody, None], code: str) -> SharedEvening:
    """Join an evening by its code, with an account or as a guest.

    A guest draws a token of 43 characters (32 random bytes as base64url) and sends it as `X-Guest`, here and with each
    later request. It is good for this evening alone. Whoever sends the same again finds the evening as it is."""
    now = datetime.now(UTC)
    seat = _seat(call, call.body.age_limit)
    if seat.holder == NOBODY:
        raise InvalidInputError(f"Sign in, or send a guest's token in the header {GUEST_HEADER}.", GUEST_HEADER)
    take_joining(resources.attempt_store(), call.address, settings(), now)
    store, catalog, code = resources.evening_store(), resources.catalog(), code_of(code)
    feedback, similarity, most = resources.feedback_store(), resources.item_similarity(), settings().evenings_per_viewer
    join_evening(store, feedback, catalog, similarity, code, seat, call.body.picks, most, now)
    return look(store, catalog, code, seat, call.language, now)


@endpoint(bp, "GET", "/v1/evenings/{code}", answer=SharedEvening, door=door, problems=(404,))
def get_evening(call: Call[None, None], code: str) -> SharedEvening:
    """How an evening stands, for the two who take part: the common list, and one's own answers."""
    seat, now = _seat(call), datetime.now(UTC)
    return look(resources.evening_store(), resources.catalog(), code_of(code), seat, call.language, now)


@endpoint(
    bp, "POST", "/v1/evenings/{code}/answers", body=AnswersBody, answer=SharedEvening, door=door, problems=(404, 409)
)
def answer_cards(call: Call[AnswersBody, None], code: str) -> SharedEvening:
    """Say yes, no or veto to films of the common list. The first word on a film stands.

    The evening ends with the first film that both say yes to; when both have answered all cards, with the one that
    comes nearest and that neither has vetoed."""
    seat, now = _seat(call), datetime.now(UTC)
    given = {uuid_of(one.film_id, "answers"): one.said for one in reversed(call.body.answers)}
    return answer(resources.evening_store(), resources.catalog(), code_of(code), seat, given, call.language, now)


@endpoint(bp, "DELETE", "/v1/evenings/{code}", status=204, door=door)
def delete_evening(call: Call[None, None], code: str) -> None:
    """End an evening for both: nothing is kept of it. For whoever takes no part in it this does nothing."""
    end_evening(resources.evening_store(), code_of(code), _seat(call).holder, datetime.now(UTC))


def _seat(call: Call[Any, Any], age_limit: int | None = None) -> Seat:
    """Where whoever calls would sit: as the viewer that they are, else as a guest."""
    if call.maybe_viewer:
        limit = narrower(call.age_limit, age_limit)
        return Seat(holder=call.maybe_viewer.user_id, age_limit=limit, region=call.region)
    token = bp.current_request.headers.get(GUEST_HEADER.lower(), "")
    return Seat(holder=guest_of(token) if token else NOBODY, age_limit=age_limit)
