"""Makes accounts operators, and takes that from them.

    python -m infra roles grant vera@example.com operator
    python -m infra roles revoke vera@example.com operator
    python -m infra roles list --stack films-test

It holds within half a minute: API Gateway remembers the authorizer's answer for so long. Viewers of a trusted issuer
are operators by the claim that `TrustedIssuers` names, and are not listed.
"""

import argparse
import sys
from collections.abc import Iterator

import boto3

from chalicelib import resources
from chalicelib.auth.emails import normalised
from chalicelib.errors import InvalidInputError
from infra.stack_outputs import add_stack, outputs

ROLES = ("operator",)
"""What can be granted: a viewer is everybody."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose role, and of which stack."""
    actions = parser.add_subparsers(dest="action", required=True)
    changing = [
        actions.add_parser("grant", help="give an account a role"),
        actions.add_parser("revoke", help="take it away"),
    ]
    for one in changing:
        one.add_argument("email", help="the account's e-mail address")
        one.add_argument("role", choices=ROLES, nargs="?", default=ROLES[0])
    add_stack(parser, *changing, actions.add_parser("list", help="every account that has one"))


def run(given: argparse.Namespace) -> int:
    """The exit code: 1 when there is no such account."""
    table = outputs(given.stack)["AccountsTable"]
    if given.action == "list":
        for email in sorted(_operators(table)):
            print(f"{email:40} operator")
        return 0
    accounts = resources.open_accounts(table)
    try:
        user_id = accounts.find_user_id(normalised(given.email))
    except InvalidInputError:
        user_id = None
    if user_id is None or not accounts.set_operator(user_id, is_operator=given.action == "grant"):
        print(f"✗ there is no account {given.email}", file=sys.stderr)
        return 1
    print(f"✓ {given.email} is {'an' if given.action == 'grant' else 'no longer an'} operator, within half a minute")
    return 0


def _operators(table: str) -> Iterator[str]:
    """Reads the whole table: a rare command, and no list to keep in step."""
    pages = (
        boto3.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=table,
            FilterExpression="is_operator = :yes",
            ExpressionAttributeValues={":yes": {"BOOL": True}},
            ProjectionExpression="email",
        )
    )
    for page in pages:
        for item in page["Items"]:
            yield item["email"]["S"]
