"""All feedback for the learning job, from pages and from an export."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.feedback.adapters.bulk_read import ExportedFeedback, NoExportError, ScannedFeedback
from chalicelib.feedback.adapters.store import DynamoFeedbackStore
from chalicelib.feedback.model import Interaction
from chalicelib.recommendations.item_similarity.training_data import write_interactions
from tests.factories import NOW, feedback, film_id

NOW_MICROSECONDS = round(NOW.timestamp() * 1_000_000)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in (("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test"), ("DEFAULT_REGION", "us-east-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="learning")
        boto3.client("dynamodb").create_table(
            TableName="feedback",
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("user_id", "film_id", "updated_at")
            ],
            KeySchema=[
                {"AttributeName": "user_id", "KeyType": "HASH"},
                {"AttributeName": "film_id", "KeyType": "RANGE"},
            ],
            LocalSecondaryIndexes=[
                {
                    "IndexName": "by_updated_at",
                    "KeySchema": [
                        {"AttributeName": "user_id", "KeyType": "HASH"},
                        {"AttributeName": "updated_at", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        said = [
            feedback("Liked"),
            feedback("Disliked", rating="dislike"),
            feedback("Steered", steer="more_like_this"),
            feedback("Kept away", steer="exclude"),
        ]
        DynamoFeedbackStore("feedback").put_many("u", said)
        yield


EXPECTED = {
    Interaction("u", film_id("Liked"), True, NOW_MICROSECONDS),
    Interaction("u", film_id("Disliked"), False, NOW_MICROSECONDS),
    Interaction("u", film_id("Steered"), True, NOW_MICROSECONDS),
}


@pytest.mark.usefixtures("aws")
def test_likes_dislikes_and_steers_are_found_when_the_table_is_paged() -> None:
    assert set(ScannedFeedback(boto3.client("dynamodb"), "feedback").interactions()) == EXPECTED


@pytest.mark.usefixtures("aws")
def test_the_same_rows_come_out_when_the_table_is_exported() -> None:
    dynamodb = boto3.client("dynamodb")
    dynamodb.update_continuous_backups(
        TableName="feedback", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    exported = ExportedFeedback(dynamodb, boto3.client("s3"), "feedback", "learning", 5, sleep=lambda _: None)
    assert set(exported.interactions()) == EXPECTED


class SlowExports:
    """DynamoDB whose new export never ends; `earlier` is what it says of an older one."""

    def __init__(self, earlier: dict[str, Any] | None) -> None:
        self.earlier = earlier

    def describe_table(self, **_: Any) -> dict[str, Any]:
        return {"Table": {"TableArn": "arn:table"}}

    def export_table_to_point_in_time(self, **_: Any) -> dict[str, Any]:
        return {"ExportDescription": {"ExportArn": "arn:table/export/new"}}

    def list_exports(self, **_: Any) -> dict[str, Any]:
        return {"ExportSummaries": [{"ExportArn": "arn:table/export/old"}] if self.earlier else []}

    def describe_export(self, ExportArn: str) -> dict[str, Any]:  # noqa: N803
        assert self.earlier is not None or ExportArn.endswith("new")
        return {"ExportDescription": {"ExportStatus": "IN_PROGRESS"} if ExportArn.endswith("new") else self.earlier}


@pytest.mark.usefixtures("aws")
def test_yesterdays_export_serves_when_todays_is_late() -> None:
    s3 = boto3.client("s3")
    item = {"Item": {"user_id": {"S": "u"}, "film_id": {"S": "f"}, "rating": {"S": "like"},
                     "updated_at": {"S": "2026-03-01T12:00:00.000000Z"}}}  # fmt: skip
    body = gzip.compress(json.dumps(item).encode() + b"\n")
    s3.put_object(Bucket="learning", Key="exports/old/AWSDynamoDB/1/data/part.json.gz", Body=body)
    earlier = {"ExportStatus": "COMPLETED", "S3Prefix": "exports/old", "StartTime": datetime.now(UTC)}
    late = ExportedFeedback(SlowExports(earlier), s3, "feedback", "learning", 0, sleep=lambda _: None)
    assert list(late.interactions()) == [Interaction("u", "f", True, NOW_MICROSECONDS)]


@pytest.mark.usefixtures("aws")
def test_it_is_refused_when_there_is_no_export_at_all() -> None:
    late = ExportedFeedback(SlowExports(None), boto3.client("s3"), "feedback", "learning", 0, sleep=lambda _: None)
    with pytest.raises(NoExportError):
        list(late.interactions())


@pytest.mark.usefixtures("aws")
def test_the_whole_file_is_replaced_when_judgements_are_written_again() -> None:
    s3 = boto3.client("s3")
    write_interactions(s3, "learning", "feedback", [Interaction("u", "f", True, 1), Interaction("v", "f", False, 2)])
    assert write_interactions(s3, "learning", "feedback", [Interaction("w", "g", True, 3)]) == 1
    body = s3.get_object(Bucket="learning", Key="judgements/feedback.csv.gz")["Body"].read()
    assert gzip.decompress(body) == b"w,g,1,3\n"
