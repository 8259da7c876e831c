"""`/v1/catalog/films/{source_id}` as the site's servers and everybody else see it, on a catalogue in this process."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from chalice.test import Client, HTTPResponse

from app import app
from chalicelib import resources
from chalicelib.auth.server_keys import ServerKey, digest, text_of
from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.imports import Import
from chalicelib.catalog.shown import shown_to
from chalicelib.settings import settings
from infra.operator import server_keys as command
from tests.auth_world import EMAIL, PASSWORD
from tests.aws import aws_in_memory, stack_in_memory
from tests.contract.catalog_contract import FILMS, MATRIX
from tests.fake_imports import MemoryImports

KEYS = {scope: "ks_" + scope.ljust(43, "0") for scope in ("read", "act", "ingest", "catalog", "operate")}
PATH = "/v1/catalog/films/x9"
ROW = {"title": "Brand New", "title_ru": "Совсем новый", "year": 2026, "genres": ["Drama"]}


class Site:
    """The API with a catalogue, and a server key of each scope."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def __call__(
        self, method: str, path: str, body: object = None, token: str | None = KEYS["catalog"]
    ) -> HTTPResponse:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self._client.http.request(method, path, headers=headers, body=raw)

    def ok(self, method: str, path: str, body: object = None, token: str | None = KEYS["catalog"]) -> Any:
        answer = self(method, path, body, token)
        assert answer.status_code < 300, answer.body
        return answer.json_body if answer.body else None


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Site]:
    with aws_in_memory(monkeypatch), Client(app) as client:
        keys = [ServerKey(scope, digest(key), (scope,)) for scope, key in KEYS.items()]
        boto3.client("secretsmanager").create_secret(Name="server-keys", SecretString=text_of(keys))
        monkeypatch.setenv("SERVER_KEYS_SECRET", "server-keys")
        settings.cache_clear()
        catalog = EmbeddedCatalog(f"sqlite://{tmp_path / 'catalog.sqlite'}")
        catalog.replace_all(FILMS)
        monkeypatch.setattr(resources, "whole_catalog", lambda: catalog)
        monkeypatch.setattr(resources, "catalog", lambda: shown_to(catalog))
        files = MemoryImports()
        files.put(IMPORT_ID, Import(state="waiting"))
        monkeypatch.setattr(resources, "import_store", lambda: files)
        yield Site(client)


def signed_in(site: Site) -> str:
    site.ok("POST", "/v1/auth/register", {"email": EMAIL, "password": PASSWORD}, None)
    token: str = site.ok("POST", "/v1/auth/login", {"email": EMAIL, "password": PASSWORD}, None)["access_token"]
    return token


CALLERS = {
    "nobody": 401, "nonsense": 401, "a forged key": 401, "half a key": 401, "a viewer": 403,
    "read": 403, "act": 403, "ingest": 403, "operate": 403, "catalog": 200,
}  # fmt: skip
IMPORT_ID = "5f0c8a54-7d4f-4a52-9c1b-1f9d7c2b3a4e"
ROUTES = {
    ("PUT", PATH): 200, ("DELETE", f"/v1/catalog/films/{MATRIX.source_id}"): 204,
    ("POST", "/v1/imports"): 201, ("GET", f"/v1/imports/{IMPORT_ID}"): 200,
}  # fmt: skip
BODIES = {"PUT": ROW, "POST": {"kind": "films"}}


