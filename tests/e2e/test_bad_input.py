"""Bad input gets a clear problem document, and nothing is changed."""

from typing import Any

import httpx
import pytest

from tests.deployed import Viewer

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def problem_of(answer: httpx.Response, status: int) -> Any:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    body = answer.json()
    assert {"type", "title", "detail", "request_id"} <= set(body)
    assert body["status"] == status
    assert body["request_id"]
    return body


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{", None),
        (b"[]", None),
        (b"", None),
        (b"\xff\xfe", None),
        ({}, None),
        ({"rating": "love"}, "rating"),
        ({"rating": 5}, "rating"),
        ({"steer": True}, "steer"),
        ({"rating": "like", "stars": 5}, "stars"),
        ({"rating": "like", "user_id": UNKNOWN}, "user_id"),
    ],
)
def test_bad_body_is_refused(viewer: Viewer, body: object, field: str | None) -> None:
    film_id = viewer.films("Matrix")[0]
    problem = problem_of(viewer.call("PUT", f"v1/feedback/{film_id}", body), 400)
    if field:
        assert problem["errors"][0]["field"] == field
    assert viewer.ok("GET", "v1/feedback")["feedback"] == []


def test_body_over_64_kb_is_refused(viewer: Viewer) -> None:
    film_id = viewer.films("Matrix")[0]
    body = b'{"rating": "like", "x": "' + b"x" * 65_536 + b'"}'
    problem_of(viewer.call("PUT", f"v1/feedback/{film_id}", body), 413)
    assert viewer.ok("GET", "v1/feedback")["feedback"] == []


def test_other_media_type_is_refused(viewer: Viewer) -> None:
    answer = viewer.call("PUT", f"v1/feedback/{UNKNOWN}", b"<like/>", headers={"Content-Type": "application/xml"})
    problem_of(answer, 415)


@pytest.mark.parametrize("film_id", ["1", "not-a-uuid", "0" * 36, UNKNOWN + "0"])
def test_malformed_id_is_refused(viewer: Viewer, film_id: str) -> None:
    problem = problem_of(viewer.call("PUT", f"v1/feedback/{film_id}", {"rating": "like"}), 400)
    assert problem["errors"][0]["field"] == "film_id"
    problem_of(viewer.call("GET", f"v1/films/{film_id}"), 400)


def test_unknown_film_is_not_found(viewer: Viewer) -> None:
    problem_of(viewer.call("PUT", f"v1/feedback/{UNKNOWN}", {"rating": "like"}), 404)
    problem_of(viewer.call("GET", f"v1/films/{UNKNOWN}"), 404)
    assert viewer.ok("GET", "v1/feedback")["feedback"] == []


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_missing_or_forged_token_is_unauthorized(stranger: Viewer, token: str) -> None:
    stranger.token = token
    for method, path in (("GET", "v1/me"), ("GET", "v1/recommendations"), ("PUT", f"v1/feedback/{UNKNOWN}")):
        answer = stranger.call(method, path, {"rating": "like"} if method == "PUT" else None)
        assert answer.status_code == 401, answer.text


@pytest.mark.parametrize("path", ["v1/nothing", "v2/films", "v1/feedback/a/b/c"])
def test_unknown_path_is_not_found(stranger: Viewer, path: str) -> None:
    assert stranger.call("GET", path).status_code == 404


@pytest.mark.parametrize(("path", "status"), [("v1/me", 401), ("v1/nothing", 404)])
def test_a_refusal_by_the_gateway_itself_is_a_problem_document(stranger: Viewer, path: str, status: int) -> None:
    problem_of(stranger.call("GET", path), status)


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "v1/films"), ("DELETE", "v1/recommendations"), ("GET", "v1/auth/login")]
)
def test_wrong_method_is_not_allowed(stranger: Viewer, method: str, path: str) -> None:
    problem_of(stranger.call(method, path), 405)


@pytest.mark.parametrize("path", ["v1/recommendations", "v1/feedback"])
@pytest.mark.parametrize(
    "params", [{"cursor": "forged"}, {"cursor": "AAAA"}, {"limit": "0"}, {"limit": "x"}, {"page": "2"}]
)
def test_bad_query_is_refused(viewer: Viewer, path: str, params: dict[str, str]) -> None:
    problem = problem_of(viewer.call("GET", path, params=params), 400)
    assert problem["errors"][0]["field"] == next(iter(params))


def test_tampered_cursor_is_refused(viewer: Viewer) -> None:
    cursor = viewer.home(limit=5)["next_cursor"]
    for place in (0, len(cursor) // 2, len(cursor) - 2):
        other = "B" if cursor[place] == "A" else "A"
        forged = cursor[:place] + other + cursor[place + 1 :]
        problem_of(viewer.call("GET", "v1/recommendations", params={"cursor": forged}), 400)
