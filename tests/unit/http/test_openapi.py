"""The OpenAPI document: valid, complete, and about every route."""

import json
from typing import Any

import msgspec
import pytest
from openapi_spec_validator import validate

import app as _registers_every_route  # noqa: F401
from app import app
from chalicelib.callers import TABLE
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
            access = TABLE[f"{method.upper()} {path}"]
            assert protected == access.by_gateway
            named = json.dumps(operation.get("security", []))
            assert ("{}, " in named, "bearer" in named) == (access.strangers and access.looks, access.viewers), path
            assert all(f'"serverKey": ["{scope}"]' in named for scope in access.scopes)
            assert ('"viewer": []' in named) == access.viewers, "a server may act for a viewer"
            assert {"401", "403"} <= set(operation["responses"]) or not access.looks
    assert "user_id}" not in str(list(described["paths"]))


def test_bad_input_is_declared_where_there_is_input(described: dict[str, dict[str, dict[str, Any]]]) -> None:
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            has_input = bool(operation["parameters"]) or "requestBody" in operation
            assert ("400" in operation["responses"]) == has_input, f"{method} {path}"
