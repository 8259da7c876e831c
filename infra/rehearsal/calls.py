"""What reached code asks of AWS: IAM actions with the resource, as far as the source tells.

Two kinds of calls are known: methods of a botocore client (`s3.get_object`, `get_paginator("scan")`) and operations of
a pynamodb model in a `store.py`. Which table, bucket or queue is meant is looked up in what the adapters held when the
probe had opened them. A transaction and a batch of messages are no actions of their own: IAM names their steps.
"""

import ast
import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import botocore.session
from botocore import xform_name

from infra.deploy.layer import SERVICES
from infra.rehearsal.reach import Unit, executed
from infra.rehearsal.resolve import ACCOUNT, REGION, Template

OPENSEARCH = "chalicelib.catalog.adapters.opensearch.catalog"

MODEL_CALLS = {
    "get": "GetItem", "query": "Query", "scan": "Scan", "count": "Query", "batch_get": "BatchGetItem",
    "batch_write": "BatchWriteItem",
}  # fmt: skip
WRITERS = {"BatchWriter": "BatchWriteItem"}
"""Our own classes that take a model and write to its table: the operation itself stands where no model is in sight."""
ITEM_CALLS = {"save": "PutItem", "update": "UpdateItem", "delete": "DeleteItem", "refresh": "GetItem"}
STEPS = {"save": "PutItem", "update": "UpdateItem", "delete": "DeleteItem", "condition_check": "ConditionCheckItem"}
"""Of a transaction. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html"""
IAM_NAME = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "s3:HeadObject": "s3:GetObject",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListObjects": "s3:ListBucket",
    "s3:HeadBucket": "s3:ListBucket",
}
"""Where an operation and its action are called differently: the pages of `service-authorization` for SQS and S3."""
TRANSFERS = {"upload_fileobj": "PutObject", "upload_file": "PutObject", "download_fileobj": "GetObject",
             "download_file": "GetObject"}  # fmt: skip
ON_BUCKET = ("s3:ListBucket", "s3:GetBucketLocation")
PLACE_ARGUMENTS = ("TableName", "TableArn", "QueueUrl", "Bucket", "SecretId", "WorkGroup", "ResourceArn", "TopicArn")


class Need(NamedTuple):
    """An action that code needs. `on`: a name, address or ARN that the resource's ARN has to hold, with `/index/NAME`
    behind it for an index; "" when the source does not say which resource. `place`: file and line."""

    action: str
    on: str
    place: str


class Held(NamedTuple):
    """What the live adapters hold: attributes by class (each once for every instance), and the environment."""

    by_class: Mapping[str, Sequence[Mapping[str, Any]]]
    environment: Mapping[str, str]


def needs_of(units: Sequence[Unit], held: Held) -> list[Need]:
    """Every action that these functions and methods need."""
    found: dict[Need, None] = {}
    for unit in units:
        reader = _Reader(unit, units, held)
        found |= dict.fromkeys(reader.client_calls())
        if unit.module.endswith(".store"):
            found |= dict.fromkeys(reader.model_calls())
    return list(found)


def of_search(template: Template, held: Held) -> list[Need]:
    """What requests to an OpenSearch domain need: a signature names an action by the HTTP method, and the adapter's
    reads all POST (`tests/unit/catalog/adapters/test_opensearch_client.py`)."""
    found = held.by_class.get(f"{OPENSEARCH}.OpenSearchCatalog", ())
    if not found or template.parameters.get("CatalogSign") == "no":
        return []
    domain = template.parameters.get("CatalogDomain", "*").replace("*", "rehearsal")
    arn = f"arn:aws:es:{REGION}:{ACCOUNT}:domain/{domain}/films/_search"
    return [Need("es:ESHttpPost", arn, f"{OPENSEARCH.replace('.', '/')}.py")]


