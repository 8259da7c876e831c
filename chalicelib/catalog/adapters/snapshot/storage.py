"""Where snapshots lie: in S3 (workers download them) or at a local path (in-process tests).

In S3, `PREFIX/{sha256}.v3.sqlite.gz` is immutable, packed, its films' descriptions beside it (`….v3.descriptions`);
`PREFIX/current.v3.json` names the one that counts, with what has changed since (`pointer.py`). It is replaced by
conditional writes alone: who has read another one loses. While nobody has written in format 3, what 0.1 and 0.2 left
is read: `current.v2.json` and `….v2.sqlite`, as it is.
"""

import gzip
import logging
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import msgspec
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.catalog.adapters.snapshot.descriptions import Built
from chalicelib.catalog.adapters.snapshot.formats import FORMAT, WITHOUT_NUMBER
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
CURRENT, CURRENT_BEFORE = f"current.v{FORMAT}.json", f"current.v{WITHOUT_NUMBER}.json"
SNAPSHOT, DESCRIPTIONS = f".v{FORMAT}.sqlite.gz", f".v{FORMAT}.descriptions"
GZIP_LEVEL, GZIP = 6, 31  # zlib's number for a gzip header; a higher level saves 1 % and takes thrice as long
UNPACKED_BYTES = "unpacked-bytes"  # says how much room a snapshot takes on a disk
# What S3 says of a condition that does not hold, of two writers at once, and of `If-Match` for what is not there.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
LOST = ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey")


class _MissingError(CatalogUnavailableError):
    """The bucket answers, and the object is not there."""


class SnapshotPlace(Protocol):
    """Somewhere snapshots are published and found again. Every method may raise `CatalogUnavailableError`."""

    look_every_seconds: float

    def find_current(self) -> Held | None:
        """The pointer that counts now; None when there is none yet. One request, two where nobody has written in
        today's format."""

    def put_current(self, pointer: Pointer, tag: str | None) -> None:
        """Puts a pointer in place of the one that was read with this tag; None: of no pointer. One request.

        Raises:
            CatalogChangedError: somebody else has written meanwhile.
        """

    def fetch(self, pointer: Pointer, let_go: Callable[[], None]) -> Path:
        """A local, complete file with the snapshot that a pointer names. `let_go` is called when there is no room for
        it beside the last one, which must be closed then."""

    def read_descriptions(self, version: str, start: int, size: int) -> bytes:
        """So many bytes of a snapshot's descriptions, unchecked. One request."""

    def store(self, built: Built) -> str:
        """Keeps a finished snapshot with its descriptions, and says what names it. Nobody reads it before a
        pointer names it."""

    def forget_old(self, *kept: str) -> None:
        """Removes snapshots that no reader can still want, and their descriptions; these stay."""


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
        for name in (CURRENT, CURRENT_BEFORE):
            try:
                with self._answered(name):
                    answer = self.s3.get_object(Bucket=self.bucket, Key=self.prefix + name)
                    raw = answer["Body"].read()
            except _MissingError:
                continue
            return Held(read_pointer(raw), answer["ETag"] if name == CURRENT else None)
        return None

    def put_current(self, pointer: Pointer, tag: str | None) -> None:
        condition = {"IfNoneMatch": "*"} if tag is None else {"IfMatch": tag}
        raw = msgspec.json.encode(pointer)
        with self._answered(CURRENT):
            self.s3.put_object(Bucket=self.bucket, Key=self.prefix + CURRENT, Body=raw, **condition)

    def fetch(self, pointer: Pointer, let_go: Callable[[], None]) -> Path:
        name = f"{pointer.sha256}.v{pointer.format}.sqlite"
        if found := self._copy.path_of(name):
            return found
        sent = name if pointer.format == WITHOUT_NUMBER else pointer.sha256 + SNAPSHOT
        with self._answered(sent):
            answer = self.s3.get_object(Bucket=self.bucket, Key=self.prefix + sent)
            chunks = answer["Body"].iter_chunks(CHUNK_BYTES)
            size = int(answer["Metadata"].get(UNPACKED_BYTES, answer["ContentLength"]))
            chunks = chunks if sent == name else _unpacked(chunks)
            return self._copy.keep(name, pointer.sha256, size, chunks, let_go)

    def read_descriptions(self, version: str, start: int, size: int) -> bytes:
        wanted = {"Key": f"{self.prefix}{version}{DESCRIPTIONS}", "Range": f"bytes={start}-{start + size - 1}"}
        with self._answered(version + DESCRIPTIONS):
            return bytes(self.s3.get_object(Bucket=self.bucket, **wanted)["Body"].read())

    def store(self, built: Built) -> str:
        raw = built.snapshot.read_bytes()
        version = sha256(raw).hexdigest()
        self._send(version + DESCRIPTIONS, built.descriptions.read_bytes())
        packed = gzip.compress(raw, GZIP_LEVEL, mtime=0)  # the same films are the same bytes
        self._send(version + SNAPSHOT, packed, **{UNPACKED_BYTES: str(len(raw))})
        return version

    def forget_old(self, *kept: str) -> None:
        with self._answered(self.prefix):
            listed = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=self.prefix).get("Contents", [])
            wanted = {f"{self.prefix}{version}{SNAPSHOT}" for version in kept}
            old = sorted((o for o in listed if o["Key"].endswith(SNAPSHOT) and o["Key"] not in wanted),
                         key=lambda o: o["LastModified"], reverse=True)  # fmt: skip
            for entry in old[KEPT_SNAPSHOTS - len(wanted) :]:
                if datetime.now(UTC) - entry["LastModified"] >= FORGET_AFTER:
                    name = entry["Key"].removesuffix(SNAPSHOT)
                    for key in (name + DESCRIPTIONS, name + SNAPSHOT):  # last what is listed: who dies comes again
                        self.s3.delete_object(Bucket=self.bucket, Key=key)

    def _send(self, name: str, content: bytes, **said: str) -> None:
        # With the library's own patience: who loads films can wait, and a time-out to connect also ends a slow sending.
        with self._answered(name):
            sender = aws.client("s3")
            sender.put_object(Bucket=self.bucket, Key=self.prefix + name, Body=content, Metadata=said)

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


def _unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Raises `CatalogUnavailableError` when they are cut off or damaged."""
    unpacker = zlib.decompressobj(GZIP)
    try:
        for chunk in chunks:
            yield unpacker.decompress(chunk)
    except zlib.error as error:
        raise CatalogUnavailableError("The catalogue's snapshot is missing or damaged.") from error
