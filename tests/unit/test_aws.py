"""One session for every client: botocore's descriptions are read once, whoever asks for a client."""

from typing import Any

import botocore.session
import pytest
from botocore import loaders
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError
from pynamodb.attributes import UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import PutError, VerboseClientError
from pynamodb.models import Model

from chalicelib import aws
from chalicelib.feedback.adapters.store import DynamoFeedbackStore
from chalicelib.patience import ATTEMPTS, CONNECT_SECONDS, READ_SECONDS


@pytest.fixture
def files_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every description that botocore reads from its disk."""
    read: list[str] = []
    load = loaders.JSONFileLoader.load_file

    def noted(self: Any, path: str) -> Any:
        found = load(self, path)
        if found is not None:
            read.append(path)
        return found

    monkeypatch.setattr(loaders.JSONFileLoader, "load_file", noted)
    monkeypatch.setattr(botocore.session, "create_loader", loaders.create_loader)  # tests share theirs
    return read


def model_of(table: str) -> type[Model]:
    class Item(Model):
        class Meta:
            table_name = table

        pk = UnicodeAttribute(hash_key=True)

    return Item


def test_nothing_more_is_read_when_a_second_model_is_opened(files_read: list[str]) -> None:
    aws.opened(model_of("first"))
    assert files_read
    files_read.clear()
    aws.opened(model_of("second"))
    aws.opened(Connection())
    aws.client("dynamodb")
    assert files_read == []


def test_a_model_keeps_the_client_it_was_opened_with_when_it_is_used() -> None:
    model = aws.opened(model_of("first"))
    assert model._get_connection().connection.client is aws.process().tables


def test_one_connection_serves_all_tables_when_models_are_opened() -> None:
    models = [aws.opened(model_of(name)) for name in ("first", "second")]
    clients = {id(model._get_connection().connection.client) for model in models}
    assert clients == {id(aws.opened(Connection()).client)}


def test_the_shared_client_has_the_patience_of_tables_when_a_store_opens_it() -> None:
    store = DynamoFeedbackStore("feedback")
    config: Any = store.items._get_connection().connection.client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (CONNECT_SECONDS, READ_SECONDS)
    assert config.retries["total_max_attempts"] == ATTEMPTS


def test_the_shared_client_says_who_it_is_without_thinking_and_others_as_ever() -> None:
    store = DynamoFeedbackStore("feedback")
    shared: Any = store.items._get_connection().connection.client
    assert shared.meta.config.user_agent == aws.session().user_agent()
    assert shared.meta.config.connect_timeout == CONNECT_SECONDS
    other = aws.client("dynamodb")
    assert other.meta.config.user_agent != shared.meta.config.user_agent


def said(status: int, code: str) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "PutItem")


def wrapped(error: Exception) -> PutError:
    """As pynamodb raises it."""
    if not isinstance(error, ClientError):
        return PutError("Failed to put item", cause=error)
    verbose = VerboseClientError({"Error": error.response["Error"]}, "PutItem")
    verbose.__cause__ = error
    return PutError("Failed to put item", cause=verbose)


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (ReadTimeoutError(endpoint_url="https://dynamodb"), True),
        (EndpointConnectionError(endpoint_url="https://dynamodb"), True),
        (said(500, "InternalServerError"), True),
        (said(400, "ProvisionedThroughputExceededException"), True),
        (said(400, "AccessDeniedException"), False),
        (said(400, "ConditionalCheckFailedException"), False),
        (NoCredentialsError(), False),
        (KeyError("a defect of ours"), False),
    ],
)
def test_a_service_that_does_not_answer_is_told_from_a_defect_however_it_is_wrapped(
    error: Exception, passes: bool
) -> None:
    assert aws.does_not_answer(error) is passes
    assert aws.does_not_answer(wrapped(error)) is passes