@pytest.mark.parametrize(("route", "caller"), list(itertools.product(ROUTES, CALLERS)))
def test_the_sites_own_servers_with_the_scope_may_change_films_and_nobody_else(
    site: Site, route: tuple[str, str], caller: str
) -> None:
    others = {
        "nobody": None, "nonsense": "nonsense", "a forged key": "ks_" + "f" * 43, "half a key": KEYS["catalog"][:30],
    }  # fmt: skip
    token = signed_in(site) if caller == "a viewer" else KEYS[caller] if caller in KEYS else others[caller]
    answer = site(*route, BODIES.get(route[0]), token)
    assert answer.status_code == (ROUTES[route] if caller == "catalog" else CALLERS[caller])
    found = site.ok("GET", "/v1/films?limit=100", token=None)["films"]
    changed = len(found) != len(FILMS) or len(resources.import_store().states) > 1  # type: ignore[attr-defined]
    assert changed == (caller == "catalog" and route[0] != "GET")
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert (token or "nobody") not in answer.body.decode()
    if answer.status_code == 401:
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_caller_is_looked_at_before_the_body(site: Site) -> None:
    assert site("PUT", PATH, b"{", None).status_code == 401
    assert site("PUT", PATH, b"{").status_code == 400


def test_a_film_comes_changes_goes_and_comes_back_with_what_was_said_of_it(site: Site) -> None:
    token = signed_in(site)
    film_id = site.ok("PUT", PATH, ROW)["film_id"]
    assert film_id == film_id_of("x9")
    added_at = site.ok("GET", f"/v1/films/{film_id}", token=token)["added_at"]
    site.ok("PUT", f"/v1/feedback/{film_id}", {"rating": "like"}, token)
    assert site.ok("PUT", PATH, ROW | {"id": "x9", "title_ru": "Новейший"})["film_id"] == film_id
    details = site.ok("GET", f"/v1/films/{film_id}", token=token)
    assert (details["title"], details["added_at"]) == ("Новейший", added_at)
    assert site("DELETE", PATH).status_code == 204
    assert site("DELETE", PATH).status_code == 204, "again"
    for path in (f"/v1/films/{film_id}", f"/v1/films/{film_id}/similar"):
        assert site("GET", path, token=token).status_code == 404
    assert site.ok("POST", "/v1/films/titles", {"film_ids": [film_id]}, token)["missing"] == [film_id]
    (said,) = site.ok("GET", "/v1/feedback", token=token)["feedback"]
    assert (said["film_id"], said["rating"], said["available"]) == (film_id, "like", False)
    site.ok("PUT", PATH, ROW)
    (said,) = site.ok("GET", "/v1/feedback", token=token)["feedback"]
    assert (said["rating"], said["available"]) == ("like", True)


def test_a_key_imports_what_it_is_for_alone_and_is_told_what_it_lacks(site: Site) -> None:
    begun = site.ok("POST", "/v1/imports", {"kind": "interactions", "language": "en"}, KEYS["ingest"])
    path = f"/v1/imports/{begun['import_id']}"
    assert site.ok("GET", path, token=KEYS["ingest"])["state"] == "waiting"
    held = resources.import_store().find(begun["import_id"])
    assert held
    assert (held.kind, held.language) == ("interactions", "en")
    for method, where, body in (("POST", "/v1/imports", {"kind": "interactions"}), ("GET", path, None)):
        refused = site(method, where, body, KEYS["catalog"])
        assert (refused.status_code, b"needs the scope ingest." in refused.body) == (403, True)
    assert b"needs the scope ingest or catalog." in site("GET", path, None, KEYS["read"]).body
    assert b"needs the scope catalog." in site("POST", "/v1/imports", {"kind": "films"}, KEYS["ingest"]).body


@pytest.mark.parametrize(
    "body", [{}, {"kind": "viewers"}, {"kind": "films", "more": 1}, {"kind": "films", "language": "de"}]
)
def test_an_import_of_anything_else_is_refused(site: Site, body: object) -> None:
    assert site("POST", "/v1/imports", body).status_code == 400


def test_an_import_says_where_its_file_goes_and_what_became_of_it(site: Site) -> None:
    begun = site.ok("POST", "/v1/imports", {"kind": "films"})
    assert begun.keys() == {"import_id", "upload_url", "expires_at"}
    told = site.ok("GET", f"/v1/imports/{begun['import_id']}")
    assert told == {"state": "waiting", "rows": 0, "accepted": 0, "rejected": 0, "errors": []}
    assert site("GET", f"/v1/imports/{film_id_of('x')}").status_code == 404


