"""All interactions of all users, for the daily learning job: from an export of the table, or page by page.

The export reads a backup and costs the table nothing; emulators have none, so there the same rows come from a paged
scan. No request and no hourly step does either.
"""

import gzip
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from chalicelib.errors import UnavailableError
from chalicelib.feedback.model import Interaction

POLL_SECONDS = 10.0  # an export takes minutes
FRESH_ENOUGH_SECONDS = 2 * 86_400  # yesterday's finished export serves when today's is still on its way

_line = msgspec.json.Decoder()


class NoExportError(UnavailableError):
    """The table could not be exported, and no earlier export is fresh enough."""


class ScannedFeedback:
    """Reads the table itself, 1 MB a page."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self.dynamodb, self.table = dynamodb, table

    def interactions(self) -> Iterator[Interaction]:
        """In no particular order; half a read unit for every 4 KB."""
        pages = self.dynamodb.get_paginator("scan").paginate(
            TableName=self.table,
            ProjectionExpression="user_id, film_id, rating, steer, updated_at, rated_at",
        )
        for page in pages:
            for item in page["Items"]:
                if (found := interaction_of(item)) is not None:
                    yield found


class ExportedFeedback:
    """Has DynamoDB export the table to S3 (it needs point-in-time recovery) and reads what it wrote."""

    def __init__(
        self,
        dynamodb: Any,
        s3: Any,
        table: str,
        bucket: str,
        wait_seconds: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.dynamodb, self.s3, self.table, self.bucket = dynamodb, s3, table, bucket
        self.wait_seconds, self.sleep = wait_seconds, sleep

    def interactions(self) -> Iterator[Interaction]:
        """In no particular order.

        Raises:
            NoExportError: none finished in time, and none of the last two days is left.
        """
        prefix = self._finished_prefix()
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        for page in pages:
            for entry in page.get("Contents", []):
                if entry["Key"].endswith(".gz") and "/data/" in entry["Key"]:
                    yield from self._read(entry["Key"])

    def _finished_prefix(self) -> str:
        table_arn = self.dynamodb.describe_table(TableName=self.table)["Table"]["TableArn"]
        prefix = f"exports/{uuid.uuid4().hex}"  # one a run, so that runs cannot be taken for each other
        started = self.dynamodb.export_table_to_point_in_time(
            TableArn=table_arn, S3Bucket=self.bucket, S3Prefix=prefix, ExportFormat="DYNAMODB_JSON"
        )["ExportDescription"]["ExportArn"]
        deadline = time.monotonic() + self.wait_seconds
        while (status := self._status(started)) == "IN_PROGRESS" and time.monotonic() < deadline:
            self.sleep(POLL_SECONDS)
        if status == "COMPLETED":
            return f"{prefix}/"
        for known in self.dynamodb.list_exports(TableArn=table_arn)["ExportSummaries"]:
            described = self.dynamodb.describe_export(ExportArn=known["ExportArn"])["ExportDescription"]
            age = (datetime.now(UTC) - described["StartTime"]).total_seconds() if "StartTime" in described else 0.0
            if described["ExportStatus"] == "COMPLETED" and age < FRESH_ENOUGH_SECONDS:
                return f"{described['S3Prefix']}/"
        raise NoExportError(f"The export of the feedback table is {status}.")

    def _status(self, export_arn: str) -> str:
        return str(self.dynamodb.describe_export(ExportArn=export_arn)["ExportDescription"]["ExportStatus"])

    def _read(self, key: str) -> Iterator[Interaction]:
        with gzip.open(self.s3.get_object(Bucket=self.bucket, Key=key)["Body"]) as lines:
            for line in lines:
                if line.strip() and (found := interaction_of(_line.decode(line)["Item"])) is not None:
                    yield found


def interaction_of(item: dict[str, dict[str, str]]) -> Interaction | None:
    """From an item in DynamoDB's JSON. "More like this" is a like; a film that is only kept away says nothing of its
    quality, or only seen, and is None."""
    rating, steer = item.get("rating", {}).get("S"), item.get("steer", {}).get("S")
    if rating in (None, "seen") and steer != "more_like_this":
        return None
    moment = datetime.fromisoformat(item.get("rated_at", item["updated_at"])["S"])
    liked = rating == "like" or steer == "more_like_this"
    return Interaction(item["user_id"]["S"], item["film_id"]["S"], liked, round(moment.timestamp() * 1_000_000))
