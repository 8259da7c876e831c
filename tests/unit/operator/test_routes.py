"""Operators' routes over HTTP: who may ask, and what is no question."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from chalice.test import Client

from app import app
from chalicelib import resources
from chalicelib.outcomes.model import Cell, Counted
from tests.aws import aws_in_memory

ACCOUNT = {"email": "operator@example.com", "password": "a quite ordinary passphrase"}


class Site:
    """An operator at the API."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.token = ""

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        raw = b"" if body is None else json.dumps(body).encode()
        answer = self.client.http.request(method, path, headers=headers, body=raw)
        return answer.status_code, answer.json_body


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with aws_in_memory(monkeypatch), Client(app) as client:
        made = Site(client)
        user_id = made.call("POST", "/v1/auth/register", ACCOUNT)[1]["user_id"]
        assert resources.account_store().set_operator(user_id, is_operator=True)
        made.token = made.call("POST", "/v1/auth/login", ACCOUNT)[1]["access_token"]
        yield made


def test_outcomes_are_told_with_intervals(site: Site) -> None:
    today = datetime.now(UTC).date()
    cells = (Cell("gigachat", 1, "home", "", 30, 12, 0, 0, 6, 1), Cell("top", 2, "home", "", 70, 7, 1, 1, 2, 0))
    resources.outcome_days().put_day(today, Counted("x", cells))
    status, told = site.call("GET", "/v1/operator/outcomes?days=7&by=source")
    assert status == 200
    assert [(row["value"], row["shown"], row["liked"]) for row in told["rows"]] == [("top", 70, 2), ("gigachat", 30, 6)]
    rate = told["rows"][1]["rates"]["liked"]
    assert rate["low"] < rate["rate"] == 0.2 < rate["high"]
    assert rate["corrected"]["low"] < rate["corrected"]["high"]
    assert [row["value"] for row in site.call("GET", "/v1/operator/outcomes?by=place")[1]["rows"]] == ["1", "2"]


@pytest.mark.parametrize(
    ("query", "field"), [("by=luck", "by"), ("days=0", "days"), ("days=401", "days"), ("week=1", "week")]
)
def test_what_is_no_question_is_named(site: Site, query: str, field: str) -> None:
    status, problem = site.call("GET", f"/v1/operator/outcomes?{query}")
    assert (status, problem["errors"][0]["field"]) == (400, field)
