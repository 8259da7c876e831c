"""A page of films for a viewer's words and filters."""

from chalicelib.catalog.model import FilmPage, FilmQuery
from chalicelib.catalog.port import Catalog
from chalicelib.errors import InvalidInputError


def search_films(catalog: Catalog, query: FilmQuery) -> FilmPage:
    """Films that answer the query, best first, with the position of the next page.

    Raises:
        InvalidInputError: the first year lies behind the last.
        CatalogUnavailableError: the catalogue does not answer.
    """
    if query.year_from is not None and query.year_to is not None and query.year_from > query.year_to:
        raise InvalidInputError("year_from lies behind year_to.", "year_from")
    return catalog.search(query)
