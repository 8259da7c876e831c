"""The page as Chalice answers it."""

import pytest
from chalice.test import Client

from app import app
from chalicelib.web.assets import assets


@pytest.fixture
def client() -> Client:
    return Client(app)


def test_page_is_checked_each_time_and_closed_to_strange_scripts_when_served(client: Client) -> None:
    answer = client.http.get("/")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert assets()["app.js"].name in answer.body.decode()


@pytest.mark.parametrize("name", ["app.js", "app.css", "font.css", "preact.js", "icon.svg"])
def test_file_is_kept_for_good_when_its_name_carries_its_hash(client: Client, name: str) -> None:
    answer = client.http.get(f"/assets/{assets()[name].name}")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.body.decode() == assets()[name].text


def test_file_is_not_kept_when_an_older_page_asks_for_it(client: Client) -> None:
    answer = client.http.get("/assets/app.0123456789.js")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["app.js", "routes.py", "..%2Froutes.py"])
def test_answer_is_a_problem_when_there_is_no_such_file(client: Client, name: str) -> None:
    answer = client.http.get(f"/assets/{name}")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_session_cannot_go_on_when_no_cookie_came(client: Client) -> None:
    answer = client.http.post("/v1/auth/session/refresh")
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
