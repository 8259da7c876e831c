"""Every route with every kind of caller, on the app itself: the table's answer, and the page that shows it."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from chalice.test import Client

from app import app
from chalicelib import resources
from chalicelib.auth.authorizer import authorize, door
from chalicelib.auth.elsewhere.adapters.documents import fetch
from chalicelib.auth.elsewhere.foreign_tokens import TrustedIssuers
from chalicelib.auth.elsewhere.issuer_keys import IssuerKeys, source_of
from chalicelib.auth.elsewhere.trusted import OperatorClaim, TrustedIssuer
from chalicelib.auth.server_keys import ServerKey, digest, text_of
from chalicelib.callers import CALLERS, OPERATOR_PATHS, OPERATORS, SCOPES, TABLE, VIEWERS, Access, as_markdown, outcome
from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.shown import shown_to
from chalicelib.errors import DomainError, ForbiddenError, UnauthorizedError
from chalicelib.http.endpoint import ENDPOINTS
from chalicelib.settings import settings
from chalicelib.viewer_ids import of_issuer, of_server
from tests.auth_world import PASSWORD
from tests.aws import aws_in_memory
from tests.contract.catalog_contract import FILMS
from tests.fake_imports import MemoryImports
from tests.issuer_twin import AUDIENCE, Issuer, running_issuer

ID = "5f0c8a54-7d4f-4a52-9c1b-1f9d7c2b3a4e"
KEYS = {scope: "ks_" + scope.ljust(43, "0") for scope in SCOPES}
ARN = "arn:aws:execute-api:eu-central-1:123456789012:abc/api/GET/v1/me"
DOCUMENT = Path(__file__).parents[2] / "docs" / "callers.md"


class Site:
    """The app, and what each kind of caller sends."""

    def __init__(self, client: Client, issuer: Issuer, name: str = "42") -> None:
        self._client, self._issuer = client, issuer
        self.headers: dict[str, dict[str, str]] = {"nobody": {}}
        for scope, key in KEYS.items():
            self.headers[f"a key to {scope}"] = self._bearer(key)
        acting = self._bearer(KEYS["act"])
        self.headers |= {
            "a bad or expired token": self._bearer(issuer.token(name, exp=issuer.claims()["iat"] - 100)),
            "a revoked key": self._bearer("ks_" + "revoked".ljust(43, "0")),
            "a viewer": self._bearer(self._signed_in(f"viewer{name}@example.com")),
            "a viewer of a trusted issuer": self._bearer(issuer.token(name)),
            "an operator": self._bearer(self._signed_in(f"operator{name}@example.com", operates=True)),
            "a deleted viewer": self._bearer(issuer.token(f"{name} deleted")),
            "a key to act, for a viewer": acting | {"X-Viewer": name},
            "a key to act, for a deleted viewer": acting | {"X-Viewer": f"{name} deleted"},
        }
        for user_id in (of_issuer(issuer.url, f"{name} deleted"), of_server(f"{name} deleted")):
            assert resources.foreign_store().erase(user_id, datetime.now(UTC), datetime.now(UTC))

    def with_others(self, name: str) -> "Site":
        """The same app with other viewers, for what ends them."""
        return Site(self._client, self._issuer, name)

    def __call__(self, method: str, path: str, headers: dict[str, str], body: object = None) -> tuple[int, Any]:
        sent = {"Content-Type": "application/json"} | headers
        raw = b"" if body is None else json.dumps(body).encode()
        try:
            answer = self._client.http.request(method, path, headers=sent, body=raw)
        except Exception as error:
            if str(error) != "Unauthorized":
                raise
            return 401, {"detail": ""}  # as API Gateway does
        return answer.status_code, answer.json_body if answer.body else None

    def claims(self, caller: str) -> dict[str, Any]:
        """What API Gateway's authorizer says of a caller."""
        event = {"type": "TOKEN", "authorizationToken": self.headers[caller].get("Authorization", ""), "methodArn": ARN}
        answer: dict[str, Any] = authorize(event, None)
        context: dict[str, Any] = answer["context"]
        return context | {"principalId": answer["principalId"]}

    def _signed_in(self, email: str, *, operates: bool = False) -> str:
        account = {"email": email, "password": PASSWORD}
        user_id = self("POST", "/v1/auth/register", {}, account)[1]["user_id"]
        if operates:
            assert resources.account_store().set_operator(user_id, is_operator=True)
        return str(self("POST", "/v1/auth/login", {}, account)[1]["access_token"])

    @staticmethod
    def _bearer(token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}"}


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with running_issuer() as one:
        yield one


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, issuer: Issuer) -> Iterator[Site]:
    with pytest.MonkeyPatch.context() as monkeypatch, aws_in_memory(monkeypatch), Client(app) as client:
        keys = [ServerKey(scope, digest(key), (scope,)) for scope, key in KEYS.items()]
        boto3.client("secretsmanager").create_secret(Name="server-keys", SecretString=text_of(keys))
        monkeypatch.setenv("SERVER_KEYS_SECRET", "server-keys")
        monkeypatch.setenv("ITEM_SIMILARITY_TABLE", "NeighboursTable")
        for queue in ("rebuild", "ask"):
            made = boto3.client("sqs").create_queue(QueueName=queue)["QueueUrl"]
            monkeypatch.setenv(f"{queue.upper()}_QUEUE_URL", made)
        settings.cache_clear()
        catalog = EmbeddedCatalog(f"sqlite://{tmp_path_factory.mktemp('films') / 'catalog.sqlite'}")
        catalog.replace_all(FILMS)
        monkeypatch.setattr(resources, "whole_catalog", lambda: catalog)
        monkeypatch.setattr(resources, "catalog", lambda: shown_to(catalog))
        monkeypatch.setattr(resources, "import_store", MemoryImports)
        trusted = TrustedIssuer(issuer.url, AUDIENCE, operator_claim=OperatorClaim("role", "staff"))
        opened = TrustedIssuers.opened(
            (trusted,), lambda one: IssuerKeys(source_of(one, fetch, is_local=True), one.issuer)
        )
        monkeypatch.setattr(resources, "trusted_issuers", lambda: opened)
        yield Site(client, issuer)


