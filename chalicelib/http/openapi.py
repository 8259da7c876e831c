"""The OpenAPI 3.1 document, made from the same declarations that the routes are made from."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from chalicelib import __version__
from chalicelib.callers import Access
from chalicelib.errors import ProofOfWork
from chalicelib.http.endpoint import SOURCES_OWN, Endpoint
from chalicelib.http.problems import PROBLEM, TITLES

REF = "#/components/schemas/{name}"
ALWAYS = (500, 503)
SECURITY_SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token of `POST /v1/auth/login`, or of an issuer that the site trusts.",
    },
    "serverKey": {
        "type": "http",
        "scheme": "bearer",
        "description": "A key of the site's own servers, `ks_…`, with the scope that is named.",
    },
    "viewer": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Viewer",
        "description": "For whom a server key with the scope `act` calls: the site's own id, at most 128 characters.",
    },
}


class FieldError(msgspec.Struct, frozen=True):
    """One wrong field of a request."""

    field: str
    message: str


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: tuple[FieldError, ...] = ()
    error: str | msgspec.UnsetType = msgspec.UNSET
    proof_of_work: ProofOfWork | msgspec.UnsetType = msgspec.UNSET


def document(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The document of these endpoints, as JSON-ready data."""
    shown = {kind for one in endpoints for kind in (one.body, one.query, one.answer) if kind} | {Problem}
    ordered = sorted(shown, key=lambda kind: kind.__name__)
    references, schemas = msgspec.json.schema_components(ordered, ref_template=REF)
    reference = dict(zip(ordered, references, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for one in sorted(endpoints, key=lambda one: (one.path, one.method)):
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, reference, schemas)
    queries = {kind.__name__ for one in endpoints if (kind := one.query)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kinosovet", "version": __version__, "license": {"name": "MIT", "identifier": "MIT"}},
        "paths": paths,
        "components": {
            "schemas": {name: schema for name, schema in schemas.items() if name not in queries},
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def _operation(one: Endpoint, reference: dict[type, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": re.sub(r"[^a-z0-9]+", "_", f"{one.method} {one.path}".lower()).strip("_"),
        "summary": one.summary,
        "parameters": _path_parameters(one) + (_query_parameters(schemas[one.query.__name__]) if one.query else []),
        "responses": _responses(one, reference),
    }
    if one.body:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": reference[one.body]}}}
    if security := _security(one.access):
        operation["security"] = security
    return operation


def _security(access: Access) -> list[dict[str, list[str]]]:
    """Who may call, as `callers.py` has it. Scopes of schemes without OAuth are roles to OpenAPI 3.1."""
    if not access.looks:
        return []
    return [
        *([{}] if access.strangers else []),
        *([{"bearer": []}] if access.viewers else [{"bearer": ["operator"]}] if access.operators else []),
        *({"serverKey": [scope]} for scope in access.scopes),
        *([{"serverKey": ["act"], "viewer": []}] if access.viewers else []),
    ]


def _path_parameters(one: Endpoint) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _path_schema(name)}
        for name in re.findall(r"{(\w+)}", one.path)
    ]


def _path_schema(name: str) -> dict[str, Any]:
    return {"type": "string"} | ({} if name == SOURCES_OWN else {"format": "uuid"})


def _query_parameters(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": kind}
        for name, kind in schema["properties"].items()
    ]


def _responses(one: Endpoint, reference: dict[type, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {"description": one.summary}
    if one.answer and one.status != 204:
        said["content"] = {"application/json": {"schema": reference[one.answer]}}
    answers = {str(one.status): said}
    if one.method == "PUT" and one.answer and one.access.viewers:
        answers["204"] = {"description": "Nothing remains to be shown"}
    statuses = {
        *ALWAYS,
        *one.errors,
        *((400,) if one.body or one.query or "{" in one.path else ()),
        *((401, 403) if one.access.looks else ()),
        *((413, 415) if one.body else ()),
    }
    problem = {PROBLEM: {"schema": reference[Problem]}}
    return answers | {str(code): {"description": TITLES[code], "content": problem} for code in sorted(statuses)}
