"""Takes a stack away for good: says what it would destroy, and does it in the order that CloudFormation accepts.

    python -m infra teardown --stack kinosovet
    python -m infra teardown --stack kinosovet --yes

Protected tables and buckets with objects in them keep a stack from being deleted, so protection goes first, then what
the buckets hold (every version), then the stack. Dying in between is repaired by running it again.
"""

import argparse
import sys
from collections.abc import Iterator
from itertools import batched
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from infra.deploy import change_set as changes
from infra.deploy.change_set import DeploymentError
from infra.deploy.stack import Confirm, NotConfirmedError, add_confirmation
from infra.stack_outputs import add_stack

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

TABLE, BUCKET, SECRET = "AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret"
DELETE_AT_ONCE = 1_000  # DeleteObjects takes no more


def holdings(stack: str) -> list[tuple[str, str, str]]:
    """The stack's resources that hold something: logical id, type, physical name."""
    pages = boto3.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    return [
        (one["LogicalResourceId"], one["ResourceType"], one.get("PhysicalResourceId", ""))
        for page in pages
        for one in page["StackResourceSummaries"]
        if one["ResourceType"] in (TABLE, BUCKET, SECRET) and one["ResourceStatus"] != "DELETE_COMPLETE"
    ]


def tear_down(stack: str, confirm: Confirm) -> None:
    """Deletes the stack with everything it holds; fine when there is none.

    Raises:
        DeploymentError: CloudFormation could not delete something; the text names it.
        NotConfirmedError: nothing was destroyed.
    """
    if changes.status_of(stack) in changes.ABSENT:
        return
    held = holdings(stack)
    if not confirm([f"  destroy: {logical} ({_told(kind, name)})" for logical, kind, name in held]):
        raise NotConfirmedError
    for _, kind, name in held:
        if kind == TABLE:
            _unprotect(name)
        elif kind == BUCKET:
            _empty(name)
    if left := changes.delete(stack):
        raise DeploymentError(f"{left}\n{changes.explanation(stack)}")


def _told(kind: str, name: str) -> str:
    """What is in it, in a few words; DynamoDB counts its items every six hours only."""
    try:
        if kind == TABLE:
            count = boto3.client("dynamodb").describe_table(TableName=name)["Table"].get("ItemCount", 0)
            return f"table, about {count} items"
        if kind == BUCKET:
            return f"bucket, {sum(len(batch) for batch in _versions(name))} objects and old versions"
    except ClientError as error:
        return f"{kind}: {error.response['Error']['Code']}"
    return "secret"


def _unprotect(table: str) -> None:
    dynamodb = boto3.client("dynamodb")
    try:
        if not dynamodb.describe_table(TableName=table)["Table"].get("DeletionProtectionEnabled"):
            return
        dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
        dynamodb.get_waiter("table_exists").wait(TableName=table)
    except dynamodb.exceptions.ResourceNotFoundException:
        return


def _empty(bucket: str) -> None:
    s3 = boto3.client("s3")
    for batch in _versions(bucket):
        s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})


def _versions(bucket: str) -> "Iterator[list[ObjectIdentifierTypeDef]]":
    """Everything in the bucket, old versions and deletion marks too, in batches; nothing when the bucket is gone."""
    try:
        for page in boto3.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket):
            found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            for batch in batched(found, DELETE_AT_ONCE, strict=False):
                yield [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in batch]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which stack."""
    add_stack(parser)
    add_confirmation(parser)


def run(given: argparse.Namespace) -> int:
    """Says what would go, and takes it away."""
    try:
        tear_down(given.stack, given.confirm)
    except (DeploymentError, NotConfirmedError) as error:
        print(f"✗ not torn down: {error or 'nothing was destroyed'}", file=sys.stderr)
        return 1
    print(f"{given.stack} is gone")
    return 0
