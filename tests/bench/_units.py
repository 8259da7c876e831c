"""What DynamoDB bills, counted at the client's last call before the wire, by DynamoDB's rules.

moto answers, and says nothing right of capacity: each write is looked at before and after it instead. A write is billed
by the larger of the two states of its item, in whole KB, refused conditions included; each index by what of the item it
holds: nothing where that does not change, both entries where its key moves.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError

WRITE_BYTES, READ_BYTES = 1024, 4096
WRITES = ("PutItem", "UpdateItem", "DeleteItem")
READS = ("GetItem", "BatchGetItem", "Query")
type Item = Mapping[str, Mapping[str, Any]]


class Units:
    """Units by what they were spent on: `phase`, which whoever runs the steps sets, and the kind of item."""

    def __init__(self, tables: Mapping[str, Mapping[str, Any]]) -> None:
        self.tables = tables  # properties, by name, as the template has them
        self.phase = ""
        self.written: Counter[tuple[str, str]] = Counter()
        self.read: dict[str, float] = defaultdict(float)
        self.requests: Counter[str] = Counter()

    def write(self, table: str, before: Item | None, after: Item | None, what: str = "") -> None:
        """Bills one write of an item and of its places in the indexes."""
        kind = what or _kind(table, after or before or {})
        self.written[self.phase, kind] += max(1, _units(before), _units(after))
        properties = self.tables[table]
        own = [one["AttributeName"] for one in properties["KeySchema"]]
        for index in [*properties.get("LocalSecondaryIndexes", ()), *properties.get("GlobalSecondaryIndexes", ())]:
            keys = [one["AttributeName"] for one in index["KeySchema"]]
            everything = index["Projection"]["ProjectionType"] == "ALL"
            held, holds = (
                None
                if item is None or not all(key in item for key in keys)
                else {name: value for name, value in item.items() if everything or name in (*own, *keys)}
                for item in (before, after)
            )
            self.written[self.phase, f"{kind}, index"] += _index_units(held, holds, keys)


def _index_units(held: Item | None, holds: Item | None, keys: Sequence[str]) -> int:
    if held == holds:
        return 0
    if held and holds and all(held[key] == holds[key] for key in keys):
        return max(_units(held), _units(holds))
    return _units(held) + _units(holds)


def _kind(table: str, item: Item) -> str:
    return str(item["item"]["S"]) if "item" in item else table.removesuffix("Table").lower()


def _units(item: Item | None) -> int:
    return -(-item_bytes(item) // WRITE_BYTES) if item else 0


def item_bytes(item: Item) -> int:
    """An item's size: names and values, https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html"""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return len(content.strip("-").replace(".", "")) // 2 + 2
    if kind == "B":
        return len(content)
    return 1  # BOOL and NULL; the tables have no others


@contextmanager
def counting(units: Units) -> Iterator[Units]:
    """Inside, each call of DynamoDB by whatever client is billed.

    Raises:
        NotImplementedError: a write of a kind that is not counted here.
    """
    client: Any = BaseClient
    call = client._make_api_call

    def key_of(table: str, item: Item) -> dict[str, Any]:
        return {one["AttributeName"]: item[one["AttributeName"]] for one in units.tables[table]["KeySchema"]}

    def now(self: Any, table: str, key: Item) -> Item | None:
        asked = {"TableName": table, "Key": key, "ConsistentRead": True}
        found: Item | None = call(self, "GetItem", asked).get("Item")
        return found

    def counted(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        service = self.meta.service_model.service_name
        units.requests[f"{service}.{operation}"] += 1
        if service != "dynamodb" or operation not in (*WRITES, *READS, "BatchWriteItem"):
            if service == "dynamodb" and "Write" in operation:
                raise NotImplementedError(operation)
            return call(self, operation, parameters)
        if operation in READS:
            answer = call(self, operation, parameters)
            units.read[units.phase] += _read_units(operation, parameters, answer)
            return answer
        changes = _changes(operation, parameters)
        keys = [(table, key_of(table, item)) for table, item in changes]
        before = [now(self, table, key) for table, key in keys]
        try:
            return call(self, operation, parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            units.written[units.phase, "refused"] += max(1, _units(before[0]))
            raise
        finally:
            for (table, key), held in zip(keys, before, strict=True):
                after = now(self, table, key)
                if after != held or operation != "BatchWriteItem":
                    units.write(table, held, after)

    client._make_api_call = counted
    try:
        yield units
    finally:
        client._make_api_call = call


def _changes(operation: str, parameters: Mapping[str, Any]) -> list[tuple[str, Item]]:
    if operation != "BatchWriteItem":
        return [(parameters["TableName"], parameters["Item"] if operation == "PutItem" else parameters["Key"])]
    return [
        (table, one["PutRequest"]["Item"] if "PutRequest" in one else one["DeleteRequest"]["Key"])
        for table, requests in parameters["RequestItems"].items()
        for one in requests
    ]


def _read_units(operation: str, parameters: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    """Items of one query are billed together, those of a batch each for itself."""
    if operation == "Query":
        size = sum(map(item_bytes, answer.get("Items", ())))
        return max(1, -(-size // READ_BYTES)) * (1.0 if parameters.get("ConsistentRead") else 0.5)
    if operation == "GetItem":
        items, consistent = [answer.get("Item") or {}], parameters.get("ConsistentRead", False)
        return max(1, -(-item_bytes(items[0]) // READ_BYTES)) * (1.0 if consistent else 0.5)
    total = 0.0
    for table, asked in parameters["RequestItems"].items():
        found = answer.get("Responses", {}).get(table, ())
        missing = len(asked["Keys"]) - len(found)
        whole = sum(max(1, -(-item_bytes(item) // READ_BYTES)) for item in found) + missing
        total += whole * (1.0 if asked.get("ConsistentRead") else 0.5)
    return total
