"""One film, films like it, and titles by ids."""

import logging
from collections.abc import Callable, Sequence

import msgspec

from chalicelib.catalog.model import Card, Film, card_of
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.similarity import blended
from chalicelib.catalog.titles.aliases import names_of
from chalicelib.language import Language

log = logging.getLogger(__name__)

ALIKE_DEPTH = LEARNED_DEPTH = 100  # films of each kind that are looked at

type FindLearned = Callable[[str], Sequence[str]]
"""Ids of the films that viewers of one film like too, strongest first; empty while nothing is learned of it."""


class FilmDetails(Card, frozen=True, kw_only=True):
    """A card with everything else the catalogue knows."""

    description: str | None
    directors: tuple[str, ...]
    actors: tuple[str, ...]
    countries: tuple[str, ...]
    alternative_titles: tuple[str, ...]
    imdb_id: str | None
    audience_rating: float | None
    audience_votes: int | None
    runtime_minutes: int | None
    critics_rating: int | None
    awards: tuple[str, ...]


class TitlesAnswer(msgspec.Struct, frozen=True):
    """Titles by film id in the viewer's language, and the ids that no film has."""

    titles: dict[str, str]
    missing: tuple[str, ...]


def get_film(catalog: Catalog, film_id: str, language: Language) -> FilmDetails:
    """The film with all details. Raises `FilmNotFoundError`."""
    film = catalog.get(film_id)
    shown = (film.titles.in_language(language), film.original_title)
    others = tuple(name for name in names_of(film) if name not in shown)
    return card_of(FilmDetails, film, language, alternative_titles=others)


def similar_films(catalog: Catalog, film_id: str, limit: int, find_learned: FindLearned) -> list[Film]:
    """Films like that one, most alike first: by what they are, and by who likes both where that has been learned. One
    look-up more than content alone needs. Raises `FilmNotFoundError`."""
    film = catalog.get(film_id)
    alike = catalog.similar([film_id], max(limit, ALIKE_DEPTH))
    try:
        learned = find_learned(film_id)[:LEARNED_DEPTH]
    except Exception:  # what cannot be read costs nobody the rest
        log.exception("the learned similarity does not answer; films are alike by content alone")
        learned = ()
    if not learned:
        return alike[:limit]
    known = catalog.get_many(learned)
    return blended(film, alike, [known[one] for one in learned if one in known], limit)


def titles_by_ids(catalog: Catalog, film_ids: Sequence[str], language: Language) -> TitlesAnswer:
    """The titles of these films, in the viewer's language."""
    films = catalog.get_many(film_ids)
    missing = tuple(dict.fromkeys(film_id for film_id in film_ids if film_id not in films))
    return TitlesAnswer({film_id: film.titles.in_language(language) for film_id, film in films.items()}, missing)
