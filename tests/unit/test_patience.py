"""No client waits nearly as long as the function that it works for may run."""

from typing import Any

import pytest

from chalicelib.auth.adapters.store import DynamoAccountStore
from chalicelib.feedback.adapters.store import DynamoFeedbackStore
from chalicelib.outcomes.adapters.store import DynamoOutcomes
from chalicelib.patience import ATTEMPTS, CONNECT_SECONDS, READ_SECONDS
from chalicelib.recommendations.adapters.store import DynamoRecommendationStore
from chalicelib.recommendations.item_similarity.adapters.store import DynamoItemSimilarity
from chalicelib.recommendations.llm.adapters.store import DynamoBudget
from infra.deploy.declaration import Authorizer
from infra.deploy.functions import FUNCTIONS

MODELS: dict[str, Any] = {
    "accounts": DynamoAccountStore("t")._items,
    "feedback": DynamoFeedbackStore("t").items,
    "recommendations": DynamoRecommendationStore("t", 12_288, 8).items,
    "item similarity": DynamoItemSimilarity("t").items,
    "budget": DynamoBudget("t", 1, 1)._items,
    "outcomes": DynamoOutcomes("t")._items,
}


def test_one_call_ends_before_any_function_that_answers_viewers() -> None:
    shortest = min(one.timeout_seconds for one in FUNCTIONS if not isinstance(one.source, Authorizer))
    assert shortest > ATTEMPTS * (CONNECT_SECONDS + READ_SECONDS)


@pytest.mark.parametrize("name", MODELS)
def test_every_table_is_read_with_this_patience(name: str) -> None:
    meta = MODELS[name].Meta
    assert (meta.connect_timeout_seconds, meta.read_timeout_seconds) == (CONNECT_SECONDS, READ_SECONDS)
    assert meta.max_retry_attempts == ATTEMPTS - 1
