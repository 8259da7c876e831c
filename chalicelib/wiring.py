"""Opens stores, queues and clients for the edge, each once a process and only when first asked for.

The only module that knows which class stands behind a port. Use cases get what they need as arguments.
Imports are inside the functions, so that each Lambda loads its own libraries alone.
"""

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.settings import settings

if TYPE_CHECKING:
    from chalicelib.catalog.port import Catalog
    from chalicelib.feedback.model import FeedbackStore


@cache
def catalog() -> "Catalog":
    """The catalogue that `CATALOG_URL` names."""
    url = settings().catalog_url
    if url.startswith(("http://", "https://")):
        from chalicelib.catalog.opensearch import OpenSearchCatalog

        return OpenSearchCatalog(url)
    from chalicelib.catalog.embedded import EmbeddedCatalog

    return EmbeddedCatalog(url)


@cache
def feedback_store() -> "FeedbackStore":
    """The feedback table."""
    from chalicelib.feedback.store import DynamoFeedbackStore

    return DynamoFeedbackStore(settings().feedback_table)


@cache
def token_keys() -> object:
    """The access token keys from Secrets Manager. To be written."""
    raise NotImplementedError


def cursor_keys() -> tuple[bytes, ...]:
    """Keys that cursors are sealed with, newest first: derived from the access token keys, so there is one secret."""
    from chalicelib.auth.tokens import derived_keys

    return derived_keys(token_keys(), b"cursor")
