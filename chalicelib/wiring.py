"""Opens stores, queues and clients for the edge, each once a process and only when first asked for.

The only module that knows which class stands behind a port. Use cases get what they need as arguments.
Imports are inside the functions, so that each Lambda loads its own libraries alone.
"""

from functools import cache
from typing import TYPE_CHECKING, cast

from chalicelib.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

    from chalicelib.auth.keys import KeyRing
    from chalicelib.auth.model import AccountStore, AttemptStore, SessionStore
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
def token_keys() -> "KeyRing":
    """The access token keys, from Secrets Manager."""
    from botocore.session import get_session  # boto3 would cost the authorizer another 0.1 s

    from chalicelib.auth.keys import KeyRing

    client = cast("SecretsManagerClient", get_session().create_client("secretsmanager"))
    return KeyRing(lambda: client.get_secret_value(SecretId=settings().token_keys_secret)["SecretString"])


@cache
def account_store() -> "AccountStore":
    """The accounts table."""
    from chalicelib.auth.store import DynamoAccountStore

    return DynamoAccountStore(settings().accounts_table)


@cache
def session_store() -> "SessionStore":
    """The sessions table."""
    from chalicelib.auth.store import DynamoSessionStore

    return DynamoSessionStore(settings().sessions_table, settings().accounts_table)


@cache
def attempt_store() -> "AttemptStore":
    """The throttle's counters, in the sessions table."""
    from chalicelib.auth.store import DynamoAttemptStore

    return DynamoAttemptStore(settings().sessions_table)


def cursor_keys() -> tuple[bytes, ...]:
    """Keys that cursors are sealed with, newest first: derived from the access token keys, so there is one secret."""
    from chalicelib.auth.tokens import derived_keys

    return derived_keys(token_keys(), b"cursor")


@cache
def recommendation_store() -> "RecommendationStore":
    """The recommendations table."""
    from chalicelib.recommendations.store import DynamoRecommendationStore

    known = settings()
    return DynamoRecommendationStore(known.recommendations_table, known.list_bytes_max, known.stale_shards)


@cache
def outbox() -> "Outbox":
    """The queues."""
    import boto3

    from chalicelib.recommendations.outbox import SqsOutbox

    known = settings()
    return SqsOutbox(boto3.client("sqs"), known.rebuild_queue_url, known.ask_queue_url, known.gigachat_parallel)


@cache
def neighbours() -> "NeighbourSource":
    """The learned item neighbours."""
    from chalicelib.recommendations.neighbour_store import DynamoNeighbours

    return DynamoNeighbours(settings().neighbours_table)


def rebuild_parts() -> "Parts":
    """What the fast lane works with."""
    from chalicelib.recommendations.rebuild import Parts

    return Parts(recommendation_store(), feedback_store(), catalog(), neighbours(), outbox(), settings())


def ask_parts() -> "AskParts":
    """What the slow lane works with."""
    from datetime import UTC, datetime

    from chalicelib.recommendations.ask import AskParts
    from chalicelib.recommendations.budget_store import DynamoBudget

    known = settings()
    budget = DynamoBudget(known.budget_table, known.budget_tokens_per_day)
    return AskParts(rebuild_parts(), model, budget, lambda: datetime.now(UTC))


@cache
def top_films() -> "Sequence[Film]":
    """To be written."""
    raise NotImplementedError


def find_in_list(user_id: str, film_id: str) -> "KnownFilm | None":
    """The film as the user's stored list shows it: then it exists, whatever the catalogue's state."""
    from chalicelib.feedback.judge import KnownFilm

    held = recommendation_store().read_page(user_id).list_
    for film in held.films if held else ():
        if film.film_id == film_id:
            return KnownFilm(title=film.title, title_ru=film.title_ru, title_en=film.title_en, year=film.year)
    return None
