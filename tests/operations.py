"""One good request of each operation of the OpenAPI document, and the ways to its answers that have to be arranged.

What every operation answers alike (a broken body, no token, a store that is away) follows from the document itself, so
a new route needs one line in `GOOD`, and one in `ARRANGED` for each answer that is its own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from secrets import token_urlsafe
from typing import Any
from uuid import uuid4

import boto3
import httpx
import msgspec

import app as _registers_every_route  # noqa: F401
from chalicelib.auth.keys import KeyRing
from chalicelib.auth.letters.adapters.store import DynamoCodeStore
from chalicelib.auth.letters.codes import new_code
from chalicelib.auth.letters.port import Purpose
from chalicelib.auth.model import Account
from chalicelib.http.endpoint import ENDPOINTS
from chalicelib.http.openapi import document
from chalicelib.weekly.unsubscribe import unsubscribe_url
from tests.deployed import (
    DEADLINE_SECONDS,
    PASSWORD,
    Stack,
    Viewer,
    made_server_key,
    registered,
    revoke_server_key,
    wait_for,
)

UNKNOWN = "00000000-0000-4000-8000-000000000000"
DOCUMENT = document(ENDPOINTS)
DECLARED: dict[str, tuple[dict[str, Any], list[int]]] = {
    f"{method.upper()} {path}": (operation, [int(status) for status in operation["responses"]])
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
}
OTHER_SITE = {"Origin": "https://elsewhere.example"}


class Request(msgspec.Struct, frozen=True):
    """What is sent. `path` without the leading slash, its parameters filled in."""

    method: str
    path: str
    body: object = None
    token: str = ""
    headers: dict[str, str] = {}
    params: dict[str, str] = {}


class Site:
    """What good requests are made from: a viewer, a film, and keys of two of the site's servers."""

    def __init__(self, stack: Stack, new_viewer: Callable[..., Viewer], server_keys: dict[str, str]) -> None:
        self.stack, self.new_viewer, self.server_keys = stack, new_viewer, server_keys
        self.viewer = new_viewer()
        self.film_id = self.viewer.films("Matrix")[0]

    def send(self, one: Request) -> httpx.Response:
        """The answer, whatever its status."""
        headers = one.headers | ({"Authorization": f"Bearer {one.token}"} if one.token else {})
        return Viewer(self.stack.url).call(one.method, one.path, one.body, headers=headers, params=one.params or None)

    def import_id(self) -> str:
        """Of an import that was begun."""
        begun = self.send(Request("POST", "v1/imports", {"kind": "films"}, self.server_keys["catalog"]))
        return str(begun.json()["import_id"])

    def cookie(self) -> dict[str, str]:
        """Of a session that the page has begun."""
        body = {"email": self.viewer.email, "password": PASSWORD}
        begun = Viewer(self.stack.url).call("POST", "v1/auth/session/login", body)
        return {"Cookie": begun.headers["Set-Cookie"].partition(";")[0]}

    def way_out(self) -> str:
        """What the last link of the viewer's weekly letter carries."""
        secret = boto3.client("secretsmanager").get_secret_value(SecretId=self.stack.outputs["TokenKeys"])
        url = unsubscribe_url("", self.viewer.user_id, KeyRing(lambda: secret["SecretString"]))
        return url.partition("token=")[2]

    def code(self, purpose: Purpose) -> str:
        """What a letter to a new viewer would say."""
        viewer, now = self.new_viewer(), datetime.now(UTC)
        account = Account(user_id=viewer.user_id, email=viewer.email, password_hash="", created_at=now)
        return new_code(account, purpose, DynamoCodeStore(self.stack.outputs["SessionsTable"]), now)


@contextmanager
def opened_site(stack: Stack) -> Iterator[Site]:
    """What good requests are made from; the servers' keys are revoked in the end."""
    keys = {scope: made_server_key(f"operations-{scope}", scope) for scope in ("catalog", "read", "act", "operate")}
    made = Site(stack, partial(registered, stack), keys)
    known = Request("GET", f"v1/imports/{UNKNOWN}", token=keys["catalog"])
    wait_for(lambda: made.send(known).status_code == 404, 15)
    yield made
    for scope in keys:
        revoke_server_key(f"operations-{scope}")


def _credentials(viewer: Viewer) -> dict[str, str]:
    return {"email": viewer.email, "password": PASSWORD}


def _refreshable(site: Site) -> dict[str, str]:
    return {"refresh_token": site.new_viewer().refresh_token}