def outcome_of(status: int) -> str:
    return str(status) if status in (401, 403) else "in"


def filled(path: str) -> str:
    for name in ("film_id", "import_id", "session_id", "user_id"):
        path = path.replace(f"{{{name}}}", ID)
    return path.replace("{source_id}", "x9")


LOOKING = [operation for operation, access in TABLE.items() if access.looks]


@pytest.mark.parametrize("operation", LOOKING)
def test_every_caller_gets_the_tables_answer(site: Site, operation: str) -> None:
    method, _, path = operation.partition(" ")
    if operation == "DELETE /v1/me":
        site = site.with_others("leaving")
    got = {}
    for caller in CALLERS:
        status, body = site(
            method, filled(path), site.headers[caller], {} if method in ("POST", "PUT", "PATCH") else None
        )
        got[caller] = outcome_of(status)
        assert status < 500, body
    assert got == {caller: outcome(TABLE[operation], caller) for caller in CALLERS}


def test_a_refused_key_is_told_the_scope_it_lacks(site: Site) -> None:
    for operation in LOOKING:
        method, _, path = operation.partition(" ")
        access = TABLE[operation]
        lacking = "a key to read" if "ingest" in access.scopes else "a key to ingest"
        status, body = site(method, filled(path), site.headers[lacking])
        assert status == 403
        assert (access.scopes or ("act",))[0] in body["detail"]
    _, body = site("GET", "/v1/me", site.headers["a key to act"])
    assert "X-Viewer" in body["detail"]


def test_every_route_is_in_the_table_and_nothing_else() -> None:
    assert {f"{one.method} {one.path}" for one in ENDPOINTS} == set(TABLE)


def test_what_is_for_operators_lies_below_their_path_and_nothing_else() -> None:
    for operation, access in TABLE.items():
        below = operation.partition(" ")[2].startswith(OPERATOR_PATHS)
        assert below == (access.operators and not access.viewers), operation


@pytest.mark.parametrize("access", sorted({*TABLE.values(), OPERATORS}), ids=str)
def test_the_door_lets_in_whom_the_table_does(site: Site, access: Access) -> None:
    """Of each kind of route, those for operators too, whether or not there are any."""
    for caller in CALLERS:
        headers = {name.lower(): value for name, value in site.headers[caller].items()}
        got = "in"
        try:
            if access.looks:
                door.admit(access, headers, site.claims(caller) if access.by_gateway else {})
        except UnauthorizedError:
            got = "401"
        except ForbiddenError:
            got = "403"
        except DomainError:
            pass
        except Exception as error:  # noqa: BLE001 - the authorizer's, by its text
            got = "401" if str(error) == "Unauthorized" else repr(error)
        assert got == outcome(access, caller), caller


def test_the_policy_keeps_operators_routes_from_everybody_else(site: Site) -> None:
    def policy(caller: str) -> list[tuple[str, str]]:
        header = site.headers[caller]["Authorization"]
        answer = authorize({"type": "TOKEN", "authorizationToken": header, "methodArn": ARN}, None)
        statements = answer["policyDocument"]["Statement"]
        return [(one["Effect"], resource) for one in statements for resource in one["Resource"]]

    stage = "arn:aws:execute-api:eu-central-1:123456789012:abc/api"
    everything = ("Allow", f"{stage}/*/*")
    for caller in ("a viewer", "a viewer of a trusted issuer"):
        assert policy(caller) == [everything, ("Deny", f"{stage}/*/v1/operator/*")]
    for caller in ("an operator", "a key to operate", "a key to read"):
        assert policy(caller) == [everything]