def test_a_film_keeps_the_day_it_came_on_though_it_may_not_be_shown_yet(site: Site) -> None:
    row = ROW | {"available_from": "2999-01-01T00:00:00Z"}
    site.ok("PUT", PATH, row)
    first = resources.whole_catalog().get(film_id_of("x9")).added_at
    site.ok("PUT", PATH, row)
    assert resources.whole_catalog().get(film_id_of("x9")).added_at == first
    assert site("GET", f"/v1/films/{film_id_of('x9')}", token=None).status_code == 404


@pytest.mark.parametrize(
    ("path", "row", "field"),
    [
        (PATH, {}, "title"), (PATH, ROW | {"id": "another"}, "id"), (PATH, ROW | {"stars": 5}, "stars"),
        (PATH, ROW | {"title": "x" * 501}, "title"), (PATH, ROW | {"title": "   "}, "title"),
        (PATH, ROW | {"age_rating": 13}, "age_rating"), (PATH, ROW | {"regions": ["Russia"]}, "regions[0]"),
        (PATH, ROW | {"available_from": "2026-01-01"}, "available_from"),
        (PATH, ROW | {"genres": ["x"] * 101}, "genres"), (PATH, ROW | {"description": "x" * 10_001}, "description"),
        (PATH, ROW | {"poster_url": "http://example.org/x.jpg"}, "poster_url"),
        ("/v1/catalog/films/" + "x" * 101, ROW, "source_id"), ("/v1/catalog/films/%20", ROW, "source_id"),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_by_the_name_of_its_field(site: Site, path: str, row: object, field: str) -> None:
    answer = site("PUT", path, row)
    assert (answer.status_code, [one["field"] for one in answer.json_body["errors"]]) == (400, [field])
    assert len(site.ok("GET", "/v1/films?limit=100", token=None)["films"]) == len(FILMS)


@pytest.mark.parametrize("source_id", ["kp 326", "Кино-7", "a:b@c"])
def test_a_film_is_called_as_its_source_calls_it(site: Site, source_id: str) -> None:
    from urllib.parse import quote

    assert site.ok("PUT", f"/v1/catalog/films/{quote(source_id)}", ROW)["film_id"] == film_id_of(source_id)
    assert site("DELETE", f"/v1/catalog/films/{quote(source_id)}").status_code == 204
    assert len(site.ok("GET", "/v1/films?limit=100", token=None)["films"]) == len(FILMS)


def test_a_key_is_made_listed_and_revoked_by_command(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    from infra.__main__ import main

    stack_in_memory("films-test", {"ServerKeys": "server-keys", "SessionsTable": "SessionsTable"})

    def told(*arguments: str) -> tuple[int, str, str]:
        code = main(["server-keys", *arguments, "--stack", "films-test"])
        return (code, *capsys.readouterr())

    code, said, _ = told("create", "shop", "--scopes", "read,catalog")
    key = said.strip()
    assert (code, len(key)) == (0, 46)
    assert len(key) == len("ks_") + command.SECRET_BYTES * 8 // 6 + 1
    assert site("PUT", PATH, ROW, key).status_code == 200
    kept = boto3.client("secretsmanager").get_secret_value(SecretId="server-keys")["SecretString"]
    assert (key in kept, digest(key) in kept) == (False, True)
    code, said, _ = told("list")
    assert (code, "shop" in said, "read,catalog" in said, key in said) == (0, True, True, False)
    assert "last used" in next(line for line in said.splitlines() if line.startswith("shop"))
    assert "never used" in next(line for line in said.splitlines() if line.startswith("act"))
    assert told("create", "shop", "--scopes", "catalog")[0] == 1, "a name means one key"
    code, _, refused = told("create", "till", "--scopes", "everything")
    assert (code, "are not among read, act" in refused) == (1, True)
    assert told("revoke", "shop")[0] == 0
    assert told("revoke", "shop")[0] == 1
    resources.server_keys.cache_clear()
    assert site("PUT", PATH, ROW, key).status_code == 401
