"""The shape of a request to DynamoDB: all of it but the values that it is about."""

import json
from collections.abc import Mapping
from typing import Any

DATA = frozenset([
    "BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "TransactGetItems",
    "TransactWriteItems", "UpdateItem",
])  # fmt: skip
VALUES = frozenset({"ExpressionAttributeValues", "Item", "Key", "Keys", "ExclusiveStartKey", "ClientRequestToken"})


def shape_of(operation: str, given: Mapping[str, Any]) -> str:
    """The operation and what it is asked with, items by the names of their attributes alone."""
    return f"{operation} {json.dumps(_shape(given), sort_keys=True, default=str)}"


def _shape(value: Any, name: str = "") -> Any:
    if name in VALUES:
        return len(value) if isinstance(value, list) else sorted(value)
    if isinstance(value, Mapping):
        return {key: _shape(one, key) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_shape(one) for one in value]
    return value