class _Reader:
    """Reads one function or method."""

    def __init__(self, unit: Unit, units: Sequence[Unit], held: Held) -> None:
        self.unit, self.units, self.held = unit, units, held
        self.nodes = list(executed(unit.node))
        self.assigned: dict[str, list[ast.expr]] = {}
        for node in self.nodes:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._assign(target, node.value)
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                self._assign(node.target, node.value)
            elif isinstance(node, ast.For | ast.comprehension):
                self._assign(node.target, node.iter)
            elif isinstance(node, ast.withitem) and node.optional_vars is not None:
                self._assign(node.optional_vars, node.context_expr)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.assigned.setdefault(target.id, []).append(value)
        elif isinstance(target, ast.Tuple):
            values = value.elts if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts) else None
            for number, one in enumerate(target.elts):
                self._assign(one, values[number] if values else value)

    def client_calls(self) -> Iterator[Need]:
        """Of botocore's clients, by the method's name: the services share none that we use."""
        for node in self.nodes:
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            name, arguments = node.func.attr, {one.arg: one.value for one in node.keywords}
            if name == "get_paginator" and node.args and isinstance(node.args[0], ast.Constant):
                name, arguments = str(node.args[0].value), self._of_paginate(node)
                if name == "scan":  # a single word, but here it is a client's
                    yield from self._on("dynamodb:Scan", self.texts(arguments.get("TableName", ast.Constant(""))))
            if name in TRANSFERS:
                bucket = node.args[1] if len(node.args) > 1 else ast.Constant("")
                yield from self._on(f"s3:{TRANSFERS[name]}", self.texts(bucket))
            elif action := _actions().get(name):
                places = [arguments[one] for one in PLACE_ARGUMENTS if one in arguments]
                yield from self._on(IAM_NAME.get(action, action), self.texts(places[0]) if places else {""})

    def _of_paginate(self, paginator: ast.Call) -> dict[str | None, ast.expr]:
        for node in self.nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.value is paginator:
                return {one.arg: one.value for one in node.keywords}
        return {}

    def _on(self, action: str, places: set[str]) -> Iterator[Need]:
        for place in places or {""}:
            yield Need(action, place, self.unit.place)

    def model_calls(self) -> Iterator[Need]:
        """Of pynamodb's models and of the items made from them."""
        for node in self.nodes:
            if isinstance(node, ast.Tuple):
                yield from self._named_step(node)
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Name) and node.func.id in WRITERS and node.args:
                yield from self._items(WRITERS[node.func.id], self.models(node.args[0]))
            if not isinstance(node.func, ast.Attribute):
                continue
            name, receiver = node.func.attr, node.func.value
            models = self.models(receiver)
            if models and name in MODEL_CALLS:
                yield from self._items(MODEL_CALLS[name], models)
            elif name in ITEM_CALLS and (items := self.items(receiver)):
                yield from self._items(ITEM_CALLS[name], items)
            elif name in STEPS and node.args and self._is_transaction(receiver):
                yield from self._items(STEPS[name], self.items(node.args[0]) | self.models(node.args[0]))

    def _named_step(self, node: ast.Tuple) -> Iterator[Need]:
        """`("save", (item, condition))`: a step of a transaction that is run elsewhere."""
        if len(node.elts) != 2 or not isinstance(node.elts[0], ast.Constant) or not isinstance(node.elts[1], ast.Tuple):
            return
        name, of = str(node.elts[0].value), node.elts[1].elts
        if name in STEPS and of:
            yield from self._items(STEPS[name], self.items(of[0]) | self.models(of[0]))

    def _items(self, operation: str, tables: set[str]) -> Iterator[Need]:
        for table in tables:
            yield Need(f"dynamodb:{operation}", table, self.unit.place)

    def _is_transaction(self, receiver: ast.expr) -> bool:
        values = self.assigned.get(receiver.id, []) if isinstance(receiver, ast.Name) else []
        return any("TransactWrite" in ast.unparse(value) for value in values)

    def models(self, node: ast.expr) -> set[str]:
        """Tables (or `table/index/name`) when the expression is a model or an index of one."""
        if isinstance(node, ast.Name):
            return {one for value in self.assigned.get(node.id, []) for one in self.models(value)}
        if not isinstance(node, ast.Attribute):
            return set()
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            return {one["table"] for one in self._held(node.attr) if isinstance(one, dict) and "table" in one}
        for value in self._model_values(node.value):
            if node.attr in value["attributes"]:
                return {f"{value['table']}/index/{value['attributes'][node.attr]}"}
        return set()

    def items(self, node: ast.expr) -> set[str]:
        """Tables when the expression is an item, or a row that a query gave."""
        if isinstance(node, ast.Name):
            return {one for value in self.assigned.get(node.id, []) for one in self.items(value)}
        if isinstance(node, ast.Call):
            if found := self.models(node.func):
                return found
            if isinstance(node.func, ast.Attribute):
                if node.func.attr in ("query", "scan", "batch_get", "get"):
                    return {table.partition("/")[0] for table in self.models(node.func.value)}
                if isinstance(node.func.value, ast.Name) and node.func.value.id == "self":
                    return self._returned(node.func.attr)
            if isinstance(node.func, ast.Name) and node.args:  # list(…), iter(…)
                return self.items(node.args[0])
        return set()

    def _returned(self, method: str) -> set[str]:
        for unit in self.units:
            if unit.owner == self.unit.owner and unit.name == method:
                inner = _Reader(unit, self.units, self.held)
                returned = [one.value for one in inner.nodes if isinstance(one, ast.Return) and one.value is not None]
                return {table for value in returned for table in inner.items(value)}
        return set()

    def _model_values(self, node: ast.expr) -> list[Any]:
        if isinstance(node, ast.Name):
            return [one for value in self.assigned.get(node.id, []) for one in self._model_values(value)]
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
            return [one for one in self._held(node.attr) if isinstance(one, dict) and "table" in one]
        return []

    def _held(self, attribute: str) -> list[Any]:
        return [one[attribute] for one in self.held.by_class.get(self.unit.owner, []) if attribute in one]

    def texts(self, node: ast.expr, depth: int = 3) -> set[str]:
        """What the expression may be as a text; nothing when the source does not say."""
        if isinstance(node, ast.Constant):
            return {str(node.value)} if node.value else set()
        if isinstance(node, ast.JoinedStr):
            return self._joined(node, depth)
        if isinstance(node, ast.Name):
            if node.id in self.assigned:
                return {text for value in self.assigned[node.id] for text in self.texts(value, depth)}
            return self._passed(node.id, depth)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "queue_url" and node.args:
            names = {f"{text.upper()}_QUEUE_URL" for text in self.texts(node.args[0], depth)}
            return {self.held.environment[name] for name in names & self.held.environment.keys()}
        if isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and node.value.id == "self":
                return {one for one in self._held(node.attr) if isinstance(one, str)}
            if self._is_settings(node.value):
                known = self.held.environment.get(node.attr.upper())
                return {known} if known else set()
        return set()

    def _is_settings(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name):
            return any(self._is_settings(value) for value in self.assigned.get(node.id, []))
        return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "settings"

    def _joined(self, node: ast.JoinedStr, depth: int) -> set[str]:
        """What an f-string may be: every combination of its parts; nothing when one of them is not known."""
        texts = {""}
        for part in node.values:
            found = self.texts(part.value if isinstance(part, ast.FormattedValue) else part, depth)
            texts = {before + text for before in texts for text in found}
        return texts

    def _passed(self, parameter: str, depth: int) -> set[str]:
        """What reached code passes for a parameter: the methods of the same class, else whoever calls by that name."""
        names = [one.arg for one in self.unit.node.args.args if one.arg != "self"]
        if parameter not in names or not depth:
            return set()
        own = [unit for unit in self.units if self.unit.owner and unit.owner == self.unit.owner]
        found = self._passed_by(own, names, parameter, depth)
        return found or self._passed_by(self.units, names, parameter, depth)

    def _passed_by(self, units: Sequence[Unit], names: list[str], parameter: str, depth: int) -> set[str]:
        found: set[str] = set()
        for unit in units:
            if self.unit.name not in _called_in(unit):
                continue
            caller = _Reader(unit, self.units, self.held)
            for node in caller.nodes:
                if isinstance(node, ast.Call) and self._is_called(node.func):
                    given = dict(zip(names, node.args, strict=False)) | {str(k.arg): k.value for k in node.keywords}
                    if parameter in given:
                        found |= caller.texts(given[parameter], depth - 1)
        return found

    def _is_called(self, called: ast.expr) -> bool:
        if self.unit.owner:
            return isinstance(called, ast.Attribute) and called.attr == self.unit.name
        return isinstance(called, ast.Name) and called.id == self.unit.name


@functools.cache
def _called_in(unit: Unit) -> frozenset[str]:
    """Names that a function or method calls."""
    called = [one.func for one in executed(unit.node) if isinstance(one, ast.Call)]
    return frozenset(one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in called)


@functools.cache
def _actions() -> dict[str, str]:
    """IAM's name of every client method. Single words (`query`, `publish`) are not looked for: much is called so."""
    session, found = botocore.session.get_session(), {}
    for service in SERVICES:
        model = session.get_service_model(service)
        for operation in model.operation_names:
            method = xform_name(operation)
            if "_" in method:
                prefix = "ses" if service == "sesv2" else service
                found[method] = f"{prefix}:{operation}"
    return found
