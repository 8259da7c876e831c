"""Tables as the deployed template makes them, in moto: a store is tested on the keys and indexes that it will have."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from moto import mock_aws

from infra.deploy.template.tables import tables

KEPT = (
    "AttributeDefinitions",
    "KeySchema",
    "BillingMode",
    "LocalSecondaryIndexes",
    "GlobalSecondaryIndexes",
)


@contextmanager
def table(logical_id: str) -> Iterator[str]:
    """Inside, the table exists under its logical id, which is what it yields."""
    resource: Any = tables()[logical_id]
    properties = {name: value for name, value in resource["Properties"].items() if name in KEPT}
    with mock_aws():
        boto3.client("dynamodb").create_table(TableName=logical_id, **properties)
        yield logical_id
