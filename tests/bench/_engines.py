"""A catalogue of either engine with films in it, for as long as a bench runs."""

import os
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from chalicelib.catalog.adapters.opensearch.catalog import OpenSearchCatalog, open_client
from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.model import Film
from chalicelib.catalog.port import Catalog
from infra.local.opensearch.node import PATIENT_SECONDS, running_node


@contextmanager
def loaded(engine: str, films: Iterable[Film]) -> Iterator[Catalog]:
    """The films in a fresh catalogue of the engine named `embedded` or `opensearch`."""
    with catalog_of(engine) as catalog:
        catalog.replace_all(films)
        yield catalog


@contextmanager
def catalog_of(engine: str) -> Iterator[Catalog]:
    """An empty catalogue of that engine. OpenSearch is the running one at OPENSEARCH_URL, else one of our own."""
    if engine == "embedded":
        with tempfile.TemporaryDirectory(prefix="kinosovet-bench-") as folder:
            yield EmbeddedCatalog(f"sqlite://{Path(folder) / 'catalog.sqlite'}")
        return
    given = os.environ.get("OPENSEARCH_URL")
    node = nullcontext(given) if given else running_node(int(os.environ.get("OPENSEARCH_PORT", "9250")))
    with node as url:
        alias = f"bench-{uuid.uuid4().hex[:8]}"
        try:
            yield OpenSearchCatalog(f"{url}/{alias}", PATIENT_SECONDS)
        finally:
            open_client(str(url), PATIENT_SECONDS).indices.delete(index=f"{alias}-*,{alias}_*")
