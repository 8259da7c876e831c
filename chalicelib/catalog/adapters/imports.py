"""Files in S3 until they are taken: `imports/files/{id}`, what is known of each in `imports/states/{id}`, and what it
is sorted into in `imports/pieces/{id}/{name}`.

Their bucket forgets all of it after a week (`infra/deploy/template/stores.py`).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import msgspec
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.catalog.imports import FileReplacedError, Import, NextStep, SentFile
from chalicelib.catalog.model import CatalogUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

FILES, STATES, PIECES = "imports/files/", "imports/states/", "imports/pieces/"
PAGE = 100


class S3ImportStore:
    """An `ImportStore` (see `catalog/imports.py`)."""

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket
        # Where S3 still knows an older signature, an address signed by it would be none.
        self.s3: Any = aws.client("s3", Config(signature_version="s3v4", connect_timeout=1, read_timeout=10))

    def upload_url(self, import_id: str, seconds: int) -> str:
        target = {"Bucket": self.bucket, "Key": FILES + import_id}
        return str(self.s3.generate_presigned_url("put_object", Params=target, ExpiresIn=seconds))

    def find(self, import_id: str) -> Import | None:
        try:
            with _answered():
                raw = self.s3.get_object(Bucket=self.bucket, Key=STATES + import_id)["Body"].read()
        except KeyError:
            return None
        return msgspec.json.decode(raw, type=Import)

    def put(self, import_id: str, state: Import) -> None:
        with _answered():
            self.s3.put_object(Bucket=self.bucket, Key=STATES + import_id, Body=msgspec.json.encode(state))

    def waiting(self) -> list[str]:
        with _answered():
            listed = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=FILES, MaxKeys=PAGE).get("Contents", [])
        return [one["Key"].removeprefix(FILES) for one in sorted(listed, key=lambda one: one["LastModified"])]

    def read(self, import_id: str, bytes_max: int) -> bytes | None:
        try:
            with _answered():
                answer = self.s3.get_object(Bucket=self.bucket, Key=FILES + import_id)
                return bytes(answer["Body"].read()) if answer["ContentLength"] <= bytes_max else None
        except KeyError:
            return None

    def drop_file(self, import_id: str) -> None:
        with _answered():
            self.s3.delete_object(Bucket=self.bucket, Key=FILES + import_id)

    def describe(self, import_id: str) -> SentFile | None:
        try:
            with _answered():
                answer = self.s3.head_object(Bucket=self.bucket, Key=FILES + import_id)
        except KeyError:
            return None
        return SentFile(int(answer["ContentLength"]), str(answer["ETag"]))

    def read_range(self, import_id: str, etag: str, start: int, size: int) -> bytes:
        try:
            with _answered():
                answer = self.s3.get_object(
                    Bucket=self.bucket, Key=FILES + import_id, IfMatch=etag, Range=f"bytes={start}-{start + size - 1}"
                )
                return bytes(answer["Body"].read())
        except KeyError:
            raise FileReplacedError(import_id) from None

    def put_piece(self, import_id: str, name: str, body: bytes) -> None:
        with _answered():
            self.s3.put_object(Bucket=self.bucket, Key=f"{PIECES}{import_id}/{name}", Body=body)

    def read_piece(self, import_id: str, name: str) -> bytes:
        try:
            with _answered():
                answer = self.s3.get_object(Bucket=self.bucket, Key=f"{PIECES}{import_id}/{name}")
                return bytes(answer["Body"].read())
        except KeyError:
            return b""

    def drop_pieces(self, import_id: str, names: Iterable[str]) -> None:
        with _answered():
            for name in names:
                self.s3.delete_object(Bucket=self.bucket, Key=f"{PIECES}{import_id}/{name}")


class SqsStepQueue:
    """A `StepQueue`: FIFO, of one group, so that files are taken one after the other."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client, self._url = client, url

    def send(self, import_id: str, once: str) -> None:
        body = msgspec.json.encode(NextStep(import_id)).decode()
        self._client.send_message(
            QueueUrl=self._url, MessageBody=body, MessageGroupId="imports", MessageDeduplicationId=once
        )

    def deliver_again_in(self, receipt: str, seconds: int) -> None:
        """Shortens the rest of a message that failed. Best effort: else it comes when its time-out ends."""
        with suppress(ClientError, BotoCoreError):
            self._client.change_message_visibility(QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=seconds)


@contextmanager
def _answered() -> Iterator[None]:
    """Whatever goes wrong between us and the bucket is one thing; `KeyError` for an object that is not there."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "404", "PreconditionFailed", "412", "InvalidRange"):
            raise KeyError from None
        raise CatalogUnavailableError("Imports cannot be looked at right now. Try again soon.") from error
    except BotoCoreError as error:
        raise CatalogUnavailableError("Imports cannot be looked at right now. Try again soon.") from error
