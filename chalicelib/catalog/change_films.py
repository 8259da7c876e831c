"""Changes single films: a film comes, is told anew, is withdrawn, and comes back."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import batched

import msgspec

from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.film_row import FilmFields, SourceId, film_called
from chalicelib.catalog.model import CatalogUnavailableError, Film
from chalicelib.catalog.port import Catalog
from chalicelib.errors import InvalidInputError

HELD_AT_ONCE = 500  # looked up beside each other


class FilmBody(FilmFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row as the loader takes it; its `id` may be left out, for the path has it."""

    id: SourceId | None = None


def put_film(catalog: Catalog, source_id: str, row: FilmBody, now: datetime) -> str:
    """Adds the film, or replaces all that is known of it. A withdrawn one is back, and everybody's feedback on it
    counts again. Returns its `film_id`.

    Raises:
        InvalidInputError: the path and the row name different films.
        CatalogChangedError, TooManyChangesError, CatalogUnavailableError: nothing is changed; try again.
    """
    source_id = known_as(source_id)
    if row.id is not None and row.id.strip() != source_id:
        raise InvalidInputError("The row's id is another one than the path's.", "id")
    film = film_called(source_id, row)
    catalog.upsert(dated(catalog, [film], now))
    return film.film_id


def withdraw_film(catalog: Catalog, source_id: str) -> None:
    """Takes the film away, if it is held. Feedback on it stays.

    Raises:
        CatalogChangedError, TooManyChangesError, CatalogUnavailableError: nothing is changed; try again.
    """
    catalog.withdraw([film_id_of(known_as(source_id))])


def known_as(source_id: str) -> str:
    """The source's name for a film, without blanks around it. Raises `InvalidInputError` when it is none."""
    try:
        known: str = msgspec.convert(source_id, SourceId)
    except msgspec.ValidationError as error:
        raise InvalidInputError(str(error), "source_id") from None
    return known.strip()


def dated(catalog: Catalog, films: Iterable[Film], now: datetime) -> Iterator[Film]:
    """Says when the catalogue got each film: when the row says, else as long ago as it has it, else now."""
    for some in batched(films, HELD_AT_ONCE, strict=False):
        try:
            held = catalog.get_many([film.film_id for film in some if film.added_at is None])
        except CatalogUnavailableError:  # the first films of all
            held = {}
        for film in some:
            known = film.added_at or (held[film.film_id].added_at if film.film_id in held else None)
            yield msgspec.structs.replace(film, added_at=known or now)
