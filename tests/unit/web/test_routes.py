"""The page as Chalice answers it."""

import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from chalice.test import Client, HTTPResponse

from app import app
from chalicelib import resources
from chalicelib.settings import settings
from chalicelib.web.assets import assets
from tests.auth_world import EMAIL, PASSWORD
from tests.aws import aws_in_memory


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


@pytest.fixture
def elsewhere(client: Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], HTTPResponse]]:
    """The page of a stage without accounts, by the issuers that it trusts."""

    def page_of(trusted: str) -> HTTPResponse:
        monkeypatch.setenv("OWN_ACCOUNTS", "false")
        monkeypatch.setenv("TRUSTED_ISSUERS", trusted)
        settings.cache_clear()
        resources.trusted_issuers.cache_clear()
        return client.http.get("/")

    yield page_of
    settings.cache_clear()
    resources.trusted_issuers.cache_clear()


def told(page: HTTPResponse) -> Any:
    """What the page is told of signing in."""
    (content,) = re.findall(r'<meta name="sign-in" content="([^"]*)">', page.body.decode())
    return json.loads(html.unescape(content))


def test_the_page_is_told_where_to_sign_in_and_may_ask_there_alone(
    elsewhere: Callable[[str], HTTPResponse],
) -> None:
    first = {"issuer": "https://id.example.com/realms/films", "audience": "films"}
    page = elsewhere(json.dumps([first, {"issuer": "https://other.example", "audience": "b"}]))
    assert told(page) == first | {"client_id": "films", "scope": "openid"}
    assert "connect-src 'self' https://id.example.com;" in page.headers["Content-Security-Policy"] + ";"
    named = {"client_id": "<page>", "scope": "openid email", "token_origin": "https://login.example.com"}
    page = elsewhere(json.dumps([first | named]))
    assert told(page) == first | {"client_id": "<page>", "scope": "openid email"}
    asked = "connect-src 'self' https://id.example.com https://login.example.com;"
    assert asked in page.headers["Content-Security-Policy"] + ";"


@pytest.mark.parametrize("trusted", ["", "[]", "no list"])
def test_the_page_is_told_that_nobody_is_trusted(elsewhere: Callable[[str], HTTPResponse], trusted: str) -> None:
    page = elsewhere(trusted)
    assert (page.status_code, told(page)) == (200, {})
    assert "connect-src 'self';" in page.headers["Content-Security-Policy"] + ";"


def test_nothing_is_told_where_viewers_have_accounts_here(client: Client) -> None:
    assert b"sign-in" not in client.http.get("/").body


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


@pytest.mark.parametrize("path", ["/", "/assets/none", "/v1/health", "/v1/auth/login", "/v1/auth/session/refresh"])
def test_every_answer_is_for_https_alone_and_is_what_it_says(client: Client, path: str) -> None:
    for answer in (client.http.get(path), client.http.post(path)):
        headers = {name.lower(): value for name, value in answer.headers.items()}
        assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains", answer.status_code
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "base-uri 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


@pytest.fixture
def site(client: Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """With one account in its tables."""
    with aws_in_memory(monkeypatch):
        assert post(client, "/v1/auth/register", {"email": EMAIL, "password": PASSWORD}).status_code == 201
        yield client


def post(client: Client, path: str, body: object = None, **headers: str) -> HTTPResponse:
    raw = b"" if body is None else json.dumps(body).encode()
    return client.http.post(path, headers={"Content-Type": "application/json", **headers}, body=raw)


def signed_in(site: Client, **headers: str) -> str:
    """The cookie that a sign-in gives, as the browser sends it back."""
    answer = post(site, "/v1/auth/session/login", {"email": EMAIL, "password": PASSWORD}, **headers)
    assert answer.status_code == 200, answer.body
    return str(answer.headers["Set-Cookie"]).partition(";")[0]


def test_session_of_the_cookie_goes_on_and_ends(site: Client) -> None:
    cookie = signed_in(site)
    again = post(site, "/v1/auth/session/refresh", Cookie=cookie)
    assert (again.status_code, again.json_body.keys()) == (200, {"access_token", "token_type", "expires_in"})
    cookie = str(again.headers["Set-Cookie"]).partition(";")[0]
    assert post(site, "/v1/auth/session/logout", Cookie=cookie).status_code == 204
    assert post(site, "/v1/auth/session/refresh", Cookie=cookie).status_code == 401


def test_session_that_a_new_sign_in_takes_the_place_of_is_over(site: Client) -> None:
    first = signed_in(site)
    second = signed_in(site, Cookie=first)
    assert post(site, "/v1/auth/session/refresh", Cookie=first).status_code == 401
    assert post(site, "/v1/auth/session/refresh", Cookie=second).status_code == 200


@pytest.mark.parametrize("route", ["login", "refresh", "logout"])
def test_no_cookie_route_answers_another_sites_page(site: Client, route: str) -> None:
    cookie = signed_in(site)
    body = {"email": EMAIL, "password": PASSWORD} if route == "login" else None
    refused = post(site, f"/v1/auth/session/{route}", body, Cookie=cookie, Origin="https://evil.example")
    assert (refused.status_code, refused.json_body["title"]) == (403, "Forbidden")
    assert "Set-Cookie" not in refused.headers
    assert post(site, "/v1/auth/session/refresh", Cookie=cookie).status_code == 200, "the session goes on"
