"""Where snapshots lie: in S3 (workers download them) or at a local path (in-process tests).

In S3, `PREFIX/{sha256}.v{FORMAT}.sqlite` is immutable and `PREFIX/current.v{FORMAT}.json` names the one that counts.
"""

import hashlib
import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import msgspec
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.catalog.adapters.snapshot.build import FORMAT
from chalicelib.catalog.adapters.snapshot.local_copy import LocalCopy
from chalicelib.catalog.model import CatalogUnavailableError

log = logging.getLogger(__name__)

KEPT_SNAPSHOTS = 3  # a worker that has just read current.json must still find what it names
CONNECT_SECONDS, READ_SECONDS = 1, 10  # one object of some tens of megabytes within the same region
CHUNK_BYTES = 2**20  # a snapshot never lies in memory as a whole


class Current(msgspec.Struct, frozen=True):
    """The content of current.json."""

    sha256: str
    films: int


class _MissingError(CatalogUnavailableError):
    """The bucket answers, and the object is not there."""


class SnapshotPlace(Protocol):
    """Somewhere snapshots are published and found again."""

    look_every_seconds: float

    def current(self) -> str | None:
        """What names the newest snapshot; None when there is none yet. Raises `CatalogUnavailableError`."""

    def fetch(self, version: str, let_go: Callable[[], None]) -> Path:
        """A local, complete file with that snapshot. `let_go` is called when there is no room for it beside the last
        one, which must be closed then. Raises `CatalogUnavailableError`."""

    def publish(self, built: Path, films: int) -> None:
        """Makes a finished snapshot the current one, in one step."""


def place_of(url: str) -> SnapshotPlace:
    """The place that `s3://BUCKET/PREFIX` or `sqlite:///PATH` names."""
    if url.startswith("s3://"):
        bucket, _, prefix = url.removeprefix("s3://").partition("/")
        return S3Place(bucket, prefix.strip("/"))
    if url.startswith("sqlite:///"):
        return LocalPlace(Path("/" + url.removeprefix("sqlite:").lstrip("/")))
    raise ValueError(f"A catalogue lies at https://…, s3://BUCKET/PREFIX or sqlite:///PATH, not {url!r}")


class LocalPlace:
    """One file, replaced as a whole."""

    look_every_seconds = 0.0

    def __init__(self, path: Path) -> None:
        self.path = path

    def current(self) -> str | None:
        try:
            stat = self.path.stat()
        except FileNotFoundError:
            return None
        return f"{stat.st_ino}-{stat.st_mtime_ns}"

    def fetch(self, version: str, let_go: Callable[[], None]) -> Path:  # noqa: ARG002 (there is only one)
        return self.path

    def publish(self, built: Path, films: int) -> None:  # noqa: ARG002
        self.path.parent.mkdir(parents=True, exist_ok=True)
        near = self.path.with_name(f".{self.path.name}.{uuid.uuid4().hex}")
        near.write_bytes(built.read_bytes())
        near.replace(self.path)


class S3Place:
    """A prefix in a bucket."""

    look_every_seconds = 30.0  # design.md: a reload is seen within a minute, and costs a worker 120 small reads an hour

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

    def current(self) -> str | None:
        try:
            with self._answered(name := f"current.v{FORMAT}.json"):
                raw = self.s3.get_object(Bucket=self.bucket, Key=self.prefix + name)["Body"].read()
        except _MissingError:
            return None
        return msgspec.json.decode(raw, type=Current).sha256

    def fetch(self, version: str, let_go: Callable[[], None]) -> Path:
        name = self._name(version)
        if found := self._copy.path_of(name):
            return found
        with self._answered(name):
            answer = self.s3.get_object(Bucket=self.bucket, Key=self.prefix + name)
            chunks = answer["Body"].iter_chunks(CHUNK_BYTES)
            return self._copy.keep(name, version, answer["ContentLength"], chunks, let_go)

    def publish(self, built: Path, films: int) -> None:
        raw = built.read_bytes()
        version = hashlib.sha256(raw).hexdigest()
        # With the library's own patience: who loads films can wait, and a time-out to connect also ends a slow sending.
        s3 = aws.client("s3")
        s3.put_object(Bucket=self.bucket, Key=self.prefix + self._name(version), Body=raw)
        current = msgspec.json.encode(Current(version, films))
        s3.put_object(Bucket=self.bucket, Key=f"{self.prefix}current.v{FORMAT}.json", Body=current)
        self._forget_old(s3, version)

    def _forget_old(self, s3: Any, version: str) -> None:
        listed = s3.list_objects_v2(Bucket=self.bucket, Prefix=self.prefix).get("Contents", [])
        old = sorted((o for o in listed if o["Key"].endswith(".sqlite") and version not in o["Key"]),
                     key=lambda o: o["LastModified"], reverse=True)  # fmt: skip
        for entry in old[KEPT_SNAPSHOTS - 1 :]:
            s3.delete_object(Bucket=self.bucket, Key=entry["Key"])

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
            if error.response["Error"]["Code"] == "NoSuchKey":
                raise _MissingError("The catalogue's snapshot is missing or damaged.") from None
            log.warning("catalogue snapshot %s cannot be read: %s", name, error)
            raise CatalogUnavailableError("The film catalogue does not answer. Try again soon.") from error
        except BotoCoreError as error:
            log.warning("catalogue snapshot %s cannot be read: %s", name, error)
            raise CatalogUnavailableError("The film catalogue does not answer. Try again soon.") from error
