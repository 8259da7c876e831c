"""`/v1/films…` (api.md)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from chalice import Blueprint
from msgspec import Meta

from chalicelib import resources
from chalicelib.auth.authorizer import door
from chalicelib.catalog import change_films, films, imports, search
from chalicelib.catalog.availability import narrower
from chalicelib.catalog.model import AgeRating, Card, FilmPage, FilmQuery, Match, Sort, card_of, part_of
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.shown import shown_to
from chalicelib.http.cursors import seal, unseal
from chalicelib.http.endpoint import Call, endpoint, uuid_of
from chalicelib.init_phase import API, open_in
from chalicelib.language import Language

bp = Blueprint(__name__)
open_in(API, resources.fetched_catalog)

IMPORTERS: Mapping[imports.Kind, str] = {"interactions": "ingest", "films": "catalog"}
"""The scope that a file takes, by what it holds."""

type Year = Annotated[int, Meta(ge=1870, le=2100)]
type PageSize = Annotated[int, Meta(ge=1, le=100)]
type Position = tuple[float | int | str | None, ...]  # as `FilmPage.after`: 0 must not come back as 0.0


class FilmsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Search words, filters, order and page."""

    query: Annotated[str, Meta(max_length=200)] = ""
    genre: Annotated[str, Meta(max_length=50)] | None = None
    year_from: Year | None = None
    year_to: Year | None = None
    min_rating: Annotated[float, Meta(ge=0, le=10)] | None = None
    age_limit: AgeRating | None = None
    sort: Sort = "relevance"
    limit: PageSize = 20
    cursor: Annotated[str, Meta(max_length=2_000)] | None = None


class FilmsAnswer(msgspec.Struct, frozen=True):
    """A page of cards. `match` is the same on every page: `all` when each film has all words that were typed, `close`
    when none does and these only resemble it."""

    films: tuple[Card, ...]
    next_cursor: str | None
    match: Match


class AgeQuery(msgspec.Struct, frozen=True, kw_only=True):
    """For whom, where that is narrower than the profile, or there is none."""

    age_limit: AgeRating | None = None


class SimilarQuery(AgeQuery, frozen=True, kw_only=True):
    """How many, and for whom."""

    limit: PageSize = 20


class SimilarAnswer(msgspec.Struct, frozen=True):
    """Cards, most alike first."""

    films: tuple[Card, ...]


class ImportBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file will hold. `language`: the one in which viewers of interactions are addressed who choose none."""

    kind: imports.Kind
    language: Language = "ru"


class BegunAnswer(msgspec.Struct, frozen=True):
    """`PUT` the file to `upload_url`: JSON lines, gzip or not."""

    import_id: str
    upload_url: str
    expires_at: datetime


class ImportAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the file; the first 100 errors."""

    state: imports.State
    rows: int
    accepted: int
    rejected: int
    errors: tuple[imports.RowError, ...]


class PutAnswer(msgspec.Struct, frozen=True):
    """What the film is called by viewers' routes."""

    film_id: str


class TitlesBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ids to name."""

    film_ids: Annotated[tuple[Annotated[str, Meta(max_length=36)], ...], Meta(max_length=100)]


@endpoint(bp, "GET", "/v1/films", query=FilmsQuery, answer=FilmsAnswer, door=door, problems=(401,))
def search_films(call: Call[None, FilmsQuery]) -> FilmsAnswer:
    """Search films by text, genre, year and rating."""
    asked = call.query
    page = search.search_films(_catalog(call, asked.age_limit), _query_of(asked))
    return _answer(page, asked, call.language)


@endpoint(
    bp,
    "GET",
    "/v1/films/{film_id}",
    query=AgeQuery,
    answer=films.FilmDetails,
    door=door,
    problems=(401, 404),
)
def get_film(call: Call[None, AgeQuery], film_id: str) -> films.FilmDetails:
    """One film with all details."""
    return films.get_film(_catalog(call, call.query.age_limit), film_id, call.language)


@endpoint(
    bp,
    "GET",
    "/v1/films/{film_id}/similar",
    query=SimilarQuery,
    answer=SimilarAnswer,
    door=door,
    problems=(401, 404),
)
def similar_films(call: Call[None, SimilarQuery], film_id: str) -> SimilarAnswer:
    """Films like this one."""
    found = films.similar_films(_catalog(call, call.query.age_limit), film_id, call.query.limit, resources.find_learned)
    return SimilarAnswer(tuple(card_of(Card, film, call.language) for film in found))


@endpoint(
    bp,
    "POST",
    "/v1/films/titles",
    body=TitlesBody,
    query=AgeQuery,
    answer=films.TitlesAnswer,
    door=door,
    problems=(401,),
)
def titles_by_ids(call: Call[TitlesBody, AgeQuery]) -> films.TitlesAnswer:
    """Titles of up to 100 films."""
    film_ids = [uuid_of(film_id, "film_ids") for film_id in call.body.film_ids]
    return films.titles_by_ids(_catalog(call, call.query.age_limit), film_ids, call.language)


@endpoint(
    bp,
    "PUT",
    "/v1/catalog/films/{source_id}",
    body=change_films.FilmBody,
    answer=PutAnswer,
    door=door,
    problems=(429,),
)
def put_film(call: Call[change_films.FilmBody, None], source_id: str) -> PutAnswer:
    """Add or replace a film, for the site's own servers. Seen by everybody within 30 s."""
    film_id = change_films.put_film(resources.whole_catalog(), source_id, call.body, datetime.now(UTC))
    return PutAnswer(film_id)