def test_an_operator_by_claim_is_one_like_those_by_command(site: Site, issuer: Issuer) -> None:
    for token, roles in ((issuer.token(role="staff"), ["viewer", "operator"]), (issuer.token(), ["viewer"])):
        _, me = site("GET", "/v1/me", {"Authorization": f"Bearer {token}"})
        assert me["roles"] == roles
    assert site("GET", "/v1/me", site.headers["an operator"])[1]["roles"] == ["viewer", "operator"]
    assert site("GET", "/v1/me", site.headers["a viewer"])[1]["roles"] == ["viewer"]


@pytest.mark.parametrize("name", ["", " ", "n" * 129, "a\tb", " 42", "имя".encode().decode("latin-1")])
def test_a_header_that_names_nobody_is_bad_input(site: Site, name: str) -> None:
    headers = site.headers["a key to act"] | {"X-Viewer": name}
    assert site("GET", "/v1/me", headers)[0] == 400


def test_the_header_is_nothing_to_whoever_is_no_server(site: Site) -> None:
    own = site("GET", "/v1/me", site.headers["a viewer"])[1]["user_id"]
    assert site("GET", "/v1/me", site.headers["a viewer"] | {"X-Viewer": "42"})[1]["user_id"] == own


def test_a_gateways_word_for_a_server_is_no_viewer() -> None:
    """Two `Authorization` headers in one request: what the gateway has seen is not what the route sees."""
    with pytest.raises(UnauthorizedError):
        door.admit(VIEWERS, {"authorization": "Bearer x"}, {"principalId": "server:shop", "server": "shop"})


def _walk(site: Site, headers: Callable[[], dict[str, str]], user_id: str) -> None:
    """What a viewer does from coming to going."""
    film_id = FILMS[0].film_id
    me = site("GET", "/v1/me", headers())[1]
    assert (me["user_id"], me["email"], me["language"], me["roles"]) == (user_id, None, "ru", ["viewer"])
    changed = site("PATCH", "/v1/me", headers(), {"language": "en", "name": "Vera", "age_limit": 12})
    assert (changed[0], changed[1]["name"]) == (200, "Vera")
    assert site("PATCH", "/v1/me", headers(), {"age_limit": None})[1]["language"] == "en", "absent keeps"
    assert site("PUT", f"/v1/feedback/{film_id}", headers(), {"rating": "like"})[0] == 200
    assert [one["film_id"] for one in site("GET", "/v1/feedback", headers())[1]["feedback"]] == [film_id]
    assert site("GET", "/v1/recommendations", headers())[0] == 200
    assert site("GET", "/v1/me/sessions", headers())[1] == {"sessions": []}
    password = {"current_password": "x", "new_password": "y"}
    assert site("PUT", "/v1/me/password", headers(), password)[0] == 404
    held = site("GET", "/v1/me/export", headers())[1]
    assert held["auth"]["profile"]["name"] == "Vera"
    assert film_id in json.dumps(held["feedback"])
    assert site("DELETE", "/v1/me", headers())[0] == 204
    assert site("GET", "/v1/me", headers())[0] == 401
    resources.readmit(user_id, datetime.now(UTC))
    assert site("GET", "/v1/me", headers())[1]["name"] is None, "everything is gone, and they may begin anew"


def test_a_viewer_of_an_issuer_needs_no_account_for_anything(site: Site, issuer: Issuer) -> None:
    _walk(site, lambda: {"Authorization": f"Bearer {issuer.token('new')}"}, of_issuer(issuer.url, "new"))


def test_a_viewer_of_the_sites_own_server_needs_no_account_for_anything(site: Site) -> None:
    _walk(site, lambda: site.headers["a key to act"] | {"X-Viewer": "new one"}, of_server("new one"))


def test_an_old_sign_in_elsewhere_deletes_and_shows_nothing(site: Site, issuer: Issuer) -> None:
    now = issuer.claims()["iat"]
    for change in ({"iat": now - 700}, {"auth_time": now - 700}):
        headers = {"Authorization": f"Bearer {issuer.token(**change)}"}
        for method, path in (("DELETE", "/v1/me"), ("GET", "/v1/me/export")):
            status, body = site(method, path, headers)
            assert (status, body["error"]) == (401, "insufficient_user_authentication")


def test_the_page_shows_the_table() -> None:
    table = "\n".join(as_markdown())
    assert table in DOCUMENT.read_text(), (
        "docs/callers.md is behind: `.venv/bin/python -m chalicelib.callers` prints it"
    )
