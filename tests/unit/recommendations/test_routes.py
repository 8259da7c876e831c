"""`POST /v1/recommendations/refresh` as a client sees it; the home page's answer: tests/contract/film_journey.py."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from chalice.test import Client

from app import app
from chalicelib import resources
from chalicelib.recommendations.questions.admission import Gate
from chalicelib.settings import Settings
from tests.auth_world import EMAIL, PASSWORD
from tests.aws import aws_in_memory
from tests.fake_lanes import FakeOutbox, FakeRecommendationStore
from tests.fake_model import FakeBudget


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    with aws_in_memory(monkeypatch), Client(app) as client:
        yield client


def test_the_wish_of_the_one_who_asks_is_noted_and_wakes_the_lane(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, outbox = FakeRecommendationStore(), FakeOutbox()
    monkeypatch.setattr(resources, "gate", lambda: Gate(store, outbox, FakeBudget(), Settings()))

    def post(path: str, body: object, token: str = "") -> tuple[int, dict[str, str]]:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        answer = client.http.post(path, headers=headers, body=json.dumps(body).encode())
        return answer.status_code, json.loads(answer.body)

    account = {"email": EMAIL, "password": PASSWORD}
    user_id = post("/v1/auth/register", account)[1]["user_id"]
    token = post("/v1/auth/login", account)[1]["access_token"]
    before = datetime.now(UTC)
    status, said = post("/v1/recommendations/refresh", {}, token)
    noted = store.read(user_id).state.refresh_requested_at
    assert (status, said["state"]) == (202, "updating")
    assert noted is not None
    assert before <= noted == datetime.fromisoformat(said["available_at"])
    assert [one.user_id for one in outbox.rebuilds] == [user_id]
