"""What the catalogue knows of a film, as plain data."""

from datetime import datetime
from functools import cache
from typing import Literal

import msgspec

from chalicelib.errors import InvalidInputError, NotFoundError, TooManyRequestsError, UnavailableError
from chalicelib.language import LANGUAGES, Language

type Sort = Literal["relevance", "rating", "year", "new"]
type Match = Literal["all", "close"]
"""`all`: each film has all words that were typed, in some form, and passes all filters. `close`: no film does; if there
are films, they resemble what was typed or have some of its words."""

type AgeRating = Literal[0, 6, 12, 16, 18]
"""From which age: the Russian classes, which other countries' ratings are read into."""


class Titles(msgspec.Struct, frozen=True):
    """What a film is called: the catalogue's own main title, in whatever language the source writes, and the known
    translations."""

    main: str
    by_language: dict[Language, str]

    def in_language(self, language: Language) -> str:
        """The title a viewer of that language knows, else the main one."""
        return self.by_language.get(language) or self.main

    def all(self) -> tuple[str, ...]:
        """The main title, then the translations, in the order of `LANGUAGES`."""
        return (self.main, *(self.by_language[one] for one in LANGUAGES if one in self.by_language))

    def __hash__(self) -> int:
        return hash(self.main)  # a dictionary has no hash of its own


class CardFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What every card shows, whatever the viewer's language. Unknown values are null or empty.

    A new field of a card is written here, in `film_row.py` and on the page;
    everything between is made by `part_of`. No field has a default: one that is forgotten is an error.
    """

    film_id: str
    original_title: str | None
    year: int | None
    genres: tuple[str, ...]
    imdb_rating: float | None
    imdb_votes: int | None
    poster_url: str | None
    age_rating: int | None  # see `AgeRating`
    added_at: datetime | None  # when the catalogue got it


class FilmCard(CardFacts, frozen=True, kw_only=True):
    """A card in all languages: what a stored list keeps of a film, and what decides whether it may be shown
    (`availability.py`)."""

    titles: Titles
    available_from: datetime | None
    available_until: datetime | None
    regions: tuple[str, ...]  # ISO 3166; empty: everywhere


class Film(FilmCard, frozen=True, kw_only=True):
    """All that the catalogue knows of a film. `film_id` is the uuid5 of the source's id, so that a reload keeps every
    like."""

    source_id: str  # what the source calls it: tt0111161, kp326, ml318
    alternative_titles: tuple[str, ...]
    directors: tuple[str, ...]
    actors: tuple[str, ...]
    countries: tuple[str, ...]
    description: str | None
    imdb_id: str | None
    audience_rating: float | None  # 0 to 10, by the source's own viewers (MovieLens), where it says
    audience_votes: int | None
    runtime_minutes: int | None
    critics_rating: int | None  # 0 to 100: the share of critics who liked it
    awards: tuple[str, ...]


def without_description(film: Film) -> Film:
    """The film as every look-up but `get` gives it (`port.py`)."""
    return film if film.description is None else msgspec.structs.replace(film, description=None)


class Card(CardFacts, frozen=True, kw_only=True):
    """What every list of films shows (api.md): the title follows the viewer's language where it is known."""

    title: str


class KnownFilm(msgspec.Struct, frozen=True, kw_only=True):
    """What is copied of a film so that nobody needs the catalogue to name it."""

    film_id: str
    titles: Titles
    year: int | None


def part_of[S: msgspec.Struct](kind: type[S], whole: msgspec.Struct, **more: object) -> S:
    """A struct whose fields are those of `whole` with the same names, and `more`. A field that neither has is an
    `AttributeError`: nothing is left out in silence."""
    return kind(**more, **{name: getattr(whole, name) for name in _names_besides(kind, tuple(more))})


@cache
def _names_besides(kind: type[msgspec.Struct], given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in kind.__struct_fields__ if name not in given)


def card_of[C: Card](kind: type[C], film: FilmCard, language: Language, **more: object) -> C:
    """The film as a card of this kind, titled in the viewer's language."""
    return part_of(kind, film, title=film.titles.in_language(language), **more)


class CatalogFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a catalogue holds. `loaded_at`: when it was made as a whole, None where that was not noted; `withdrawn`:
    films taken away one by one since then."""

    films: int
    loaded_at: datetime | None
    withdrawn: int


class Showing(msgspec.Struct, frozen=True, kw_only=True):
    """To whom films are shown, and when. None: nothing is known that would forbid a film."""

    at: datetime
    age_limit: int | None = None  # see `AgeRating`
    region: str | None = None  # ISO 3166


class FilmQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A search: all filters must hold; `text` may be empty (then `relevance` means votes-weighted rating).

    `tags` are groups of marks that films have for genres, countries and people (`similarity.tags_of`): a film has one
    of each group, and none of `without_tags`. `after` continues behind a page: the opaque position that the page before
    ended with. `showing` leaves out what may not be shown; None finds all that is held.
    """

    text: str = ""
    genre: str | None = None
    year_from: int | None = None
    year_to: int | None = None
    min_rating: float | None = None
    tags: tuple[tuple[str, ...], ...] = ()
    without_tags: tuple[str, ...] = ()
    sort: Sort = "relevance"
    limit: int = 20
    showing: Showing | None = None
    after: tuple[float | int | str | None, ...] | None = None


class FilmPage(msgspec.Struct, frozen=True):
    """A page of films, how they answer the words, the same on every page, and the position behind it; None when it was
    the last."""

    films: tuple[Film, ...]
    match: Match
    after: tuple[float | int | str | None, ...] | None = None


class FilmNotFoundError(NotFoundError):
    """No film of that id in the catalogue."""


class CatalogUnavailableError(UnavailableError):
    """The search engine or the snapshot cannot be reached."""


class CatalogChangedError(UnavailableError):
    """Others kept changing the catalogue at the same moment; nothing was changed by this one."""


class TooManyChangesError(TooManyRequestsError):
    """More single changes than the catalogue takes at a time; nothing was changed by this one."""


class InvalidPositionError(InvalidInputError):
    """A page position that this catalogue never gave out."""
