"""The loader's command fills a real OpenSearch from IMDb's files, and leaves it alone when the source is bad."""

import uuid
from pathlib import Path

from chalicelib.catalog.adapters.opensearch.catalog import OpenSearchCatalog
from chalicelib.catalog.model import FilmQuery
from infra.__main__ import main
from infra.local.opensearch.node import PATIENT_SECONDS
from tests.bench._imdb_files import write_imdb_files


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
