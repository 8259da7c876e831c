"""The OpenAPI 3.1 document, made from the same declarations that the routes are made from.

Its examples stand in `examples.json`: answers as the demo gave them, to requests that are sent again by a test.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from chalicelib import __version__
from chalicelib.callers import Access
from chalicelib.errors import ProofOfWork
from chalicelib.http.endpoint import JSON, Endpoint
from chalicelib.http.openapi_schemas import completed, parameter
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
    "guest": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Guest",
        "description": "A guest's token, good for one evening: 43 characters that their own device has drawn.",
    },
    "viewer": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Viewer",
        "description": "For whom a server key with the scope `act` calls: the site's own id, at most 128 characters.",
    },
}
ABOUT = """Films that your catalogue holds, for each of your viewers, each with a reason.

Errors are problem documents (RFC 9457). Lists are paged by opaque cursors. Times are UTC. Fields may be added to any
answer, so a client ignores those it does not know; a field that a request may not have is refused."""
SERVERS = [{"url": "..", "description": "Where this document is: relative to its own address"}]
"""One package is deployed under many addresses, a gateway's stage and a domain of one's own among them.
https://spec.openapis.org/oas/v3.1.1#server-object: a relative one is resolved against the document's address."""
AS_GUEST: dict[str, list[str]] = {"guest": []}
SERVICE = "service"
TAGS = {
    "auth": "Sign-in: e-mail address and password to tokens",
    "session": "The sign-in of the page that comes with the API, by a cookie. Nothing for other clients",
    "me": "The signed-in viewer",
    "films": "The catalogue, as viewers see it",
    "evenings": "Two choose a film together",
    "letters": "The way out of the weekly letter",
    "feedback": "What the viewer says of films",
    "recommendations": "The home page",
    "events": "What the viewer was shown, and did with it",
    "operator": "What became of the advice, for whoever runs the site",
    "ask": "Films for a request in a viewer's own words",
    "catalog": "Single films, from the site's own servers",
    "imports": "Files of many rows, from the site's own servers",
    SERVICE: "The API itself",
}
"""By the part of the path that they stand for."""
RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer", "minimum": 0}}}
EXAMPLES = Path(__file__).with_name("examples.json")


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of one operation: what its query has, bodies by what they are for, and the answer to the first of them."""

    query: dict[str, Any] = {}
    bodies: dict[str, Any] = {}
    answer: Any = msgspec.UNSET


class Examples(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of the path's parameters by name, and of operations by id."""

    parameters: dict[str, str]
    operations: dict[str, Example]


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
    errors: tuple[FieldError, ...] | msgspec.UnsetType = msgspec.UNSET
    error: str | msgspec.UnsetType = msgspec.UNSET
    proof_of_work: ProofOfWork | msgspec.UnsetType = msgspec.UNSET


def examples() -> Examples:
    """What the document shows of requests and answers."""
    return msgspec.json.decode(EXAMPLES.read_bytes(), type=Examples)


def document(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The document of these endpoints, as JSON-ready data."""
    shown = {kind for one in endpoints for kind in (one.body, one.query, one.answer) if kind} | {Problem}
    ordered = sorted(shown, key=lambda kind: kind.__name__)
    references, schemas = msgspec.json.schema_components(ordered, ref_template=REF)
    reference = dict(zip(ordered, references, strict=True))
    given = examples()
    paths: dict[str, dict[str, Any]] = {}
    for one in sorted(endpoints, key=lambda one: (one.path, one.method)):
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, reference, schemas, given)
    queries = {kind.__name__ for one in endpoints if (kind := one.query)}
    answers, bodies = (
        {_name(reference[kind]) for kind in kinds if kind and "$ref" in reference[kind]}
        for kinds in ([Problem, *(one.answer for one in endpoints)], [one.body for one in endpoints])
    )
    held = {name: schema for name, schema in schemas.items() if name not in queries}
    used = {_tag(one) for one in endpoints}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Kinosovet",
            "version": __version__,
            "description": ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": SERVERS,
        "tags": [{"name": name, "description": text} for name, text in TAGS.items() if name in used],
        "paths": paths,
        "components": {
            "schemas": completed(held, answers, bodies),
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def _name(reference: dict[str, str]) -> str:
    return reference["$ref"].rpartition("/")[2]


def _tag(one: Endpoint) -> str:
    """The part of the path that says what it is about."""
    parts = one.path.split("/")[2:]
    if parts[:2] == ["auth", "session"]:
        return "session"
    return parts[0] if parts[0] in TAGS else SERVICE


def _operation(
    one: Endpoint, reference: dict[type, Any], schemas: dict[str, Any], examples: Examples
) -> dict[str, Any]:
    example = examples.operations.get(one.name, Example())
    operation: dict[str, Any] = {
        "operationId": one.name,
        "tags": [_tag(one)],
        "summary": one.summary,
        "description": one.description,
        "parameters": _path_parameters(one, examples)
        + (_query_parameters(schemas[one.query.__name__], example) if one.query else []),
        "responses": _responses(one, reference, example),
        "security": _security(one.access),
    }
    if one.body:
        media: dict[str, Any] = {"schema": reference[one.body]}
        if example.bodies:
            media["examples"] = {
                re.sub(r"\W+", "-", what).strip("-"): {"summary": what, "value": value}
                for what, value in example.bodies.items()
            }
        operation["requestBody"] = {"required": True, "content": {"application/json": media}}
    return operation


def _security(access: Access) -> list[dict[str, list[str]]]:
    """Each of these is enough, `{}` is nobody in particular; as `callers.py` has it. What a scheme without OAuth lists
    are roles to OpenAPI 3.1."""
    if not access.looks:
        return []
    return [
        *([{}] if access.strangers else []),
        *([AS_GUEST] if access.guests else []),
        *([{"bearer": []}] if access.viewers else [{"bearer": ["operator"]}] if access.operators else []),
        *({"serverKey": [scope]} for scope in access.scopes),
        *([{"serverKey": ["act"], "viewer": []}] if access.viewers else []),
    ]


def _path_parameters(one: Endpoint, examples: Examples) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": parameter(name, {"type": "string"})}
        | ({"example": examples.parameters[name]} if name in examples.parameters else {})
        for name in re.findall(r"{(\w+)}", one.path)
    ]


def _query_parameters(schema: dict[str, Any], example: Example) -> list[dict[str, Any]]:
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": parameter(name, kind)}
        | ({"example": example.query[name]} if name in example.query else {})
        for name, kind in schema["properties"].items()
    ]


def _responses(one: Endpoint, reference: dict[type, Any], example: Example) -> dict[str, Any]:
    said: dict[str, Any] = {"description": one.summary}
    if one.answer and one.status != 204:
        shown = {} if example.answer is msgspec.UNSET else {"example": example.answer}
        said["content"] = {JSON: {"schema": reference[one.answer]} | shown}
    elif one.media != JSON:
        said["content"] = {one.media: {"schema": {"type": "string"}}}
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
    return answers | {str(code): _problem(code, reference[Problem]) for code in sorted(statuses)}


def _problem(code: int, schema: dict[str, Any]) -> dict[str, Any]:
    answer = {"description": TITLES[code], "content": {PROBLEM: {"schema": schema}}}
    return answer | ({"headers": RETRY_AFTER} if code == 429 else {})
