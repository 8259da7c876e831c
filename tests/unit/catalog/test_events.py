"""The catalogue's own function: what it does when it is woken, once, twice, or with nothing to do."""

from pathlib import Path

import pytest

from chalicelib import resources
from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.adapters.snapshot.pointer import FOLD_CHANGES
from chalicelib.catalog.events import tend_catalog
from chalicelib.catalog.model import FilmQuery
from tests.contract.catalog_contract import FILMS, film
from tests.fake_imports import MemoryImports, MemorySteps

EVENT = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}, "resources": [], "version": "0",
         "id": "x", "account": "1", "time": "", "region": "eu-central-1"}  # fmt: skip


def test_changes_are_folded_in_once_when_they_are_many(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    catalog = EmbeddedCatalog(f"sqlite://{tmp_path / 'catalog.sqlite'}")
    monkeypatch.setattr(resources, "whole_catalog", lambda: catalog)
    monkeypatch.setattr(resources, "import_store", MemoryImports)
    monkeypatch.setattr(resources, "step_queue", MemorySteps)
    assert tend_catalog(EVENT, None) == {"taken": 0, "folded": 0}, "nobody has loaded any film"
    catalog.replace_all(FILMS)
    for number in range(FOLD_CHANGES):
        catalog.upsert([film(f"m{number}", f"Number {number}", 2000)])
    assert [tend_catalog(EVENT, None) for _ in "12"] == [
        {"taken": 0, "folded": FOLD_CHANGES},
        {"taken": 0, "folded": 0},
    ]
    assert len(catalog.search(FilmQuery(limit=1_000)).films) == len(FILMS) + FOLD_CHANGES
