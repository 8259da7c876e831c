"""The fake API held to the document of the real one: every request a page sends and every answer it gets is described
there, with all fields and no others."""

import re
from typing import Any
from urllib.parse import parse_qs

import msgspec
from jsonschema import Draft202012Validator

import app as _registers_every_route  # noqa: F401 - the document is made of what is registered
from chalicelib.http.endpoint import ENDPOINTS
from chalicelib.http.openapi import document

type Json = dict[str, Any]


class Described:
    """The document, asked about one exchange at a time."""

    def __init__(self) -> None:
        described: Json = msgspec.json.decode(msgspec.json.encode(document(ENDPOINTS)))
        self.components: Json = described["components"]
        self.operations = [
            (method.upper(), re.compile(re.sub(r"{\w+}", "[^/]+", path.removeprefix("/"))), operation)
            for path, operations in sorted(described["paths"].items(), key=lambda item: "{" in item[0])
            for method, operation in operations.items()
        ]
        for schema in self.components["schemas"].values():
            if "properties" in schema:
                schema.setdefault("additionalProperties", False)

    def strays(
        self, method: str, path: str, query: str, body: Json | None, status: int, answer: Json | None
    ) -> list[str]:
        """What of this exchange the document does not know. `path` has no leading slash."""
        found = [one for verb, pattern, one in self.operations if verb == method and pattern.fullmatch(path)]
        if not found:
            return [f"{method} {path} is no route"]
        operation = found[0]
        strays = self._query_strays(operation, query)
        if "requestBody" in operation:
            strays += self._schema_strays(operation["requestBody"]["content"]["application/json"]["schema"], body)
        described = operation["responses"].get(str(status))
        if described is None:
            return [*strays, f"{status} is not among its answers"]
        for content in described.get("content", {}).values():
            strays += self._schema_strays(content["schema"], answer)
        return [f"{method} {path} {status}: {one}" for one in strays]

    def _query_strays(self, operation: Json, query: str) -> list[str]:
        known = {one["name"]: one["schema"] for one in operation["parameters"] if one["in"] == "query"}
        given = {name: values[-1] for name, values in parse_qs(query).items()}
        strays = [f"it takes no ?{name}" for name in given if name not in known]
        for name in given.keys() & known.keys():
            as_number = int(given[name]) if re.fullmatch(r"-?\d+", given[name]) else given[name]
            readings = (given[name], as_number, {"true": True, "false": False}.get(given[name]))
            if all(self._schema_strays(known[name], reading) for reading in readings):
                strays.append(f"?{name}={given[name]} is not taken")
        return strays

    def _schema_strays(self, schema: Json, value: object) -> list[str]:
        whole = schema | {"components": self.components}
        return [f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(whole).iter_errors(value)]
