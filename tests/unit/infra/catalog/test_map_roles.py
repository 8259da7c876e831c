"""Mapping roles, on the requests that it sends: what is put where, signed or with the master user's password."""

import json
from typing import Any

import pytest
from urllib3 import HTTPConnectionPool, HTTPResponse

from infra import __main__
from infra.catalog import map_roles
from infra.catalog.map_roles import readers_of, requests, writers_of
from infra.deploy.template import render
from infra.stack_outputs import Outputs

DOMAIN = "https://search-films-abc.eu-central-1.es.amazonaws.com"
ROLES = [name for name in render()["Outputs"] if name.endswith("RoleArn")]  # type: ignore[attr-defined]
WRITERS = [name for name in render()["Outputs"] if name.endswith("RoleArnOfWriter")]  # type: ignore[attr-defined]
ARNS = {name: f"arn:aws:iam::1:role/{name}" for name in ROLES}
ARNS_OF_WRITERS = {name: f"arn:aws:iam::1:role/{name.removesuffix('OfWriter')}" for name in WRITERS}


class Domain:
    """A domain that answers what it is told to, and keeps what it was asked."""

    def __init__(self) -> None:
        self.status = 200
        self.asked: list[tuple[str, str, Any, dict[str, str]]] = []

    def urlopen(self, method: str, url: str, body: Any, headers: dict[str, str]) -> HTTPResponse:
        self.asked.append((method, url, json.loads(body), dict(headers)))
        return HTTPResponse(
            b'{"status": "FORBIDDEN", "message": "no permissions"}',
            status=self.status,
            headers={"content-type": "application/json"},
            preload_content=True,
        )


@pytest.fixture
def domain(monkeypatch: pytest.MonkeyPatch) -> Domain:
    made = Domain()

    def urlopen(_: object, method: str, url: str, body: Any, *__: object, headers: Any, **___: object) -> HTTPResponse:
        return made.urlopen(method, url, body, headers)

    monkeypatch.setattr(HTTPConnectionPool, "urlopen", urlopen)
    values = {**ARNS, **ARNS_OF_WRITERS, "Catalog": DOMAIN, "CatalogSign": "auto"}
    monkeypatch.setattr(map_roles, "outputs", lambda stack: Outputs(stack, values))
    monkeypatch.delenv("CATALOG_URL", raising=False)
    return made


def test_every_function_that_reads_the_catalogue_is_let_in() -> None:
    assert {
        "ApiHandlerRoleArn",
        "RebuildRoleArn",
        "AskRoleArn",
        "LearnRoleArn",
        "NotePremieresRoleArn",
        "TendCatalogRoleArn",
        "TakeImportsRoleArn",
        "SendWeeklyRoleArn",
        "WriteEventsRoleArn",
    } == set(ROLES)
    assert readers_of(ARNS | ARNS_OF_WRITERS) == list(ARNS.values())


def test_those_that_change_films_may_do_that_too() -> None:
    assert writers_of(ARNS | ARNS_OF_WRITERS) == [ARNS["ApiHandlerRoleArn"], ARNS["TendCatalogRoleArn"]]


def test_roles_are_made_before_they_are_mapped_and_signed_for_the_domain(domain: Domain) -> None:
    assert __main__.main(["map-roles", "--loader", "arn:aws:iam::1:user/anna"]) == 0
    assert [(method, url.partition("/api/")[2]) for method, url, *_ in domain.asked] == [
        ("PUT", "roles/kinosovet_reader"),
        ("PUT", "rolesmapping/kinosovet_reader"),
        ("PUT", "roles/kinosovet_embedder"),
        ("PUT", "rolesmapping/kinosovet_embedder"),
        ("PUT", "roles/kinosovet_writer"),
        ("PUT", "rolesmapping/kinosovet_writer"),
        ("PUT", "roles/kinosovet_loader"),
        ("PUT", "rolesmapping/kinosovet_loader"),
    ]
    assert all(url.startswith("/_plugins/_security/api/") for _, url, *_ in domain.asked)
    assert domain.asked[1][2]["backend_roles"] == list(ARNS.values())
    assert domain.asked[2][2]["index_permissions"][0]["index_patterns"] == ["films_meaning"]
    assert domain.asked[3][2]["backend_roles"] == [ARNS["AskRoleArn"]]
    assert domain.asked[5][2]["backend_roles"] == list(ARNS_OF_WRITERS.values())
    assert domain.asked[7][2]["backend_roles"] == ["arn:aws:iam::1:user/anna"]
    for *_, headers in domain.asked:
        assert "/eu-central-1/es/aws4_request" in headers["Authorization"]


def test_nobody_but_the_functions_is_mapped_when_nobody_loads(domain: Domain) -> None:
    assert __main__.main(["map-roles"]) == 0
    assert len(domain.asked) == 6


def test_the_master_users_password_serves_where_one_is_given(domain: Domain) -> None:
    assert __main__.main(["map-roles", "--catalog-url", "https://master:secret@films.example.org/films-2"]) == 0
    assert all(headers["authorization"].startswith("Basic ") for *_, headers in domain.asked)
    assert domain.asked[0][2]["index_permissions"][0]["index_patterns"] == [
        "films-2", "films-2-*", "films-2_changes", "films-2_meaning",
    ]  # fmt: skip


def test_the_domains_word_is_passed_on_when_it_refuses(domain: Domain, capsys: pytest.CaptureFixture[str]) -> None:
    domain.status = 403
    assert __main__.main(["map-roles"]) == 1
    assert "no permissions" in capsys.readouterr().err
    assert len(domain.asked) == 1, "nothing more is tried"


def test_a_snapshot_has_no_roles_to_map(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("CATALOG_URL", raising=False)
    values = {"Catalog": "s3://bucket/catalog"}
    monkeypatch.setattr(map_roles, "outputs", lambda stack: Outputs(stack, values))
    assert __main__.main(["map-roles"]) == 1
    assert "no OpenSearch domain" in capsys.readouterr().err


def test_readers_may_change_nothing() -> None:
    role, _ = requests("films", ["arn:1"], [], [])
    assert role.body == {
        "cluster_permissions": ["cluster_composite_ops_ro"],
        "index_permissions": [
            {
                "index_patterns": ["films", "films-*", "films_changes", "films_meaning"],
                "allowed_actions": ["read"],
            }
        ],
    }
