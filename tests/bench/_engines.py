"""A catalogue of either engine with films in it, for as long as a bench runs."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from chalicelib.catalog.embedded import EmbeddedCatalog
from chalicelib.catalog.model import Film
from chalicelib.catalog.port import Catalog


@contextmanager
def loaded(engine: str, films: Iterable[Film]) -> Iterator[Catalog]:
    """The films in a fresh catalogue of the engine named `embedded` or `opensearch`."""
    with catalog_of(engine) as catalog:
        catalog.replace_all(films)
        yield catalog


@contextmanager
def catalog_of(engine: str) -> Iterator[Catalog]:
    """An empty catalogue of that engine."""
    if engine == "embedded":
        with tempfile.TemporaryDirectory(prefix="kinosovet-bench-") as folder:
            yield EmbeddedCatalog(f"sqlite://{Path(folder) / 'catalog.sqlite'}")
        return
    raise NotImplementedError(engine)
