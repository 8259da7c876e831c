"""`POST /v1/events` over HTTP: who may tell, what is refused by name, and that a like is set beside it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from chalice.test import Client

from app import app
from chalicelib import resources
from chalicelib.outcomes.pseudonyms import Pseudonyms
from tests.aws import aws_in_memory
from tests.factories import film, film_id
from tests.fake_outcomes import FakeSalts, FakeTelling
from tests.fakes import FakeCatalog

ACCOUNT = {"email": "viewer@example.com", "password": "a quite ordinary passphrase"}


class Site:
    def __init__(self, client: Client) -> None:
        self.client, self.salts, self.telling = client, FakeSalts(), FakeTelling()
        self.pseudonyms = Pseudonyms(self.salts)
        self.token = ""

    def __call__(self, path: str, body: Any) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        answer = self.client.http.post(path, headers=headers, body=json.dumps(body).encode())
        return answer.status_code, answer.json_body

    def put(self, path: str, body: Any) -> int:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        return int(self.client.http.put(path, headers=headers, body=json.dumps(body).encode()).status_code)

    def tell(self, *events: dict[str, Any]) -> tuple[int, Any]:
        return self("/v1/events", {"events": list(events)})


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with aws_in_memory(monkeypatch), Client(app) as client:
        made = Site(client)
        monkeypatch.setattr(resources, "pseudonyms", lambda: made.pseudonyms)
        monkeypatch.setattr(resources, "telling", lambda: made.telling)
        made("/v1/auth/register", ACCOUNT)
        made.token = made("/v1/auth/login", ACCOUNT)[1]["access_token"]
        yield made


def event(**fields: Any) -> dict[str, Any]:
    return {"type": "shown", "film_id": film_id("Alien"), "at": datetime.now(UTC).isoformat()} | fields


def test_what_was_seen_is_accepted(site: Site) -> None:
    assert site.tell(event(), event(type="opened", list_version="17.g", place=1, surface="home")) == (
        202, {"accepted": 2},
    )  # fmt: skip
    assert [one.source for one in site.telling.told[0].events] == ["", "gigachat"]
    assert site.tell() == (202, {"accepted": 0})


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"type": "bought"}, "events[0].type"),
        ({"film_id": "17"}, "events[0].film_id"),
        ({"at": "yesterday"}, "events[0].at"),
        ({"at": timedelta(hours=1)}, "events[0].at"),
        ({"at": -timedelta(days=8)}, "events[0].at"),
        ({"place": -1}, "events[0].place"),
        ({"surface": "home\n"}, "events[0].surface"),
        ({"film_id": "519053eb-363c-59a1-bff3-57e8f00e087d\n"}, "events[0].film_id"),
        ({"user_id": "somebody"}, "events[0]"),
    ],
    ids=str,
)
def test_bad_input_is_named_and_nothing_is_taken(site: Site, wrong: dict[str, Any], field: str) -> None:
    told = {
        name: (datetime.now(UTC) + one).isoformat() if isinstance(one, timedelta) else one
        for name, one in wrong.items()
    }
    status, problem = site.tell(event(**told))
    assert status == 400
    assert problem["errors"][0]["field"].startswith(field)
    assert not site.telling.told


def test_a_hundred_events_are_taken_and_one_more_is_not(site: Site) -> None:
    assert site.tell(*[event(place=place) for place in range(1, 101)])[0] == 202
    status, problem = site.tell(*[event()] * 101)
    assert (status, problem["errors"][0]["field"]) == (400, "events")


def test_it_is_503_when_the_queue_is_away(site: Site) -> None:
    site.telling.away = True
    assert site.tell(event())[0] == 503


def test_a_like_is_told_beside_what_was_shown_and_stands_when_that_fails(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = FakeCatalog([film("Alien")])
    monkeypatch.setattr(resources, "catalog", lambda: catalog)
    path = f"/v1/feedback/{film_id('Alien')}"
    assert site.put(path, {"rating": "like"}) == 200
    assert not site.telling.told, "this viewer's client tells nothing"
    site.tell(event())
    assert site.put(path, {"rating": "dislike"}) == 200
    assert site.put(path, {"steer": None, "rating": "like"}) == 200
    assert site.put(path, {"rating": None}) == 204
    assert [batch.events[0].kind for batch in site.telling.told] == ["shown", "disliked", "liked"]
    assert len({batch.viewer for batch in site.telling.told}) == 1
    site.telling.away = True
    assert site.put(path, {"rating": "like"}) == 200
