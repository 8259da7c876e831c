"""`POST /v1/recommendations/refresh` and `POST /v1/ask` as a client sees them; the home page's answer:
tests/contract/film_journey.py."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from chalice.test import Client

from app import app
from chalicelib import resources
from chalicelib.outcomes.experiments.model import State
from chalicelib.outcomes.experiments.treatments import Treatments
from chalicelib.recommendations.publish import stored_list
from chalicelib.recommendations.questions.admission import Gate
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.settings import Settings
from tests.auth_world import EMAIL, PASSWORD
from tests.aws import aws_in_memory
from tests.factories import film, ranked
from tests.fake_lanes import FakeOutbox, FakeRecommendationStore
from tests.fake_model import FakeBudget
from tests.fake_outcomes import FakeStates
from tests.fakes import FakeCatalog

type Post = Callable[..., tuple[int, dict[str, Any]]]


def _poster(client: Client) -> Post:
    def post(path: str, body: object, token: str = "") -> tuple[int, dict[str, Any]]:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        answer = client.http.post(path, headers=headers, body=json.dumps(body).encode())
        return answer.status_code, json.loads(answer.body)

    return post


def _signed_in(post: Post) -> str:
    account = {"email": EMAIL, "password": PASSWORD}
    post("/v1/auth/register", account)
    return str(post("/v1/auth/login", account)[1]["access_token"])


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    with aws_in_memory(monkeypatch), Client(app) as client:
        yield client


def test_the_wish_of_the_one_who_asks_is_noted_and_wakes_the_lane(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, outbox = FakeRecommendationStore(), FakeOutbox()
    monkeypatch.setattr(resources, "gate", lambda: Gate(store, outbox, FakeBudget(), Settings()))

    post = _poster(client)
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


@pytest.mark.parametrize(("arms", "woken"), [("no-model:control", 1), ("no-model:default", 0), ("", 0)])
def test_a_list_of_an_arm_that_is_stopped_is_made_anew_when_it_is_looked_at(
    client: Client, monkeypatch: pytest.MonkeyPatch, arms: str, woken: int
) -> None:
    store, outbox = FakeRecommendationStore(), FakeOutbox()
    held = FakeCatalog([film("Alien")])
    stopped = Treatments(resources.checked_experiments(), FakeStates(no_model=State(on=False)))
    for name, made in {"recommendation_store": store, "outbox": outbox, "catalog": held, "treatments": stopped}.items():
        monkeypatch.setattr(resources, name, lambda made=made: made)
    post = _poster(client)
    account = {"email": EMAIL, "password": PASSWORD}
    user_id = post("/v1/auth/register", account)[1]["user_id"]
    token = post("/v1/auth/login", account)[1]["access_token"]
    now = datetime.now(UTC)
    store.publish(user_id, stored_list([ranked("Alien")], None, taste_of([], now), 1, now, now, now, {}, arms=arms))
    for _ in range(2):
        answer = client.http.get("/v1/recommendations", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200
    assert answer.json_body["list_version"].partition("~")[2] == arms
    assert len(outbox.rebuilds) == woken, "once, while a mark stands"


def test_a_request_is_answered_and_its_wishes_can_be_sent_back(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    held = FakeCatalog([film("Alien", genres=("Comedy",)), film("Aliens", genres=("Drama",))])
    monkeypatch.setattr(resources, "catalog", lambda: held)
    post = _poster(client)
    token = _signed_in(post)
    status, said = post("/v1/ask", {"text": "комедия, пожалуйста"}, token)
    assert (status, [one["title"] for one in said["films"]]) == (200, ["Alien"])
    assert said["understood"] == [{"kind": "genre", "value": "Comedy", "text": "комедия"}]
    assert (said["source"], said["state"], said["films"][0]["source"]) == ("search", "fresh", "search")
    assert post("/v1/ask", {"understood": said["understood"]}, token) == (200, said)


@pytest.mark.parametrize(
    "body",
    [
        {}, {"text": "x", "understood": []}, {"text": "x" * 301}, {"text": 3}, {"text": "x", "more": 1},
        {"understood": [{"kind": "anything", "value": "x"}]}, {"understood": [{"kind": "year_to", "value": "x"}]},
        {"understood": [{"kind": "genre", "value": "Comedy"}] * 21}, {"text": "x", "limit": 0},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(client: Client, body: object) -> None:
    post = _poster(client)
    assert post("/v1/ask", body, _signed_in(post))[0] == 400
