"""The demo catalogue, built once for all workers of a run; and what the stores ask of DynamoDB."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from infra.catalog.sources.demo import demo_films
from tests.kept import assert_kept_part
from tests.kept.requests import DATA, shape_of

KEPT_REQUESTS = frozenset([
    "test_account_stores", "test_budget", "test_feedback_store", "test_film_questions", "test_outcomes",
    "test_recommendation_store", "test_text_store",
])  # fmt: skip


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


@pytest.fixture(autouse=True)
def kept_requests(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a store asks of DynamoDB for these tests is what it asked when somebody last looked (`tests/kept`): how
    consistently it reads, by which index and how much at once, and on which conditions it writes."""
    if request.path.stem not in KEPT_REQUESTS:
        yield
        return
    shapes: set[str] = set()
    call: Any = BaseClient._make_api_call  # type: ignore[attr-defined]

    def noted(self: Any, operation: str, given: dict[str, Any]) -> Any:
        if operation in DATA:
            shapes.add(shape_of(operation, given))
        return call(self, operation, given)

    monkeypatch.setattr(BaseClient, "_make_api_call", noted)
    yield
    if shapes:
        assert_kept_part(f"requests of {request.path.stem}", request.node.name, sorted(shapes))
