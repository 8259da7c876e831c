"""Lists, tastes, candidates and answers, as plain data."""

from datetime import datetime
from typing import Literal

import msgspec

from chalicelib.catalog.model import Film
from chalicelib.errors import ConflictError, GoneError

type Source = Literal["gigachat", "personal", "top"]
type State = Literal["fresh", "updating", "waiting"]
type Ground = Literal["neighbour", "content", "steer", "popular", "surprise", "model", "proposal"]
"""Why a film is in a list: viewers' likes, likeness of content, "more like this", the top list, exploration, the
model's pick or its own proposal."""


class RankedFilm(msgspec.Struct, frozen=True, kw_only=True):
    """A film with its score (higher is better, comparable within one list only) and the liked films behind it."""

    film: Film
    score: float
    because: tuple[str, ...] = ()  # film ids of liked or "more like this" films, strongest first, at most 3
    ground: Ground = "content"


class Neighbour(msgspec.Struct, frozen=True, array_like=True):
    """A film that viewers like close to another one, with the learned score."""

    film_id: str
    score: float


class ListOutdatedError(GoneError):
    """A cursor of a list that has been replaced meanwhile."""


class ListChangedError(ConflictError):
    """Somebody else published since the list was read: start over."""


class UserErasedError(ConflictError):
    """The account has been deleted: nothing may be published for it."""


class StoredFilm(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One place of a stored list: the film's card in both languages, and why it is there."""

    film_id: str
    title: str
    title_ru: str | None = None
    title_en: str | None = None
    original_title: str | None = None
    year: int | None = None
    genres: tuple[str, ...] = ()
    imdb_rating: float | None = None
    imdb_votes: int | None = None
    poster_url: str | None = None
    source: Source = "personal"
    ground: Ground = "content"
    because: tuple[str, ...] = ()
    reason: str | None = None  # the model's words, in `reason_language`; None: a sentence is made from `because`
    reason_language: str | None = None


class StoredList(msgspec.Struct, frozen=True, kw_only=True):
    """A viewer's home page as published. `version` counts publications; `seen_until` is 10 s before the strongly
    consistent feedback query it was made from: the page subtracts everything newer."""

    version: int
    generated_at: datetime
    seen_until: datetime
    source: Source
    films: tuple[StoredFilm, ...]
    because_titles: dict[str, tuple[str, str | None, str | None]]  # film id → title, title_ru, title_en
    taste_hash: str
