"""Films' vectors as one object in S3, whatever engine holds the films: `PREFIX/films.v1`, replaced as a whole.

It lies apart from the catalogue's snapshot, for three reasons: few functions need it, it has been paid for and outlives
a reload, and a site without it lacks nothing else. Written by one worker at a time, on the condition that the object is
still the one that was read.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import msgspec
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.catalog.meaning import FilmVectors, Known, Nearest, Spent, Vector, known_in, with_new
from chalicelib.catalog.model import CatalogChangedError, CatalogUnavailableError

log = logging.getLogger(__name__)

NAME = "films.v1"
LOOK_EVERY_SECONDS = 600.0  # for nearest films alone: new ones come by some dozen a minute at the most
CONNECT_SECONDS, READ_SECONDS = 1, 10
LOST = ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey")
DOWN = "The films' vectors cannot be read. Try again soon."


class _Read(NamedTuple):
    """The object as it was read; `tag` is what a conditional write compares, None where there is none yet."""

    held: FilmVectors
    tag: str | None


class FilmVectorFile:
    """`FilmVectorStore` at `s3://BUCKET/PREFIX`."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._bucket, _, prefix = url.removeprefix("s3://").partition("/")
        self._key = f"{prefix.strip('/')}/{NAME}".lstrip("/")
        self._clock = clock
        self._client: Any = None
        self._nearest, self._tag, self._looked_at = Nearest(FilmVectors()), "", float("-inf")
        self._lock = threading.Lock()

    def nearest(self, vector: Vector, limit: int) -> list[str]:
        with self._lock:
            if self._clock() - self._looked_at >= LOOK_EVERY_SECONDS:
                self._look()
            return self._nearest(vector, limit)

    def known(self, model: str) -> Known:
        return known_in(self._read().held, model)

    def put(self, model: str, new: Mapping[str, tuple[bytes, bytes]], spent: Spent, gone: Iterable[str] = ()) -> None:
        held, tag = self._read()
        raw = msgspec.msgpack.encode(with_new(held, model, new, spent, gone))
        condition = {"IfNoneMatch": "*"} if tag is None else {"IfMatch": tag}
        with self._answered():
            self._s3.put_object(Bucket=self._bucket, Key=self._key, Body=raw, **condition)

    @property
    def _s3(self) -> Any:
        if self._client is None:
            retries: Any = {"total_max_attempts": 2, "mode": "standard"}
            config = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries=retries)
            self._client = aws.client("s3", config)
        return self._client

    def _look(self) -> None:
        """What is at hand serves on where nothing newer can be had."""
        try:
            read = self._read(self._tag)
        except CatalogUnavailableError:
            if not self._tag:
                raise
            self._looked_at = self._clock()
            return
        if read is not None:
            self._nearest, self._tag = Nearest(read.held), read.tag or ""
        self._looked_at = self._clock()

    def _read(self, unless: str = "") -> Any:
        """The object (`_Read`); an empty one where there is none. None where it is still the one `unless` names."""
        condition = {"IfNoneMatch": unless} if unless else {}
        try:
            with self._answered():
                answer = self._s3.get_object(Bucket=self._bucket, Key=self._key, **condition)
                raw = answer["Body"].read()
                return _Read(msgspec.msgpack.decode(raw, type=FilmVectors), str(answer["ETag"]))
        except _NotThereError:
            return _Read(FilmVectors(), None)
        except _UnchangedError:
            return None

    @staticmethod
    @contextmanager
    def _answered() -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
            if error.operation_name == "PutObject" and code in LOST:
                raise CatalogChangedError("The films' vectors have been changed meanwhile. Try again.") from None
            if status == 304:
                raise _UnchangedError from None
            if code == "NoSuchKey":
                raise _NotThereError(DOWN) from None
            log.warning("films' vectors: %s", error)
            raise CatalogUnavailableError(DOWN) from error
        except (BotoCoreError, msgspec.MsgspecError) as error:
            log.warning("films' vectors: %s", error)
            raise CatalogUnavailableError(DOWN) from error


class _UnchangedError(Exception):
    """The object is the one that was read before."""


class _NotThereError(CatalogUnavailableError):
    """Nobody has embedded a film yet."""