def _session_id(site: Site) -> str:
    listed = site.send(Request("GET", "v1/me/sessions", token=site.viewer.token)).json()["sessions"]
    site.viewer.ok("POST", "v1/auth/login", _credentials(site.viewer))
    known = {one["session_id"] for one in listed}
    now = site.send(Request("GET", "v1/me/sessions", token=site.viewer.token)).json()["sessions"]
    return str(next(one["session_id"] for one in now if one["session_id"] not in known))


def _listed(site: Site) -> str:
    """Somebody who has a list."""
    site.viewer.like(site.film_id)
    site.viewer.home_when(lambda page: page["source"] != "top")
    return site.viewer.user_id


def _seen(site: Site) -> dict[str, object]:
    return {"type": "shown", "film_id": site.film_id, "at": datetime.now(UTC).isoformat()}


def _evening(site: Site) -> str:
    """The code of an evening that waits for a second one."""
    return str(site.new_viewer().ok("POST", "v1/evenings")["code"])


def _joining(site: Site, code: str = "") -> Request:
    return Request("POST", f"v1/evenings/{code or _evening(site)}/join", {"picks": [site.film_id]}, headers=_guest())


def _guest() -> dict[str, str]:
    return {"X-Guest": token_urlsafe(32)}


def _in_evening(site: Site) -> tuple[str, dict[str, str], list[str]]:
    """The path of an evening that a guest has joined, what the guest sends, and the films."""
    joining = _joining(site)
    films = [str(one["film_id"]) for one in site.send(joining).json()["films"]]
    return joining.path.removesuffix("/join"), joining.headers, films


def _answering(site: Site) -> Request:
    path, headers, films = _in_evening(site)
    return Request("POST", f"{path}/answers", {"answers": [{"film_id": films[0], "said": "no"}]}, headers=headers)


def _for_guest(site: Site, method: str) -> Request:
    path, headers, _ = _in_evening(site)
    return Request(method, path, headers=headers)


NO_EVENING = "BCDFGHJKMN"

FILM: dict[str, Any] = {"title": "Operations", "year": 2026}

