"""`/v1/feedback`: the signed-in viewer's feedback on films."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from chalice import Blueprint

from chalicelib import resources
from chalicelib.auth.authorizer import door
from chalicelib.catalog.model import CatalogUnavailableError, Film, part_of
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.shown import shown_to
from chalicelib.feedback.give_feedback import Change, give_feedback, take_back
from chalicelib.feedback.history_import import ImportSummary, import_history
from chalicelib.feedback.history_rows import HistoryFormat
from chalicelib.feedback.model import Feedback, Listed, Rating, Steer
from chalicelib.http.cursors import seal, unseal
from chalicelib.http.endpoint import Call, endpoint
from chalicelib.init_phase import API, open_in
from chalicelib.language import Language
from chalicelib.settings import settings

bp = Blueprint(__name__)
open_in(API, resources.feedback_store)


class FeedbackAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One viewer's word on one film."""

    film_id: str
    title: str
    year: int | None
    rating: Rating | None
    steer: Steer | None
    saved: bool
    updated_at: datetime
    genres: tuple[str, ...]  # empty while the catalogue does not answer, as poster and rating are null
    imdb_rating: float | None
    poster_url: str | None
    available: bool | None  # whether the film may be shown; null while the catalogue does not answer


class FeedbackList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of feedback, newest first."""

    feedback: tuple[FeedbackAnswer, ...]
    next_cursor: str | None


class FeedbackQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Filters and paging of the list."""

    rating: Rating | None = None
    steer: Steer | None = None
    saved: bool | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    cursor: Annotated[str, msgspec.Meta(max_length=2_000)] | None = None


class HistoryBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A history exported elsewhere, at most 300 rows."""

    format: HistoryFormat
    csv: Annotated[str, msgspec.Meta(max_length=65_536)]


def _catalog(call: Call[Any, Any]) -> Catalog:
    return shown_to(resources.catalog(), call.age_limit, call.region)


def _answers(catalog: Catalog, items: Sequence[Feedback], language: Language) -> tuple[FeedbackAnswer, ...]:
    """Feedback stays when its film goes; the answer says so."""
    try:
        held: Mapping[str, Film] | None = catalog.get_many([item.film_id for item in items])
    except CatalogUnavailableError:
        held = None
    return tuple(_answer(item, held, language) for item in items)


def _answer(item: Feedback, held: Mapping[str, Film] | None, language: Language) -> FeedbackAnswer:
    film = (held or {}).get(item.film_id)
    return part_of(
        FeedbackAnswer,
        item,
        title=item.titles.in_language(language),
        saved=item.is_saved,
        genres=film.genres if film else (),
        imdb_rating=film.imdb_rating if film else None,
        poster_url=film.poster_url if film else None,
        available=None if held is None else film is not None,
    )


def _listed(catalog: Catalog, user_id: str, film_id: str) -> Listed:
    """What the viewer's own list tells, without a film that the catalogue says may be shown no longer."""
    listed = resources.find_listed_film(user_id, film_id)
    if listed.film is None:
        return listed
    try:
        return listed if film_id in catalog.get_many([film_id]) else listed._replace(film=None)
    except CatalogUnavailableError:
        return listed


@endpoint(
    bp,
    "PUT",
    "/v1/feedback/{film_id}",
    body=Change,
    answer=FeedbackAnswer,
    door=door,
    problems=(404, 409),
)
def put_feedback(call: Call[Change, None], film_id: str) -> FeedbackAnswer | None:
    """Rate, steer, save for later: absent keeps, null clears; 204 when nothing remains."""
    user_id, catalog = call.viewer.user_id, _catalog(call)
    item = give_feedback(
        resources.feedback_store(),
        lambda: catalog,
        lambda user, film: _listed(catalog, user, film),
        user_id,
        film_id,
        call.body,
        call.language,
        datetime.now(UTC),
        unconfirmed=call.viewer.unconfirmed,
        most=settings().judgements_max,
    )
    if verdict := call.body.verdict:
        resources.tell_judgement(verdict, film_id, user_id)
    return _answers(catalog, [item], call.language)[0] if item else None


@endpoint(bp, "DELETE", "/v1/feedback/{film_id}", status=204, door=door)
def delete_feedback(call: Call[None, None], film_id: str) -> None:
    """Take back all that was said of the film, and take it off the watchlist."""
    take_back(resources.feedback_store(), call.viewer.user_id, film_id)


@endpoint(bp, "GET", "/v1/feedback", query=FeedbackQuery, answer=FeedbackList, door=door)
def list_feedback(call: Call[None, FeedbackQuery]) -> FeedbackList:
    """My feedback, newest first."""
    query, user_id = call.query, call.viewer.user_id
    # The position holds the user id; it is left out of the cursor and put back from the token.
    given = unseal(query.cursor, dict[str, str], resources.cursor_keys()) if query.cursor else None
    after = given | {"user_id": user_id} if given is not None else None
    page = resources.feedback_store().page(user_id, query.limit, after, query.rating, query.steer, query.saved)
    position = {name: value for name, value in page.after.items() if name != "user_id"} if page.after else None
    return FeedbackList(
        feedback=_answers(_catalog(call), page.items, call.language),
        next_cursor=seal(position, resources.cursor_keys()) if position else None,
    )


@endpoint(bp, "POST", "/v1/feedback/import", body=HistoryBody, answer=ImportSummary, door=door, problems=(413,))
def post_history(call: Call[HistoryBody, None]) -> ImportSummary:
    """Bring the history of IMDb, Letterboxd, Kinopoisk, Trakt or a plain list."""
    return import_history(
        resources.feedback_store(),
        _catalog(call),
        call.viewer.user_id,
        call.body.csv,
        call.body.format,
        call.language,
        datetime.now(UTC),
        unconfirmed=call.viewer.unconfirmed,
        most=settings().judgements_max,
    )
