"""Where snapshots lie: in S3 (workers download them) or at a local path (in-process tests).

In S3, `PREFIX/{sha256}.v{FORMAT}.sqlite` is immutable and `PREFIX/current.v{FORMAT}.json` names the one that counts,
with what has changed since (`pointer.py`). It is replaced by conditional writes alone: who has read another one loses.
"""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import msgspec
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.catalog.adapters.snapshot.build import FORMAT
from chalicelib.catalog.adapters.snapshot.local_copy import LocalCopy
from chalicelib.catalog.adapters.snapshot.local_place import LocalPlace
from chalicelib.catalog.adapters.snapshot.pointer import Held, Pointer, read_pointer
from chalicelib.catalog.model import CatalogChangedError, CatalogUnavailableError

log = logging.getLogger(__name__)
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")  # S3's rules for names, as far as a slip of the pen goes

KEPT_SNAPSHOTS = 3  # a worker that has just read current.json must still find what it names
# Nor is one forgotten that was sent just now: whoever built it may not have put it in place yet.
FORGET_AFTER = timedelta(hours=1)
CONNECT_SECONDS, READ_SECONDS = 1, 10  # one object of some tens of megabytes within the same region
CHUNK_BYTES = 2**20  # a snapshot never lies in memory as a whole
CURRENT = f"current.v{FORMAT}.json"
# What S3 says of a condition that does not hold, of two writers at once, and of `If-Match` for what is not there.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
LOST = ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey")


class _MissingError(CatalogUnavailableError):
    """The bucket answers, and the object is not there."""


class SnapshotPlace(Protocol):
    """Somewhere snapshots are published and found again. Every method may raise `CatalogUnavailableError`."""

    look_every_seconds: float

    def find_current(self) -> Held | None:
        """The pointer that counts now; None when there is none yet. One request."""

    def put_current(self, pointer: Pointer, tag: str | None) -> None:
        """Puts a pointer in place of the one that was read with this tag; None: of no pointer. One request.

        Raises:
            CatalogChangedError: somebody else has written meanwhile.
        """

    def fetch(self, version: str, let_go: Callable[[], None]) -> Path:
        """A local, complete file with that snapshot. `let_go` is called when there is no room for it beside the last
        one, which must be closed then."""

    def store(self, built: Path) -> str:
        """Keeps a finished snapshot, and says what names it. Nobody reads it before a pointer names it."""

    def forget_old(self, *kept: str) -> None:
        """Removes snapshots that no reader can still want; these stay."""


def place_of(url: str) -> SnapshotPlace:
    """The place that `s3://BUCKET/PREFIX` or `sqlite:///PATH` names."""
    if url.startswith("s3://"):
        bucket, _, prefix = url.removeprefix("s3://").partition("/")
        if BUCKET.fullmatch(bucket):
            return S3Place(bucket, prefix.strip("/"))
    if url.startswith("sqlite:///"):
        return LocalPlace(Path("/" + url.removeprefix("sqlite:").lstrip("/")))
    raise ValueError(f"A catalogue lies at https://…, s3://BUCKET/PREFIX or sqlite:///PATH, not {url!r}")


class S3Place:
    """A prefix in a bucket."""

    # api.md: a change is seen within 30 s, the answer under way included; a worker makes 144 small reads an hour.
    look_every_seconds = 25.0

    def __init__(self, bucket: str, prefix: str) -> None:
        self.bucket, self.prefix = bucket, f"{prefix}/" if prefix else ""
        self._client: Any = None
        self._copy = LocalCopy()

    @property
    def s3(self) -> Any:
        """The client, made at first use: most requests of a worker need no catalogue."""
        if self._client is None:
            retries: Any = {"total_max_attempts": 2, "mode": "standard"}
            config = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries=retries)
            self._client = aws.client("s3", config)
        return self._client

    def find_current(self) -> Held | None:
        try:
            with self._answered(CURRENT):
                answer = self.s3.get_object(Bucket=self.bucket, Key=self.prefix + CURRENT)
                raw = answer["Body"].read()
        except _MissingError:
            return None
        return Held(read_pointer(raw), answer["ETag"])

    def put_current(self, pointer: Pointer, tag: str | None) -> None:
        condition = {"IfNoneMatch": "*"} if tag is None else {"IfMatch": tag}
        raw = msgspec.json.encode(pointer)
        with self._answered(CURRENT):
            self.s3.put_object(Bucket=self.bucket, Key=self.prefix + CURRENT, Body=raw, **condition)

    def fetch(self, version: str, let_go: Callable[[], None]) -> Path:
        name = self._name(version)
        if found := self._copy.path_of(name):
            return found
        with self._answered(name):
            answer = self.s3.get_object(Bucket=self.bucket, Key=self.prefix + name)
            chunks = answer["Body"].iter_chunks(CHUNK_BYTES)
            return self._copy.keep(name, version, answer["ContentLength"], chunks, let_go)

    def store(self, built: Path) -> str:
        raw = built.read_bytes()
        version = sha256(raw).hexdigest()
        # With the library's own patience: who loads films can wait, and a time-out to connect also ends a slow sending.
        with self._answered(self._name(version)):
            aws.client("s3").put_object(Bucket=self.bucket, Key=self.prefix + self._name(version), Body=raw)
        return version

    def forget_old(self, *kept: str) -> None:
        with self._answered(self.prefix):
            listed = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=self.prefix).get("Contents", [])
            wanted = {self.prefix + self._name(version) for version in kept}
            old = sorted((o for o in listed if o["Key"].endswith(".sqlite") and o["Key"] not in wanted),
                         key=lambda o: o["LastModified"], reverse=True)  # fmt: skip
            for entry in old[KEPT_SNAPSHOTS - len(wanted) :]:
                if datetime.now(UTC) - entry["LastModified"] >= FORGET_AFTER:
                    self.s3.delete_object(Bucket=self.bucket, Key=entry["Key"])

    @staticmethod
    def _name(version: str) -> str:
        return f"{version}.v{FORMAT}.sqlite"

    @staticmethod
    @contextmanager
    def _answered(name: str) -> Iterator[None]:
        """Whatever goes wrong between us and the bucket is one thing to the rest of the house."""
        try:
            yield
        except ClientError as error:
            if error.operation_name == "PutObject" and error.response["Error"]["Code"] in LOST:
                raise CatalogChangedError("The film catalogue has been changed meanwhile. Try again.") from None
            if error.response["Error"]["Code"] == "NoSuchKey":
                raise _MissingError("The catalogue's snapshot is missing or damaged.") from None
            log.warning("catalogue snapshot %s cannot be read: %s", name, error)
            raise CatalogUnavailableError("The film catalogue does not answer. Try again soon.") from error
        except BotoCoreError as error:
            log.warning("catalogue snapshot %s cannot be read: %s", name, error)
            raise CatalogUnavailableError("The film catalogue does not answer. Try again soon.") from error
