"""The demo catalogue, built once for all workers of a run."""

import fcntl
import os
from pathlib import Path

import pytest

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from infra.catalog.sources.demo import demo_films


@pytest.fixture(scope="session")
def demo_catalog(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedCatalog:
    """To be read only."""
    own: Path = tmp_path_factory.getbasetemp()
    folder = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    built = folder / "demo" / "catalog.sqlite"
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        catalog = EmbeddedCatalog(f"sqlite://{built}")
        if not built.exists():
            catalog.replace_all(demo_films())
    return catalog
