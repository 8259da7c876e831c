"""The schemas that msgspec makes of our structs, with what a reader and a generator of clients ask for besides."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

type Schema = dict[str, Any]

UUIDS = {"film_id", "user_id", "session_id", "import_id", "film_ids", "because", "missing"}
"""Fields and parameters that hold UUIDs, or lists of them, wherever they are."""
JSON_TYPES = {str: "string", int: "integer"}


def completed(schemas: Mapping[str, Schema], answers: Iterable[str], bodies: Iterable[str]) -> dict[str, Schema]:
    """The schemas by name, with formats and types said in full, and in what only answers hold every field required:
    the API leaves none out for having its default. `answers` and `bodies` are the names of what is sent either way.
    """
    sent_by_us = _held(schemas, answers) - _held(schemas, bodies)
    return {name: _completed(schema, always_whole=name in sent_by_us) for name, schema in schemas.items()}


def parameter(name: str, schema: Schema) -> Schema:
    """A parameter's schema: it is given or not, but never null."""
    kinds = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    rest = {key: value for key, value in schema.items() if key != "anyOf" and (key, value) != ("default", None)}
    alone = (kinds[0] | rest) if len(kinds) == 1 else schema
    return _field(name, alone)


def _completed(schema: Schema, *, always_whole: bool) -> Schema:
    properties = {name: _field(name, kind) for name, kind in schema.get("properties", {}).items()}
    if not properties:
        return schema
    required = schema.get("required", [])
    if always_whole:
        required = [name for name, kind in properties.items() if name in required or "default" in kind]
    rest = {key: value for key, value in schema.items() if key != "required"}  # an empty list says nothing
    return rest | {"properties": properties} | ({"required": required} if required else {})


def _field(name: str, schema: Schema) -> Schema:
    """A field's schema, whole: of an enumeration its type, of a UUID and a time its format."""
    if "anyOf" in schema:
        return schema | {"anyOf": [_field(name, kind) for kind in schema["anyOf"]]}
    if "enum" in schema:
        return {"type": JSON_TYPES[type(schema["enum"][0])]} | schema
    if "items" in schema:
        return schema | {"items": _field(name, schema["items"])}
    if schema.get("type") != "string":
        return schema
    if name in UUIDS:
        return schema | {"format": "uuid"}
    return schema | ({"format": "date-time"} if name == "at" or name.endswith("_at") else {})


def _held(schemas: Mapping[str, Schema], names: Iterable[str]) -> set[str]:
    """These schemas, and those they refer to."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += _references(schemas[name])
    return found


def _references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].rpartition("/")[2]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)
