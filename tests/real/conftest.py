"""A real OpenSearch node for the suites that need one: started once a session, on loopback, with empty data.

`OPENSEARCH_URL` names a running one instead.
"""

import os
from collections.abc import Iterator

import pytest

from infra.local.opensearch.node import running_node


@pytest.fixture(scope="session")
def opensearch_url() -> Iterator[str]:
    if given := os.environ.get("OPENSEARCH_URL"):
        yield given
        return
    with running_node(int(os.environ.get("OPENSEARCH_PORT", "9250"))) as url:
        yield url
