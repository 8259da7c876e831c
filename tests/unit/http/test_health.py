"""Liveness and the document, which ask no store."""

import json

import pytest
from chalice.test import Client

from app import app
from chalicelib import resources


@pytest.fixture(autouse=True)
def _no_store(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> object:
        raise AssertionError("liveness opens nothing")

    for name in ("catalog", "feedback_store", "account_store", "session_store", "recommendation_store", "token_keys"):
        monkeypatch.setattr(resources, name, refused)


def test_it_is_alive_when_every_store_is_away() -> None:
    with Client(app) as client:
        answer = client.http.get("/v1/health")
    assert (answer.status_code, json.loads(answer.body)) == (200, {"status": "ok"})


def test_the_document_may_be_kept_for_five_minutes_when_asked_for() -> None:
    with Client(app) as client:
        answer = client.http.get("/v1/openapi.json")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert json.loads(answer.body)["openapi"].startswith("3.1")
