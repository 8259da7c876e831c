"""Ends sessions from outside.

    python -m infra sign-out --user 6b1e63c8-5f7e-4b3e-8f0a-3a1d4f7b2c90
    python -m infra sign-out --everyone --stack films-test

Refresh tokens are dead at once, access tokens within half a minute: the authorizer looks for the session behind them.
Accounts, likes and lists stay; people sign in again.
"""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3

from infra.stack_outputs import add_stack, outputs

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def sign_out(table: str, user_id: str | None, client: "DynamoDBClient") -> int:
    """Deletes the sessions of one user, or of all (None). Returns how many there were."""
    count = 0
    for pk, sk in _session_keys(table, user_id, client):
        client.delete_item(TableName=table, Key={"pk": {"S": pk}, "sk": {"S": sk}})
        count += 1
    return count


def _session_keys(table: str, user_id: str | None, client: "DynamoDBClient") -> Iterator[tuple[str, str]]:
    if user_id is None:  # a rare command of the operator's, so it may read the whole table
        pages = client.get_paginator("scan").paginate(
            TableName=table,
            FilterExpression="begins_with(sk, :session)",
            ExpressionAttributeValues={":session": {"S": "session#"}},
            ProjectionExpression="pk, sk",
            ConsistentRead=True,
        )
        items = [item for page in pages for item in page["Items"]]
    else:
        found = client.get_paginator("query").paginate(
            TableName=table,
            KeyConditionExpression="pk = :user AND begins_with(sk, :session)",
            ExpressionAttributeValues={":user": {"S": f"user#{user_id}"}, ":session": {"S": "session#"}},
            ConsistentRead=True,
        )
        items = [item for page in found for item in page["Items"]]
    for item in items:
        yield item["pk"]["S"], item["sk"]["S"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whom, and in which stack."""
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--user", metavar="USER_ID", help="this viewer")
    who.add_argument("--everyone", action="store_true")
    add_stack(parser)


def run(given: argparse.Namespace) -> int:
    """Signs out, and says how many sessions there were."""
    table = outputs(given.stack)["SessionsTable"]
    count = sign_out(table, None if given.everyone else given.user, boto3.client("dynamodb"))
    print(f"sessions ended: {count}")
    return 0