@endpoint(bp, "DELETE", "/v1/catalog/films/{source_id}", status=204, door=door, problems=(429,))
def withdraw_film(call: Call[None, None], source_id: str) -> None:  # noqa: ARG001
    """Withdraw a film: on no route after 30 s, until it is put again. Feedback on it stays."""
    change_films.withdraw_film(resources.whole_catalog(), source_id)


@endpoint(
    bp,
    "POST",
    "/v1/imports",
    body=ImportBody,
    answer=BegunAnswer,
    status=201,
    door=door,
)
def begin_import(call: Call[ImportBody, None]) -> BegunAnswer:
    """Begin an import of many films, or of what viewers did: the answer says where the file is to be sent."""
    _let_import(call.body.kind)
    store, asked = resources.import_store(), call.body
    return BegunAnswer(*imports.begin_import(store, datetime.now(UTC), asked.kind, asked.language))


@endpoint(bp, "GET", "/v1/imports/{import_id}", answer=ImportAnswer, door=door, problems=(404,))
def get_import(call: Call[None, None], import_id: str) -> ImportAnswer:  # noqa: ARG001
    """How far an import is, and which rows made no sense."""
    held = imports.get_import(resources.import_store(), import_id)
    _let_import(held.kind)
    return part_of(ImportAnswer, held)


def _let_import(kind: imports.Kind) -> None:
    """Only whoever's key is for what the file holds. Raises `ForbiddenError`."""
    door.let_server(bp.current_request.headers, IMPORTERS[kind])


def _catalog(call: Call[Any, Any], age_limit: int | None) -> Catalog:
    """The catalogue as the viewer may see it; `age_limit` narrows what the profile allows."""
    return shown_to(resources.catalog(), narrower(call.age_limit, age_limit), call.region)


def _query_of(asked: FilmsQuery) -> FilmQuery:
    return FilmQuery(
        text=asked.query,
        genre=asked.genre,
        year_from=asked.year_from,
        year_to=asked.year_to,
        min_rating=asked.min_rating,
        sort=asked.sort,
        limit=asked.limit,
        after=_position(asked),
    )


def _position(asked: FilmsQuery) -> Position | None:
    """A cursor belongs to one search: with other words or filters it is refused."""
    if asked.cursor is None:
        return None
    what, position = unseal(asked.cursor, tuple[str, Position], resources.cursor_keys())
    return position if what == _what(asked) else unseal("", tuple[str, Position], ())[1]


def _answer(page: FilmPage, asked: FilmsQuery, language: Language) -> FilmsAnswer:
    cards = tuple(card_of(Card, film, language) for film in page.films)
    cursor = None if page.after is None else seal((_what(asked), page.after), resources.cursor_keys())
    return FilmsAnswer(cards, cursor, page.match)


def _what(asked: FilmsQuery) -> str:
    """What is searched for and in which order, but not the page."""
    return repr(
        (asked.query, asked.genre, asked.year_from, asked.year_to, asked.min_rating, asked.age_limit, asked.sort)
    )
