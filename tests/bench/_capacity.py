"""Requests to AWS as they leave this process, and what DynamoDB would bill for them.

moto says one unit for everything, so units are reckoned here, by AWS's rules from the items themselves:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html (sizes) and
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html (units).
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.client import BaseClient

from infra.deploy.template.tables import tables

WRITE_BYTES, READ_BYTES = 1_024, 4_096
SINGLE_WRITES = {"PutItem", "UpdateItem", "DeleteItem"}

type Item = Mapping[str, Any]


def size_of(item: Item) -> int:
    """Bytes of an item in DynamoDB's own notation, names included."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: Mapping[str, Any]) -> int:
    ((kind, held),) = value.items()
    if kind == "S":
        return len(held.encode())
    if kind == "B":
        return len(held)
    if kind == "N":
        return math.ceil(len(held.lstrip("-").replace(".", "")) / 2) + 1
    if kind == "M":
        return 3 + sum(len(name.encode()) + _size(one) + 1 for name, one in held.items())
    if kind == "L":
        return 3 + sum(_size(one) + 1 for one in held)
    if kind in ("SS", "NS", "BS"):
        return sum(_size({kind[0]: one}) for one in held)
    return 1  # BOOL, NULL


def write_units(before: Item | None, after: Item | None, indexes: list[Any]) -> int:
    """Of one write, its indexes included. `after` is None when the item was deleted, and a refused write leaves what
    was before."""
    sizes = [size_of(one) for one in (before, after) if one]
    units = max(1, *(math.ceil(size / WRITE_BYTES) for size in sizes)) if sizes else 1
    return units + sum(_index_units(before, after, index) for index in indexes) if before != after else units


def _index_units(before: Item | None, after: Item | None, index: Any) -> int:
    old, new = _entry(before, index), _entry(after, index)
    if old == new:
        return 0
    keys = [one["AttributeName"] for one in index["KeySchema"]]
    moved = old and new and any(old[key] != new[key] for key in keys)
    written = [one for one in (old, new) if one]
    sizes = [max(1, math.ceil(size_of(one) / WRITE_BYTES)) for one in written]
    return sum(sizes) if moved else max(sizes)


def _entry(item: Item | None, index: Any) -> Item | None:
    """What an index holds of an item; nothing when one of its keys is missing."""
    keys = {one["AttributeName"] for one in index["KeySchema"]}
    if item is None or not keys <= set(item):
        return None
    if index["Projection"]["ProjectionType"] == "ALL":
        return item
    kept = keys | {"user_id", "item"} | set(index["Projection"].get("NonKeyAttributes", ()))
    return {name: value for name, value in item.items() if name in kept}


class Meter:
    """What was counted: `read_units`, `write_units`, `requests` to all services, `messages` sent."""

    def __init__(self, table_of: Mapping[str, str]) -> None:
        """`table_of`: logical id by the table's name."""
        self.counted: defaultdict[str, float] = defaultdict(float)
        self._templates: Any = tables()
        self._table_of = dict(table_of)
        self._client_call = BaseClient._make_api_call  # type: ignore[attr-defined]

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Everything that this process asks of AWS inside is counted."""
        meter, patched = self, BaseClient
        before = patched._make_api_call  # type: ignore[attr-defined]

        def call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
            return meter._call(client, operation, parameters)

        patched._make_api_call = call  # type: ignore[attr-defined]
        try:
            yield
        finally:
            patched._make_api_call = before  # type: ignore[attr-defined]

    def _call(self, client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        self.counted["requests"] += 1
        if service == "sqs" and operation.startswith("SendMessage"):
            self.counted["messages"] += len(parameters.get("Entries", [parameters]))
        if service != "dynamodb":
            return self._client_call(client, operation, parameters)
        writes = list(_writes(operation, parameters))
        before = [self._held(client, table, what) for table, _, what in writes]
        try:
            answer = self._client_call(client, operation, parameters)
        finally:
            twice = 2 if operation.startswith("Transact") else 1
            for (table, kind, what), old in zip(writes, before, strict=True):
                new = old if kind == "ConditionCheck" else self._held(client, table, what)
                self.wrote(table, old, new, twice)
        self.counted["read_units"] += self._read_units(operation, parameters, answer)
        return answer

    def wrote(self, table: str, before: Item | None, after: Item | None, times: int = 1) -> None:
        """An item was written, or refused."""
        self.counted["write_units"] += times * write_units(before, after, self._indexes(table))

    def _template(self, table: str) -> Any:
        return self._templates[self._table_of[table]]["Properties"]

    def _indexes(self, table: str) -> list[Any]:
        template = self._template(table)
        return [*template.get("LocalSecondaryIndexes", []), *template.get("GlobalSecondaryIndexes", [])]

    def _held(self, client: Any, table: str, what: dict[str, Any]) -> Item | None:
        keys = [one["AttributeName"] for one in self._template(table)["KeySchema"]]
        key = {name: (what.get("Key") or what["Item"])[name] for name in keys}
        found = self._client_call(client, "GetItem", {"TableName": table, "Key": key, "ConsistentRead": True})
        item: Item | None = found.get("Item")
        return item

    def _read_units(self, operation: str, parameters: dict[str, Any], answer: Any) -> float:
        share = 1.0 if parameters.get("ConsistentRead") else 0.5
        if operation == "GetItem":
            return share * _blocks([answer.get("Item", {})])
        if operation == "Query":
            return share * _blocks(answer.get("Items", []))
        if operation == "BatchGetItem":
            units = 0.0
            for table, asked in parameters["RequestItems"].items():
                found = answer["Responses"].get(table, [])
                each = [_blocks([item]) for item in found] + [1] * (len(asked["Keys"]) - len(found))
                units += (1.0 if asked.get("ConsistentRead") else 0.5) * sum(each)
            return units
        return 0.0


def _blocks(items: list[Item]) -> int:
    return max(1, math.ceil(sum(map(size_of, items)) / READ_BYTES))


def _writes(operation: str, parameters: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each item that a request writes: table, kind and what is asked of it."""
    if operation in SINGLE_WRITES:
        yield parameters["TableName"], operation, parameters
    for one in parameters.get("TransactItems", []):
        ((kind, what),) = one.items()
        yield what["TableName"], kind, what
    if operation == "BatchWriteItem":
        for table, asked in parameters["RequestItems"].items():
            for one in asked:
                yield table, "PutItem", one.get("PutRequest") or one["DeleteRequest"]
