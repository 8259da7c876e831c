"""The OpenAPI document: valid, complete, and about every route."""

import json
from collections.abc import Iterator
from typing import Any, get_type_hints
from urllib.parse import urljoin

import msgspec
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

import app as _registers_every_route  # noqa: F401
from app import app
from chalicelib.callers import OPERATOR_PATHS, TABLE
from chalicelib.http.endpoint import ENDPOINTS, Endpoint
from chalicelib.http.openapi import EXAMPLES, Example, document, examples


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
            assert ("{}, " in named, "bearer" in named) == (
                access.strangers and access.looks,
                access.viewers or access.operators,
            ), path
            assert all(f'"serverKey": ["{scope}"]' in named for scope in access.scopes)
            assert ('"viewer": []' in named) == access.viewers, "a server may act for a viewer"
            assert {"401", "403"} <= set(operation["responses"]) or not access.looks
    of_viewers = [path for path in described["paths"] if not path.startswith(OPERATOR_PATHS)]
    assert "user_id}" not in str(of_viewers), "an operator may look at somebody, and nobody else may"


def test_bad_input_is_declared_where_there_is_input(described: dict[str, dict[str, dict[str, Any]]]) -> None:
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            has_input = bool(operation["parameters"]) or "requestBody" in operation
            assert ("400" in operation["responses"]) == has_input, f"{method} {path}"


def test_every_operation_has_a_tag_that_is_described_and_a_name_of_its_own(described: dict[str, Any]) -> None:
    operations = [one for methods in described["paths"].values() for one in methods.values()]
    tags = {one["name"] for one in described["tags"] if one["description"]}
    assert {tag for one in operations for tag in one["tags"]} == tags
    names = [one["operationId"] for one in operations]
    assert sorted(names) == sorted(set(names))
    assert all(one["description"] for one in operations)


@pytest.mark.parametrize(
    "base", ["https://api.films.example/", "https://a1b2.execute-api.eu-central-1.amazonaws.com/api/"]
)
def test_the_server_is_where_the_document_is_whatever_the_stage(described: dict[str, Any], base: str) -> None:
    (server,) = described["servers"]
    assert urljoin(base + "v1/openapi.json", server["url"]) == base


def test_no_schema_tells_the_module_it_stands_in(described: dict[str, Any]) -> None:
    assert [name for name in described["components"]["schemas"] if "." in name] == []


def test_a_429_says_when_to_come_again(described: dict[str, Any]) -> None:
    answers = [
        answer
        for methods in described["paths"].values()
        for one in methods.values()
        for status, answer in one["responses"].items()
        if status == "429"
    ]
    assert answers
    assert all("Retry-After" in one["headers"] for one in answers)


def faults(schema: dict[str, Any], value: object, described: dict[str, Any]) -> list[str]:
    """What the schema says against the value."""
    whole = schema | {"components": described["components"]}
    found = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).iter_errors(value)
    return [f"{error.json_path}: {error.message}" for error in found]


@pytest.mark.parametrize("one", ENDPOINTS, ids=lambda one: one.name)
def test_an_operation_shows_examples_of_all_that_it_takes_and_gives(one: Endpoint, described: dict[str, Any]) -> None:
    """A new operation's go into `examples.json`."""
    operation = described["paths"][one.path][one.method.lower()]
    shown = examples().operations.get(one.name, Example())
    assert bool(shown.bodies) == (one.body is not None)
    assert (shown.answer is not msgspec.UNSET) == (one.answer is not None) or one.name == "get_openapi"
    for parameter in operation["parameters"]:
        assert "example" in parameter or parameter["in"] == "query", parameter["name"]
        if "example" in parameter:
            assert faults(parameter["schema"], parameter["example"], described) == []
    for value in shown.bodies.values():
        assert faults(operation["requestBody"]["content"]["application/json"]["schema"], value, described) == []
        msgspec.convert(value, one.body, strict=True)  # the schema says less than the declaration
    for value in [] if shown.answer is msgspec.UNSET else [shown.answer]:
        media = operation["responses"][str(one.status)]["content"]["application/json"]
        assert (faults(media["schema"], value, described), media["example"]) == ([], value)


def test_every_example_belongs_to_an_operation_and_a_parameter_there_is(described: dict[str, Any]) -> None:
    declared = {one.name: one for one in ENDPOINTS}
    for name, example in examples().operations.items():
        known = get_type_hints(declared[name].query) if declared[name].query else {}
        assert example.query.keys() <= known.keys(), name
    assert all(f"{{{name}}}" in str(list(described["paths"])) for name in examples().parameters)


def test_examples_hold_no_whole_token() -> None:
    assert not [word for word in EXAMPLES.read_text().split('"') if word.count(".") == 2 and word.startswith("eyJ")]


def _patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for one in schema.values():
            yield from _patterns(one)
    elif isinstance(schema, list):
        for one in schema:
            yield from _patterns(one)


def test_nothing_follows_what_a_pattern_has_to_end_with(described: dict[str, Any]) -> None:
    """A `$` alone lets a line break follow in Python, and a row of a file would be two."""
    ending = {one for one in _patterns(described) if one.endswith("$")}
    assert ending == set()
