"""What the catalogue knows of a film, as plain data."""

from typing import Literal

import msgspec

from chalicelib.errors import InvalidInputError, NotFoundError, UnavailableError

type Language = Literal["ru", "en"]
type Sort = Literal["relevance", "rating", "year"]


class Film(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One film. `film_id` is the uuid5 of the source's id, so that a reload keeps every like.

    `title` is the catalogue's own main title, in whatever language the source writes; `title_ru` and `title_en` are
    known translations. Unknown values are None or empty.
    """

    film_id: str
    title: str
    source_id: str = ""  # what the source calls it: tt0111161, kp326, ml318
    title_ru: str | None = None
    title_en: str | None = None
    original_title: str | None = None
    alternative_titles: tuple[str, ...] = ()
    year: int | None = None
    genres: tuple[str, ...] = ()
    directors: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    description: str | None = None
    imdb_id: str | None = None
    imdb_rating: float | None = None
    imdb_votes: int | None = None
    audience_rating: float | None = None  # 0 to 10, by the source's own viewers (MovieLens), where it says
    audience_votes: int | None = None
    poster_url: str | None = None

    def title_in(self, language: Language) -> str:
        """The title a viewer of that language knows, else the catalogue's own."""
        return (self.title_ru if language == "ru" else self.title_en) or self.title


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What every list of films shows (api.md). Unknown values are null."""

    film_id: str
    title: str
    original_title: str | None
    year: int | None
    genres: tuple[str, ...]
    imdb_rating: float | None
    imdb_votes: int | None
    poster_url: str | None


def card_of(film: Film, language: Language) -> Card:
    """The film as a card in the viewer's language."""
    return Card(
        film_id=film.film_id,
        title=film.title_in(language),
        original_title=film.original_title,
        year=film.year,
        genres=film.genres,
        imdb_rating=film.imdb_rating,
        imdb_votes=film.imdb_votes,
        poster_url=film.poster_url,
    )


class FilmQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A search: all filters must hold; `text` may be empty (then `relevance` means votes-weighted rating).

    `after` continues behind a page: the opaque position that the page before ended with.
    """

    text: str = ""
    genre: str | None = None
    year_from: int | None = None
    year_to: int | None = None
    min_rating: float | None = None
    sort: Sort = "relevance"
    limit: int = 20
    after: tuple[float | int | str | None, ...] | None = None


class FilmPage(msgspec.Struct, frozen=True):
    """A page of films and the position behind it; None when it was the last."""

    films: tuple[Film, ...]
    after: tuple[float | int | str | None, ...] | None = None


class FilmNotFoundError(NotFoundError):
    """No film of that id in the catalogue."""


class CatalogUnavailableError(UnavailableError):
    """The search engine or the snapshot cannot be reached."""


class InvalidPositionError(InvalidInputError):
    """A page position that this catalogue never gave out."""
