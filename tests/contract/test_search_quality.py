"""The bars of search quality, on the demo catalogue; OpenSearch must reach the same in `tests/real`."""

from pathlib import Path

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from infra.catalog.sources.demo import demo_films
from tests.search.judging import assert_quality


def test_what_is_meant_comes_first_when_viewers_type_as_they_do(tmp_path: Path) -> None:
    catalog = EmbeddedCatalog(f"sqlite://{tmp_path / 'catalog.sqlite'}")
    catalog.replace_all(demo_films())
    assert_quality(catalog)
