"""The embedded catalogue keeps the contract; OpenSearch is asked the same in `tests/real`."""

from pathlib import Path

import pytest

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.port import Catalog
from tests.contract.catalog_contract import FILMS, CatalogContract


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return _loaded(tmp_path_factory.mktemp("catalog"))


@pytest.fixture
def fresh_catalog(tmp_path: Path) -> Catalog:
    return _loaded(tmp_path)


class TestEmbeddedCatalog(CatalogContract):
    """All of it."""


def _loaded(folder: Path) -> Catalog:
    catalog = EmbeddedCatalog(f"sqlite://{folder / 'catalog.sqlite'}")
    catalog.replace_all(FILMS)
    return catalog
