"""One session for every client: botocore's descriptions are read once, whoever asks for a client."""

from typing import Any

import pytest
from botocore import loaders
from pynamodb.attributes import UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.models import Model

from chalicelib import aws


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
    connection = model._get_connection().connection
    assert connection.client is connection._client
    assert connection.session is aws.session()


def test_models_have_clients_of_their_own_when_they_share_a_session() -> None:
    """A client carries a table's own patience and pool of connections."""
    clients = {id(aws.opened(model_of(name))._get_connection().connection.client) for name in ("first", "second")}
    assert len(clients) == 2
