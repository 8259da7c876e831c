"""`/v1/evenings` as its callers see it: a viewer, a guest by their token, and who is neither."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from chalice.test import Client

from app import app
from chalicelib import resources
from chalicelib.auth.leaving.erasure import export, purge
from tests.auth_world import PASSWORD
from tests.aws import aws_in_memory
from tests.evening_world import World
from tests.factories import film_id

GUEST = {"X-Guest": "g" * 43}
JOIN = {"picks": [film_id("Both 0")]}


class Api:
    """Calls, and the world behind them."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def call(self, method: str, path: str, body: object = None, headers: Mapping[str, str] = {}) -> tuple[int, Any]:
        given = {"Content-Type": "application/json", "Accept-Language": "en", **headers}
        sent = json.dumps(body).encode() if body is not None else b""
        answer = self._client.http.request(method, f"/v1/{path}", headers=given, body=sent)
        return answer.status_code, json.loads(answer.body) if answer.body else None

    def signed_in(self, email: str) -> tuple[str, dict[str, str]]:
        """A new viewer's id, and the headers of their requests."""
        account = {"email": email, "password": PASSWORD}
        user_id = self.call("POST", "auth/register", account)[1]["user_id"]
        return user_id, {"Authorization": f"Bearer {self.call('POST', 'auth/login', account)[1]['access_token']}"}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    world = World()
    with aws_in_memory(monkeypatch), Client(app) as client:
        for name, made in {"catalog": world.catalog, "item_similarity": world.similarity}.items():
            monkeypatch.setattr(resources, name, lambda made=made: made)
        yield Api(client)


def test_a_viewer_and_a_guest_choose_a_film(api: Api) -> None:
    _, olga = api.signed_in("olga@example.com")
    status, opened = api.call("POST", "evenings", {}, olga)
    assert (status, opened["state"]) == (201, "waiting")
    path = f"evenings/{opened['code']}"
    typed = f"{opened['code'][:5].lower()}-{opened['code'][5:]}"
    status, joined = api.call("POST", f"evenings/{typed}/join", JOIN, GUEST)
    assert (status, joined["state"], len(joined["films"])) == (200, "choosing", 10)
    again = api.call("POST", f"{path}/join", JOIN, GUEST)
    assert again == (200, joined)
    yes = {"answers": [{"film_id": joined["films"][3]["film_id"], "said": "yes"}]}
    assert api.call("POST", f"{path}/answers", yes, GUEST)[1]["state"] == "choosing"
    assert api.call("GET", path, headers=olga)[1]["answers"] == []
    status, ended = api.call("POST", f"{path}/answers", yes, olga)
    assert (status, ended["state"], ended["how"]) == (200, "decided", "both")
    assert ended["chosen"]["film_id"] == joined["films"][3]["film_id"]
    assert api.call("DELETE", path, headers=GUEST) == (204, None)
    assert api.call("GET", path, headers=olga)[0] == 404


def test_whoever_is_neither_gets_nothing(api: Api) -> None:
    _, olga = api.signed_in("olga@example.com")
    path = f"evenings/{api.call('POST', 'evenings', {}, olga)[1]['code']}"
    assert api.call("POST", "evenings", {}, GUEST)[0] == 401
    assert api.call("POST", f"{path}/join", JOIN)[0] == 400
    assert api.call("POST", f"{path}/join", JOIN, {"X-Guest": "too short"})[0] == 400
    assert api.call("POST", f"{path}/join", {}, GUEST)[0] == 400
    _, vera = api.signed_in("vera@example.com")
    for headers in ({}, GUEST, vera):
        assert api.call("GET", path, headers=headers)[0] == 404
        assert api.call("POST", f"{path}/answers", {"answers": []}, headers)[0] == 404
        assert api.call("DELETE", path, headers=headers)[0] == 204
    assert api.call("GET", path, headers=olga)[1]["state"] == "waiting"
    assert api.call("GET", path, headers={"Authorization": "Bearer nonsense"} | GUEST)[0] == 401
    assert api.call("GET", "evenings/short", headers=olga)[0] == 400


def test_an_address_guesses_thirty_codes_an_hour(api: Api) -> None:
    said = [api.call("POST", "evenings/BCDFGHJKMN/join", JOIN, GUEST)[0] for _ in range(31)]
    assert said == [404] * 30 + [429]


def test_export_shows_evenings_and_erasure_ends_them(api: Api) -> None:
    user_id, olga = api.signed_in("olga@example.com")
    code = api.call("POST", "evenings", {}, olga)[1]["code"]
    api.call("POST", f"evenings/{code}/join", JOIN, GUEST)
    held: Any = export(user_id, resources.exporters())["recommendations"]
    assert [len(one.films) for one in held["evenings"]] == [15]
    for _ in range(2):
        purge(user_id, resources.erasers())
    assert api.call("GET", f"evenings/{code}", headers=GUEST)[0] == 404
    held = export(user_id, resources.exporters())["recommendations"]
    assert held["evenings"] == []
    assert resources.evening_store().attendance(user_id).erased
    resources.evening_store().readmit(user_id)
    assert not resources.evening_store().attendance(user_id).erased
