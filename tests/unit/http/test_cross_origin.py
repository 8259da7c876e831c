"""Calls from other sites' pages: for the origins that are named, and for nobody else."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from app import app
from chalicelib.http.cross_origin import allowed_origin
from chalicelib.settings import settings

SITE, OTHER = "https://www.films.example", "https://tv.example:8443"
NAMED = f"{SITE}, {OTHER}/"
ASKS = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"}


class Answer(NamedTuple):
    status_code: int
    headers: dict[str, str]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CORS_ORIGINS", NAMED)
    settings.cache_clear()
    yield
    settings.cache_clear()


def sent(_client: None, method: str, path: str, **headers: str) -> Answer:
    """The app's answer to API Gateway's event: Chalice's own gateway for tests answers `OPTIONS` itself."""
    event = {
        "requestContext": {"httpMethod": method, "resourcePath": path, "path": f"/api{path}", "requestId": "1"},
        "headers": headers, "multiValueQueryStringParameters": None, "pathParameters": {}, "stageVariables": None,
        "body": None, "isBase64Encoded": False,
    }  # fmt: skip
    answer: Any = app(event, None)
    return Answer(answer["statusCode"], answer["headers"])


@pytest.mark.parametrize("origin", [SITE, OTHER])
def test_a_named_site_may_ask_and_read(client: None, origin: str) -> None:
    answer = sent(client, "OPTIONS", "/v1/recommendations", Origin=origin, **ASKS)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert "X-Viewer" not in answer.headers["Access-Control-Allow-Headers"]
    answer = sent(client, "GET", "/v1/health", Origin=origin)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, origin)
    for one in (answer, sent(client, "GET", "/v1/health")):
        assert one.headers["Vary"] == "Origin", "a cache must not show one site's answer to another"
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "", "*", f"{SITE}.evil.example", "http://www.films.example", f"{SITE}:8443"],
)
def test_nobody_else_is_answered(client: None, origin: str) -> None:
    answer = sent(client, "OPTIONS", "/v1/recommendations", Origin=origin, **ASKS)
    assert answer.status_code == 405
    for one in (answer, sent(client, "GET", "/v1/health", Origin=origin)):
        assert not [name for name in one.headers if name.lower().startswith("access-control-")]


def test_a_refusal_can_be_read_too(client: None) -> None:
    answer = sent(client, "DELETE", "/v1/films", Origin=SITE)
    assert answer.status_code == 405
    assert answer.headers["Access-Control-Allow-Origin"] == SITE


def test_what_is_no_question_before_a_call_is_a_wrong_method(client: None) -> None:
    assert sent(client, "OPTIONS", "/v1/recommendations", Origin=SITE).status_code == 405


@pytest.mark.parametrize("path", ["/", "/assets/page.js", "/v1/auth/session/login"])
def test_the_pages_own_paths_are_nobody_elses(path: str) -> None:
    assert allowed_origin({"origin": SITE}, path, NAMED) is None


def test_nobody_is_let_in_when_nobody_is_named() -> None:
    assert allowed_origin({"origin": SITE}, "/v1/films", "") is None
    assert allowed_origin({"origin": ""}, "/v1/films", "") is None