GOOD: dict[str, Callable[[Site], Request]] = {
    "POST /v1/ask": lambda s: Request("POST", "v1/ask", {"text": "a comedy from the 90s"}, s.viewer.token),
    "POST /v1/auth/confirm": lambda s: Request("POST", "v1/auth/confirm", {"token": s.code("confirm")}),
    "POST /v1/auth/login": lambda s: Request("POST", "v1/auth/login", _credentials(s.viewer)),
    "POST /v1/auth/logout": lambda s: Request("POST", "v1/auth/logout", _refreshable(s)),
    "POST /v1/auth/refresh": lambda s: Request("POST", "v1/auth/refresh", _refreshable(s)),
    "POST /v1/auth/register": lambda _: Request(
        "POST", "v1/auth/register", {"email": f"{uuid4().hex}@example.com", "password": PASSWORD}
    ),
    "POST /v1/auth/reset": lambda s: Request("POST", "v1/auth/reset", {"email": s.viewer.email}),
    "POST /v1/auth/reset/confirm": lambda s: Request(
        "POST", "v1/auth/reset/confirm", {"token": s.code("reset"), "new_password": f"{PASSWORD}, anew"}
    ),
    "POST /v1/auth/session/login": lambda s: Request("POST", "v1/auth/session/login", _credentials(s.viewer)),
    "POST /v1/auth/session/logout": lambda s: Request("POST", "v1/auth/session/logout", headers=s.cookie()),
    "POST /v1/auth/session/refresh": lambda s: Request("POST", "v1/auth/session/refresh", headers=s.cookie()),
    "DELETE /v1/catalog/films/{source_id}": lambda s: Request(
        "DELETE", "v1/catalog/films/operations-1", token=s.server_keys["catalog"]
    ),
    "PUT /v1/catalog/films/{source_id}": lambda s: Request(
        "PUT", "v1/catalog/films/operations-1", FILM, s.server_keys["catalog"]
    ),
    "POST /v1/evenings": lambda s: Request("POST", "v1/evenings", token=s.new_viewer().token),
    "GET /v1/evenings/{code}": lambda s: _for_guest(s, "GET"),
    "DELETE /v1/evenings/{code}": lambda s: _for_guest(s, "DELETE"),
    "POST /v1/evenings/{code}/answers": _answering,
    "POST /v1/evenings/{code}/join": _joining,
    "POST /v1/events": lambda s: Request("POST", "v1/events", {"events": [_seen(s)]}, s.viewer.token),
    "GET /v1/feedback": lambda s: Request("GET", "v1/feedback", token=s.viewer.token),
    "POST /v1/feedback/import": lambda s: Request(
        "POST", "v1/feedback/import", {"format": "plain", "csv": "title,year,rating\nThe Matrix,1999,9\n"},
        s.viewer.token,
    ),
    "DELETE /v1/feedback/{film_id}": lambda s: Request("DELETE", f"v1/feedback/{s.film_id}", token=s.viewer.token),
    "PUT /v1/feedback/{film_id}": lambda s: Request(
        "PUT", f"v1/feedback/{s.film_id}", {"rating": "like"}, s.viewer.token
    ),
    "GET /v1/films": lambda _: Request("GET", "v1/films", params={"query": "matrix"}),
    "POST /v1/films/titles": lambda s: Request("POST", "v1/films/titles", {"film_ids": [s.film_id]}),
    "GET /v1/films/{film_id}": lambda s: Request("GET", f"v1/films/{s.film_id}"),
    "GET /v1/films/{film_id}/similar": lambda s: Request("GET", f"v1/films/{s.film_id}/similar"),
    "GET /v1/health": lambda _: Request("GET", "v1/health"),
    "POST /v1/imports": lambda s: Request("POST", "v1/imports", {"kind": "films"}, s.server_keys["catalog"]),
    "GET /v1/imports/{import_id}": lambda s: Request(
        "GET", f"v1/imports/{s.import_id()}", token=s.server_keys["catalog"]
    ),
    "GET /v1/letters/unsubscribe": lambda s: Request("GET", "v1/letters/unsubscribe", params={"token": s.way_out()}),
    "POST /v1/letters/unsubscribe": lambda s: Request("POST", "v1/letters/unsubscribe", params={"token": s.way_out()}),
    "DELETE /v1/me": lambda s: Request("DELETE", "v1/me", token=s.new_viewer().token),
    "GET /v1/me": lambda s: Request("GET", "v1/me", token=s.viewer.token),
    "PATCH /v1/me": lambda s: Request("PATCH", "v1/me", {"language": "en"}, s.viewer.token),
    "GET /v1/me/export": lambda s: Request("GET", "v1/me/export", token=s.viewer.token),
    "PUT /v1/me/password": lambda s: Request(
        "PUT", "v1/me/password", {"current_password": PASSWORD, "new_password": f"{PASSWORD}, anew"},
        s.new_viewer().token,
    ),
    "GET /v1/me/sessions": lambda s: Request("GET", "v1/me/sessions", token=s.viewer.token),
    "DELETE /v1/me/sessions/{session_id}": lambda s: Request(
        "DELETE", f"v1/me/sessions/{_session_id(s)}", token=s.viewer.token
    ),
    "GET /v1/openapi.json": lambda _: Request("GET", "v1/openapi.json"),
    "GET /v1/operator/viewers": lambda s: Request(
        "GET", "v1/operator/viewers", token=s.server_keys["operate"], params={"email": s.viewer.email}
    ),
    "GET /v1/operator/viewers/{user_id}/list": lambda s: Request(
        "GET", f"v1/operator/viewers/{_listed(s)}/list", token=s.server_keys["operate"]
    ),
    "GET /v1/operator/queues/{queue}/dead-letters": lambda s: Request(
        "GET", "v1/operator/queues/letters/dead-letters", token=s.server_keys["operate"]
    ),
    "POST /v1/operator/queues/{queue}/dead-letters/redrive": lambda s: Request(
        "POST", "v1/operator/queues/letters/dead-letters/redrive", token=s.server_keys["operate"]
    ),
    "GET /v1/operator/status": lambda s: Request("GET", "v1/operator/status", token=s.server_keys["operate"]),
    "GET /v1/operator/experiments": lambda s: Request("GET", "v1/operator/experiments", token=s.server_keys["operate"]),
    "GET /v1/operator/outcomes": lambda s: Request("GET", "v1/operator/outcomes", token=s.server_keys["operate"]),
    "GET /v1/recommendations": lambda s: Request("GET", "v1/recommendations", token=s.viewer.token),
    "POST /v1/recommendations/refresh": lambda s: Request("POST", "v1/recommendations/refresh", token=s.viewer.token),
}  # fmt: skip


def _outdated(site: Site) -> httpx.Response:
    viewer = site.new_viewer()
    viewer.like(site.film_id)
    page = viewer.home_when(lambda page: page["source"] != "top")
    cursor = viewer.home(limit=5)["next_cursor"]
    viewer.like(*viewer.films("Alien"))
    wait_for(lambda: viewer.home()["generated_at"] != page["generated_at"], DEADLINE_SECONDS, viewer.home)
    return viewer.call("GET", "v1/recommendations", params={"cursor": cursor})


