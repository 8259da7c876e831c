"""The bars of search quality hold on OpenSearch too."""

import uuid

from chalicelib.catalog.adapters.opensearch.catalog import OpenSearchCatalog
from infra.catalog.sources.demo import demo_films
from infra.local.opensearch.node import PATIENT_SECONDS
from tests.search.judging import assert_quality


def test_what_is_meant_comes_first_when_viewers_type_as_they_do(opensearch_url: str) -> None:
    catalog = OpenSearchCatalog(f"{opensearch_url}/test-{uuid.uuid4().hex[:8]}", PATIENT_SECONDS)
    catalog.replace_all(demo_films())
    assert_quality(catalog)
