"""All interactions of all users, for the daily learning job: an export of the table, or page by page.

The export reads a backup and costs the table nothing, and the query engine reads its files by itself; emulators have
neither, so there the same rows come from a paged scan. No request does either.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any, Literal

from chalicelib.feedback.model import Interaction
from chalicelib.feedback.standing import Proof, Word, is_proven

EXPORTS = "exports"
PROGRESS: Mapping[str, Literal["running", "done", "failed"]] = {
    "IN_PROGRESS": "running", "COMPLETED": "done", "FAILED": "failed"
}  # fmt: skip


class ScannedFeedback:
    """Reads the table itself, 1 MB a page."""

    def __init__(self, dynamodb: Any, table: str, proof: Proof) -> None:
        self.dynamodb, self.table, self.proof = dynamodb, table, proof

    def interactions(self, now: datetime) -> Iterator[Interaction]:
        """Of proven viewers, one after the other; half a read unit for every 4 KB."""
        pages = self.dynamodb.get_paginator("scan").paginate(
            TableName=self.table,
            ProjectionExpression="user_id, film_id, rating, steer, updated_at, rated_at, unconfirmed",
        )
        return interactions_of((item for page in pages for item in page["Items"]), self.proof, now)


class FeedbackExports:
    """Has DynamoDB export the table to S3, which needs point-in-time recovery."""

    def __init__(self, dynamodb: Any, table: str, bucket: str) -> None:
        self.dynamodb, self.table, self.bucket = dynamodb, table, bucket

    def start(self) -> str:
        """Begins an export to `exports/AWSDynamoDB/{id}/data/*.json.gz`; `id` is the last part of the ARN it returns.

        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
        """
        table_arn = self.dynamodb.describe_table(TableName=self.table)["Table"]["TableArn"]
        started = self.dynamodb.export_table_to_point_in_time(
            TableArn=table_arn, S3Bucket=self.bucket, S3Prefix=EXPORTS, ExportFormat="DYNAMODB_JSON"
        )
        return str(started["ExportDescription"]["ExportArn"])

    def progress(self, export_arn: str) -> Literal["running", "done", "failed"]:
        """How far it has come; one that DynamoDB knows no more has failed."""
        try:
            described = self.dynamodb.describe_export(ExportArn=export_arn)["ExportDescription"]
        except self.dynamodb.exceptions.ExportNotFoundException:
            return "failed"
        return PROGRESS[described["ExportStatus"]]


def interactions_of(items: Iterable[dict[str, dict[str, str]]], proof: Proof, now: datetime) -> Iterator[Interaction]:
    """What proven viewers have said. A table keeps a viewer's items together, so no more than theirs are held; were
    they apart, the viewer would be judged by a part, which lets in nobody new."""
    for _, group in groupby(items, key=lambda item: item["user_id"]["S"]):
        given = list(group)
        words = [Word(datetime.fromisoformat(item["updated_at"]["S"]), "unconfirmed" in item) for item in given]
        if is_proven(words, proof, now):
            yield from (found for item in given if (found := interaction_of(item)) is not None)


def interaction_of(item: dict[str, dict[str, str]]) -> Interaction | None:
    """From an item in DynamoDB's JSON. "More like this" is a like; a film that is only kept away has not been watched,
    and is None."""
    rating, steer = item.get("rating", {}).get("S"), item.get("steer", {}).get("S")
    if rating is None and steer != "more_like_this":
        return None
    moment = datetime.fromisoformat(item.get("rated_at", item["updated_at"])["S"])
    liked = True if steer == "more_like_this" else {"like": True, "dislike": False}.get(rating or "")
    return Interaction(item["user_id"]["S"], item["film_id"]["S"], liked, round(moment.timestamp() * 1_000_000))
