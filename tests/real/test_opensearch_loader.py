"""The loader's command fills a real OpenSearch from IMDb's files, and leaves it alone when the source is bad."""

import uuid
from pathlib import Path

import pytest

from chalicelib.catalog.adapters.opensearch import index
from chalicelib.catalog.adapters.opensearch.catalog import OpenSearchCatalog
from chalicelib.catalog.model import FilmQuery
from infra.__main__ import main
from infra.local.opensearch.node import PATIENT_SECONDS
from tests.bench._imdb_files import write_imdb_files
from tests.contract.catalog_contract import AMELIE, FILMS, MATRIX


def test_an_index_of_0_2_is_searched_and_changed_until_it_is_loaded_anew(
    opensearch_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deployment does not load: it finds the index that is there, without how people sound, and its mapping."""
    catalog = OpenSearchCatalog(f"{opensearch_url}/test-{uuid.uuid4().hex[:8]}", PATIENT_SECONDS)
    with monkeypatch.context() as earlier:
        earlier.setattr(index, "keys_of_name", lambda _: frozenset[str]())
        catalog.replace_all(FILMS)
    assert catalog.search(FilmQuery(text="vfnhbwf")).films[0] == MATRIX
    assert catalog.search(FilmQuery(text="комедия")).films == (AMELIE,)
    assert catalog.search(FilmQuery(text="киану ривз")).match == "close"
    catalog.upsert([MATRIX])
    assert catalog.search(FilmQuery(text="киану ривз")).films == (MATRIX,)
    catalog.replace_all(FILMS)
    assert catalog.search(FilmQuery(text="лана вачовски")).films[0] == MATRIX


def test_the_old_films_stay_when_the_next_source_is_bad(opensearch_url: str, tmp_path: Path) -> None:
    url = f"{opensearch_url}/test-{uuid.uuid4().hex[:8]}"
    write_imdb_files(tmp_path, films=2_500)
    assert main(["films", "load", str(tmp_path), "--catalog-url", url]) == 0
    catalog = OpenSearchCatalog(url, PATIENT_SECONDS)
    first = catalog.find_by_source_ids(["tt0000001", "tt0002500"])
    assert set(first) == {"tt0000001", "tt0002500"}
    assert first["tt0000001"].titles.in_language("ru") == f"Фильм {first['tt0000001'].titles.main}"

    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": "1", "title": "Good"}\n' + "nonsense\n" * 5)
    assert main(["films", "load", str(bad), "--catalog-url", url]) == 1
    assert catalog.find_by_source_ids(["tt0000001", "1"]).keys() == {"tt0000001"}
    assert len(catalog.search(FilmQuery(limit=100)).films) == 100
