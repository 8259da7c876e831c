"""Files of films in the bucket: an address that takes them, and what is known of each."""

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import boto3
import httpx
import pytest
from moto import mock_aws

from chalicelib import aws
from chalicelib.catalog.adapters.imports import S3ImportStore, SqsStepQueue
from chalicelib.catalog.imports import FileReplacedError, Import, RowError
from chalicelib.catalog.model import CatalogUnavailableError
from tests.aws import nobodys_account


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3ImportStore]:
    nobodys_account(monkeypatch, "us-east-1")
    with mock_aws():
        aws.process.cache_clear()
        boto3.client("s3").create_bucket(Bucket="films")
        yield S3ImportStore("films")


def put(key: str, body: bytes) -> None:
    boto3.client("s3").put_object(Bucket="films", Key=key, Body=body)


def test_an_address_takes_one_file_for_a_while(store: S3ImportStore) -> None:
    parts = urlsplit(store.upload_url("one", 3_600))
    asked = parse_qs(parts.query)
    assert parts.path.endswith("/imports/files/one")
    assert (asked["X-Amz-Expires"], asked["X-Amz-Algorithm"]) == (["3600"], ["AWS4-HMAC-SHA256"])
    assert httpx.Request("PUT", store.upload_url("one", 60)).url.scheme == "https"


def test_a_file_is_found_read_and_dropped(store: S3ImportStore) -> None:
    assert store.waiting() == []
    put("imports/files/one", b"rows")
    put("imports/states/one", b"{}")
    assert store.waiting() == ["one"]
    assert (store.read("one", 4), store.read("one", 3), store.read("another", 4)) == (b"rows", None, None)
    store.drop_file("one")
    store.drop_file("one")
    assert store.waiting() == []


def test_what_is_known_of_an_import_is_kept(store: S3ImportStore) -> None:
    known = Import(state="failed", rows=3, rejected=1, errors=(RowError(2, "title", "missing"),), attempts=1,
                   begun_at=datetime(2026, 1, 1, tzinfo=UTC))  # fmt: skip
    assert store.find("one") is None
    store.put("one", known)
    assert store.find("one") == known


def test_a_bucket_that_does_not_answer_is_one_thing(store: S3ImportStore) -> None:
    gone = S3ImportStore("nowhere")
    for ask in (gone.waiting, lambda: gone.find("one"), lambda: gone.read("one", 1), lambda: gone.drop_file("one")):
        with pytest.raises(CatalogUnavailableError):
            ask()


def test_a_file_is_read_by_ranges_while_it_is_the_same(store: S3ImportStore) -> None:
    assert store.describe("one") is None
    put("imports/files/one", b"0123456789")
    held = store.describe("one")
    assert held
    assert held.size == 10
    assert [store.read_range("one", held.etag, start, 4) for start in (0, 4, 8)] == [b"0123", b"4567", b"89"]
    put("imports/files/one", b"another")
    with pytest.raises(FileReplacedError):
        store.read_range("one", held.etag, 0, 4)
    with pytest.raises(FileReplacedError):
        store.read_range("another", held.etag, 0, 4)


def test_pieces_lie_beside_the_file_until_they_are_dropped(store: S3ImportStore) -> None:
    store.put_piece("one", "a", b"words")
    assert (store.read_piece("one", "a"), store.read_piece("one", "b"), store.waiting()) == (b"words", b"", [])
    store.drop_pieces("one", ["a", "b"])
    assert store.read_piece("one", "a") == b""


def test_a_step_is_sent_once_in_a_while_and_comes_again_when_told(store: S3ImportStore) -> None:
    sqs = aws.client("sqs")
    url = boto3.client("sqs").create_queue(QueueName="imports.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    queue = SqsStepQueue(sqs, url)
    for once in ("a", "a", "b"):
        queue.send("one", once)
    (first,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert first["Body"] == '{"import_id":"one"}'
    queue.deliver_again_in(first["ReceiptHandle"], 0)
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]
    assert told == {"ApproximateNumberOfMessages": "2"}
    queue.deliver_again_in("nonsense", 0)
