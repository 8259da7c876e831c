"""The OpenAPI document: valid, complete, and about every route."""

from typing import Any

import msgspec
import pytest
from openapi_spec_validator import validate

import app as _registers_every_route  # noqa: F401
from app import app
from chalicelib.http.endpoint import ENDPOINTS
from chalicelib.http.openapi import document


@pytest.fixture(scope="module")
def described() -> dict[str, dict[str, dict[str, object]]]:
    return msgspec.json.decode(msgspec.json.encode(document(ENDPOINTS)), type=dict)


def test_document_is_valid_openapi(described: dict[str, object]) -> None:
    validate(described)


def test_every_route_of_the_contract_is_described(described: dict[str, dict[str, dict[str, object]]]) -> None:
    routes = {
        (path, method.lower()) for path, methods in app.routes.items() for method in methods if path[:4] == "/v1/"
    }
    assert {(path, method) for path, operations in described["paths"].items() for method in operations} == routes


def test_protected_routes_name_the_token_and_no_route_takes_a_user_id(
    described: dict[str, dict[str, dict[str, object]]],
) -> None:
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            assert isinstance(operation, dict)
            protected = bool(app.routes[path][method.upper()].authorizer)
            for_servers = path.startswith(("/v1/catalog/", "/v1/imports"))
            named: object = [{"serverKey": []}] if for_servers else [{"bearer": []}] if protected else None
            assert operation.get("security") == named, path
            assert "401" in operation["responses"] or not (protected or for_servers)
            assert "403" in operation["responses"] or not for_servers
    assert "user_id}" not in str(list(described["paths"]))


def test_bad_input_is_declared_where_there_is_input(described: dict[str, dict[str, dict[str, Any]]]) -> None:
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            has_input = bool(operation["parameters"]) or "requestBody" in operation
            assert ("400" in operation["responses"]) == has_input, f"{method} {path}"