def _of_an_erased_viewer(site: Site) -> httpx.Response:
    """A wish of somebody who has just gone: the gateway still knows the token."""
    viewer = site.new_viewer()
    viewer.home()
    viewer.ok("DELETE", "v1/me")

    def refused() -> httpx.Response | None:
        answer = viewer.call("POST", "v1/recommendations/refresh")
        return answer if answer.status_code != 202 else None

    return wait_for(refused, 25)


def _full_evening(site: Site) -> httpx.Response:
    code = _evening(site)
    site.send(_joining(site, code))
    return site.send(_joining(site, code))


def _with_body(operation: str, **body: object) -> Callable[[Site], httpx.Response]:
    def answer(site: Site) -> httpx.Response:
        good = GOOD[operation](site)
        return site.send(msgspec.structs.replace(good, body={**good.body, **body}))  # type: ignore[dict-item]

    return answer


def _with_headers(operation: str, headers: dict[str, str]) -> Callable[[Site], httpx.Response]:
    def answer(site: Site) -> httpx.Response:
        good = GOOD[operation](site)
        return site.send(msgspec.structs.replace(good, headers=good.headers | headers))

    return answer


def _unknown(method: str, path: str, body: object = None) -> Callable[[Site], httpx.Response]:
    def answer(site: Site) -> httpx.Response:
        token = site.server_keys["catalog"] if path.startswith("v1/imports") else site.viewer.token
        return site.send(Request(method, path.format(UNKNOWN), body, token))

    return answer


ARRANGED: dict[tuple[str, int], Callable[[Site], httpx.Response]] = {
    ("PUT /v1/feedback/{film_id}", 204): _with_body("PUT /v1/feedback/{film_id}", rating=None),
    ("POST /v1/auth/login", 401): _with_body("POST /v1/auth/login", password="not the password"),
    ("POST /v1/auth/refresh", 401): _with_body("POST /v1/auth/refresh", refresh_token="made up"),
    ("POST /v1/auth/session/login", 401): _with_body("POST /v1/auth/session/login", password="not the password"),
    ("POST /v1/auth/session/refresh", 401): lambda s: s.send(Request("POST", "v1/auth/session/refresh")),
    ("POST /v1/auth/session/login", 403): _with_headers("POST /v1/auth/session/login", OTHER_SITE),
    ("POST /v1/auth/session/logout", 403): _with_headers("POST /v1/auth/session/logout", OTHER_SITE),
    ("POST /v1/auth/session/refresh", 403): _with_headers("POST /v1/auth/session/refresh", OTHER_SITE),
    ("PUT /v1/feedback/{film_id}", 404): _unknown("PUT", "v1/feedback/{}", {"rating": "like"}),
    ("PUT /v1/me/password", 404): lambda s: s.send(
        msgspec.structs.replace(
            GOOD["PUT /v1/me/password"](s), token=s.server_keys["act"], headers={"X-Viewer": "operations"}
        )
    ),
    ("GET /v1/evenings/{code}", 404): lambda s: s.send(
        Request("GET", f"v1/evenings/{NO_EVENING}", token=s.viewer.token)
    ),
    ("POST /v1/evenings/{code}/join", 404): lambda s: s.send(_joining(s, NO_EVENING)),
    ("POST /v1/evenings/{code}/join", 409): _full_evening,
    ("POST /v1/evenings/{code}/answers", 404): lambda s: s.send(
        Request("POST", f"v1/evenings/{NO_EVENING}/answers", {"answers": []}, s.viewer.token)
    ),
    ("GET /v1/films/{film_id}", 404): _unknown("GET", "v1/films/{}"),
    ("GET /v1/films/{film_id}/similar", 404): _unknown("GET", "v1/films/{}/similar"),
    ("GET /v1/operator/viewers/{user_id}/list", 404): lambda s: s.send(
        Request("GET", f"v1/operator/viewers/{UNKNOWN}/list", token=s.server_keys["operate"])
    ),
    ("GET /v1/operator/queues/{queue}/dead-letters", 404): lambda s: s.send(
        Request("GET", "v1/operator/queues/none/dead-letters", token=s.server_keys["operate"])
    ),
    ("POST /v1/operator/queues/{queue}/dead-letters/redrive", 404): lambda s: s.send(
        Request("POST", "v1/operator/queues/none/dead-letters/redrive", token=s.server_keys["operate"])
    ),
    ("GET /v1/imports/{import_id}", 404): _unknown("GET", "v1/imports/{}"),
    ("DELETE /v1/me/sessions/{session_id}", 404): _unknown("DELETE", "v1/me/sessions/{}"),
    ("POST /v1/auth/register", 409): lambda s: s.send(Request("POST", "v1/auth/register", _credentials(s.viewer))),
    ("POST /v1/recommendations/refresh", 409): _of_an_erased_viewer,
    ("GET /v1/recommendations", 410): _outdated,
}
