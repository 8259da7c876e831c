"""The bars of search quality hold on OpenSearch too."""

import uuid

from chalicelib.catalog.adapters.opensearch.catalog import OpenSearchCatalog
from infra.catalog.sources.demo import demo_films
from infra.local.opensearch.node import PATIENT_SECONDS
from tests.search.judging import judge


def test_the_film_meant_comes_first_when_viewers_type_as_they_do(opensearch_url: str) -> None:
    catalog = OpenSearchCatalog(f"{opensearch_url}/test-{uuid.uuid4().hex[:8]}", PATIENT_SECONDS)
    catalog.replace_all(demo_films())
    overall, _, misses = judge(catalog)
    assert overall["success_at_1"] >= 0.95, misses
    assert overall["success_at_5"] >= 0.99, misses
