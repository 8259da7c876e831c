"""All feedback for the learning job, from pages and from an export."""

import gzip
import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.feedback.adapters.bulk_read import FeedbackExports, ScannedFeedback
from chalicelib.feedback.adapters.store import DynamoFeedbackStore
from chalicelib.feedback.model import Interaction
from chalicelib.feedback.standing import Proof
from chalicelib.recommendations.item_similarity.training_data import write_interactions
from tests.deployed import wait_for
from tests.factories import NOW, feedback, film_id

PROOF = Proof(after_days=7, on_days=3)
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
            feedback("Seen", rating="seen"),
            feedback("Kept away", rating=None, steer="exclude"),
        ]
        DynamoFeedbackStore("feedback").put_many("u", said)
        yield


EXPECTED = {
    Interaction("u", film_id("Liked"), True, NOW_MICROSECONDS),
    Interaction("u", film_id("Disliked"), False, NOW_MICROSECONDS),
    Interaction("u", film_id("Steered"), True, NOW_MICROSECONDS),
    Interaction("u", film_id("Seen"), None, NOW_MICROSECONDS),
}


@pytest.mark.usefixtures("aws")
def test_likes_dislikes_and_steers_are_found_when_the_table_is_paged() -> None:
    assert set(ScannedFeedback(boto3.client("dynamodb"), "feedback", PROOF).interactions(NOW)) == EXPECTED


@pytest.mark.usefixtures("aws")
def test_unproven_accounts_are_left_out_when_the_table_is_paged() -> None:
    store = DynamoFeedbackStore("feedback")
    for robot in range(40):
        store.put_many(f"robot {robot}", [feedback(name, unconfirmed=True) for name in ("Famous", "Unknown")])
    found = ScannedFeedback(boto3.client("dynamodb"), "feedback", PROOF).interactions(NOW)
    assert set(found) == EXPECTED
    store.note_confirmed("robot 7")
    found = ScannedFeedback(boto3.client("dynamodb"), "feedback", PROOF).interactions(NOW)
    assert {one.user_id for one in found} == {"u", "robot 7"}


@pytest.mark.usefixtures("aws")
def test_an_export_lies_where_the_query_engine_looks_for_it() -> None:
    dynamodb, s3 = boto3.client("dynamodb"), boto3.client("s3")
    dynamodb.update_continuous_backups(
        TableName="feedback", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    exports = FeedbackExports(dynamodb, "feedback", "learning")
    arn = exports.start()
    wait_for(lambda: exports.progress(arn) == "done" or None, 10)
    (written,) = s3.list_objects_v2(Bucket="learning")["Contents"]
    # On AWS the folder has the name that the ARN ends with; moto draws another one.
    assert re.fullmatch(r"exports/AWSDynamoDB/[\w-]+/data/[^/]+\.gz", written["Key"])


class Described:
    """DynamoDB that says this of an export, or that there is none."""

    class exceptions:  # noqa: N801 - botocore's name
        ExportNotFoundException = KeyError

    def __init__(self, status: str) -> None:
        self.status = status

    def describe_export(self, ExportArn: str) -> dict[str, Any]:  # noqa: N803
        if not self.status:
            raise KeyError(ExportArn)
        return {"ExportDescription": {"ExportStatus": self.status}}


@pytest.mark.parametrize(
    ("status", "progress"), [("IN_PROGRESS", "running"), ("COMPLETED", "done"), ("FAILED", "failed"), ("", "failed")]
)
def test_progress_is_told_whatever_dynamodb_says(status: str, progress: str) -> None:
    assert FeedbackExports(Described(status), "feedback", "learning").progress("arn:1") == progress


@pytest.mark.usefixtures("aws")
def test_the_whole_file_is_replaced_when_judgements_are_written_again() -> None:
    s3 = boto3.client("s3")
    write_interactions(s3, "learning", "feedback", [Interaction("u", "f", True, 1), Interaction("v", "f", False, 2)])
    again = [Interaction("w", "g", True, 3), Interaction("w", "h", None, 4)]
    assert write_interactions(s3, "learning", "feedback", again) == 2
    body = s3.get_object(Bucket="learning", Key="judgements/feedback.csv.gz")["Body"].read()
    assert gzip.decompress(body) == b"w,g,1,3\nw,h,2,4\n"
