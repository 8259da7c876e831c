"""One declared route: what is parsed, what is refused and in which words, who may call it."""

import json
from collections import defaultdict
from collections.abc import Iterator

import msgspec
import pytest
from botocore.exceptions import ReadTimeoutError
from chalice import Blueprint, Chalice
from chalice.test import Client
from pynamodb.exceptions import GetError

from chalicelib.callers import ANYBODY
from chalicelib.errors import ConflictError, InvalidInputError
from chalicelib.http import endpoint as declared
from chalicelib.http.endpoint import Call, answer_of, endpoint, uuid_of

FILM = "6fa459ea-ee8a-3ca4-894e-db77e160355e"


class Note(msgspec.Struct, forbid_unknown_fields=True):
    """A body."""

    stars: int


class Pages(msgspec.Struct, forbid_unknown_fields=True):
    """A query."""

    limit: int = 20


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    monkeypatch.setattr(declared, "ENDPOINTS", [])
    monkeypatch.setattr(declared, "TABLE", defaultdict(lambda: ANYBODY))
    app, bp = Chalice("app"), Blueprint("tests")

    @endpoint(bp, "POST", "/notes/{film_id}", body=Note, status=201)
    def put_note(call: Call[Note, None], film_id: str) -> dict[str, object]:
        """A note."""
        if call.body.stars > 5:
            raise ConflictError("There are five stars.")
        return {"film_id": film_id, "stars": call.body.stars, "language": call.language}

    @endpoint(bp, "GET", "/notes", query=Pages)
    def list_notes(call: Call[None, Pages]) -> dict[str, object] | None:
        """All notes."""
        return {"limit": call.query.limit} if call.query.limit else None

    @endpoint(bp, "GET", "/mine")
    def get_mine(call: Call[None, None]) -> dict[str, object]:
        """A view that needs a viewer and was declared without."""
        return {"user_id": call.viewer.user_id}

    @endpoint(bp, "GET", "/away")
    def get_away(call: Call[None, None]) -> None:
        """A view whose table does not answer."""
        raise GetError("Failed to get item", ReadTimeoutError(endpoint_url="https://dynamodb"))

    @endpoint(bp, "GET", "/wrong")
    def get_wrong(call: Call[None, None]) -> None:
        """A view with a defect."""
        raise LookupError("nobody thought of this")

    app.register_blueprint(bp)
    with Client(app) as client:
        yield client


def post(client: Client, body: bytes, film_id: str = FILM) -> tuple[int, dict[str, object]]:
    answer = client.http.post(f"/notes/{film_id}", headers={"Content-Type": "application/json"}, body=body)
    return answer.status_code, json.loads(answer.body)


def test_the_view_gets_what_was_sent_when_it_makes_sense(client: Client) -> None:
    assert post(client, b'{"stars": 4}', FILM.upper()) == (201, {"film_id": FILM, "stars": 4, "language": "ru"})
    assert json.loads(client.http.get("/notes?limit=3").body) == {"limit": 3}


def test_a_service_that_is_away_is_a_503_and_a_defect_a_500(client: Client) -> None:
    away = client.http.get("/away")
    assert (away.status_code, json.loads(away.body)["detail"]) == (503, declared.AWAY)
    assert client.http.get("/wrong").status_code == 500


def test_nothing_is_said_when_the_view_returns_nothing(client: Client) -> None:
    answer = client.http.get("/notes?limit=0")
    assert (answer.status_code, answer.body) == (204, b"")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"stars": "four"}', "stars"),
        (b'{"stars": 4, "user_id": "me"}', "user_id"),
        (b"{}", "stars"),
        (b"stars=4", None),
        (b"\xff\xfe", None),
        (b"", None),
    ],
)
def test_the_field_is_named_when_the_body_makes_no_sense(client: Client, body: bytes, field: str | None) -> None:
    status, problem = post(client, body)
    assert status == 400
    found = problem.get("errors")
    assert ([one["field"] for one in found] if isinstance(found, list) else None) == ([field] if field else None)


def test_a_problem_is_told_when_the_domain_refuses(client: Client) -> None:
    status, problem = post(client, b'{"stars": 6}')
    assert (status, problem["detail"]) == (409, "There are five stars.")


def test_path_and_query_are_checked_when_they_hold_nonsense(client: Client) -> None:
    assert post(client, b'{"stars": 4}', "not-an-id")[0] == 400
    assert client.http.get("/notes?limit=many").status_code == 400
    assert client.http.get("/notes?user_id=me").status_code == 400
    assert client.http.get("/notes?limit=3").status_code == 200
    twice = client.http.get("/notes?limit=3&limit=3")
    assert (twice.status_code, twice.json_body["errors"][0]["field"]) == (400, "limit")


def test_a_body_is_refused_when_it_is_too_large(client: Client) -> None:
    assert post(client, b'{"stars": 4' + b" " * 1_000_000 + b"}")[0] == 413


def test_nobody_is_served_when_no_authorizer_has_named_a_viewer(client: Client) -> None:
    assert client.http.get("/mine").status_code == 401


def test_an_id_has_one_spelling_when_it_is_a_uuid() -> None:
    assert uuid_of(FILM.upper(), "film_id") == FILM
    with pytest.raises(InvalidInputError):
        uuid_of(FILM.replace("-", ""), "film_id")


def test_a_response_passes_when_the_view_made_one_itself() -> None:
    made = answer_of({"a": 1})
    assert answer_of(made, 418) is made


def test_a_request_says_one_line_of_itself_whatever_became_of_it(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    post(client, b"{}")
    (line,) = [json.loads(one) for one in capsys.readouterr().out.splitlines() if '"step"' in one]
    assert (line["step"], line["status"], line["viewer"]) == ("api", 400, "")
    assert line["route"].startswith("POST /notes")
    assert line["took_ms"] >= 0
