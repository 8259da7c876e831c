"""Files of events lie where the engine's table points, and say when another one has come."""

import csv
import gzip
import io
from collections.abc import Iterator
from datetime import date

import boto3
import pytest
from moto import mock_aws

from chalicelib.outcomes.adapters.files import S3EventFiles
from tests.aws import nobodys_account

DAY = date(2026, 3, 1)
ROWS = [("a", "shown", "film", 1, "personal", 3, "home", "", "v"), ("a", "opened", "film", 2, "", 0, "", "", "")]


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3EventFiles]:
    nobodys_account(monkeypatch, "us-east-1")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="learning")
        yield S3EventFiles(boto3.client("s3"), "learning")


def test_a_file_lies_in_its_days_folder_as_packed_csv_without_a_header(files: S3EventFiles) -> None:
    files.write_file(DAY, "one", ROWS)
    body = boto3.client("s3").get_object(Bucket="learning", Key="events/day=2026-03-01/one.csv.gz")["Body"].read()
    rows = list(csv.reader(io.StringIO(gzip.decompress(body).decode())))
    assert rows == [[str(value) for value in row] for row in ROWS]


def test_a_day_has_another_fingerprint_when_another_file_has_come_and_only_then(files: S3EventFiles) -> None:
    assert files.fingerprint(DAY) == ""
    files.write_file(DAY, "one", ROWS)
    first = files.fingerprint(DAY)
    files.write_file(DAY, "one", ROWS)
    files.write_file(date(2026, 3, 2), "two", ROWS)
    assert files.fingerprint(DAY) == first != ""
    files.write_file(DAY, "two", ROWS)
    assert files.fingerprint(DAY) not in ("", first)


def test_more_files_than_one_answer_lists_are_all_looked_at(files: S3EventFiles) -> None:
    for number in range(1_001):
        files.write_file(DAY, f"{number:04}", [])
    before = files.fingerprint(DAY)
    files.write_file(DAY, "1001", [])
    assert files.fingerprint(DAY) != before
