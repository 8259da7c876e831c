"""Ends sessions from outside: `python -m infra.operator.sign_out SESSIONS_TABLE --user USER_ID` or `--everyone`.

Refresh tokens are dead at once, access tokens within half a minute: the authorizer looks for the session behind them.
Accounts, likes and lists stay; people sign in again.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import boto3

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


def main(arguments: Sequence[str]) -> int:
    """Signs out whom the arguments name."""
    parser = argparse.ArgumentParser(prog="python -m infra.operator.sign_out", description=__doc__)
    parser.add_argument("table", help="the sessions table's name")
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--user", help="a user id")
    who.add_argument("--everyone", action="store_true")
    given = parser.parse_args(arguments)
    count = sign_out(given.table, None if given.everyone else given.user, boto3.client("dynamodb"))
    print(f"sessions ended: {count}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
