"""A catalogue as one viewer may see it: films that may not be shown are not there, whatever is asked."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from chalicelib.catalog.availability import is_shown, narrower
from chalicelib.catalog.model import CatalogFacts, Film, FilmNotFoundError, FilmPage, FilmQuery, Showing
from chalicelib.catalog.port import Catalog

CONSIDERED = 400  # as many as the adapters look at closely for "similar", and four top lists


class ShownCatalog:
    """A `Catalog` (see `port.py`) that leaves out what `showing()` forbids at the moment of each call."""

    def __init__(self, catalog: Catalog, showing: Callable[[], Showing]) -> None:
        self._catalog, self._showing = catalog, showing

    def search(self, query: FilmQuery) -> FilmPage:
        own, given = self._showing(), query.showing
        both = own if given is None else _narrowed(own, given)  # one around another: both hold
        return self._catalog.search(msgspec.structs.replace(query, showing=both))

    def get(self, film_id: str) -> Film:
        film = self._catalog.get(film_id)
        if not is_shown(film, self._showing()):
            raise FilmNotFoundError("There is no such film.")
        return film

    def get_many(self, film_ids: Sequence[str]) -> dict[str, Film]:
        return self._named(self._catalog.get_many(film_ids))

    def find_by_title(self, title: str, limit: int = 50) -> list[Film]:
        return self._only(self._catalog.find_by_title(title, limit))

    def find_by_titles(self, titles: Sequence[str], limit: int = 50, exact: bool = False) -> list[list[Film]]:
        return [self._only(films) for films in self._catalog.find_by_titles(titles, limit, exact)]

    def find_by_source_ids(self, source_ids: Sequence[str]) -> dict[str, Film]:
        return self._named(self._catalog.find_by_source_ids(source_ids))

    def similar(self, film_ids: Sequence[str], limit: int = 20) -> list[Film]:
        return self._only(self._catalog.similar(film_ids, CONSIDERED))[:limit]

    def top(self, limit: int = 100) -> list[Film]:
        return self._only(self._catalog.top(max(limit, CONSIDERED)))[:limit]

    def facts(self) -> CatalogFacts:
        return self._catalog.facts()

    def replace_all(self, films: Iterable[Film]) -> int:
        return self._catalog.replace_all(films)

    def upsert(self, films: Iterable[Film]) -> int:
        return self._catalog.upsert(films)

    def withdraw(self, film_ids: Iterable[str]) -> int:
        return self._catalog.withdraw(film_ids)

    def fold_changes(self) -> int:
        return self._catalog.fold_changes()

    def _only(self, films: Iterable[Film]) -> list[Film]:
        showing = self._showing()
        return [film for film in films if is_shown(film, showing)]

    def _named(self, films: dict[str, Film]) -> dict[str, Film]:
        showing = self._showing()
        return {name: film for name, film in films.items() if is_shown(film, showing)}


def _narrowed(own: Showing, given: Showing) -> Showing:
    return Showing(at=own.at, age_limit=narrower(own.age_limit, given.age_limit), region=own.region or given.region)


def shown_to(catalog: Catalog, age_limit: int | None = None, region: str | None = None) -> Catalog:
    """The catalogue as it may be shown now to somebody of that age limit, in that region."""
    return ShownCatalog(catalog, lambda: Showing(at=datetime.now(UTC), age_limit=age_limit, region=region))
