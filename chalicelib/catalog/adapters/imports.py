"""Files of films in S3 until they are taken: `imports/files/{id}`, and what is known of each in `imports/states/{id}`.

Their bucket forgets both after a week (`infra/deploy/template/stores.py`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.catalog.imports import Import
from chalicelib.catalog.model import CatalogUnavailableError

FILES, STATES = "imports/files/", "imports/states/"
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


@contextmanager
def _answered() -> Iterator[None]:
    """Whatever goes wrong between us and the bucket is one thing; `KeyError` for an object that is not there."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
            raise KeyError from None
        raise CatalogUnavailableError("Imports cannot be looked at right now. Try again soon.") from error
    except BotoCoreError as error:
        raise CatalogUnavailableError("Imports cannot be looked at right now. Try again soon.") from error
