"""Everybody's likes, brought to where the engine reads them: through this function, or by the engine from an export.

Both are `daily.Likes`. What a page of the table cannot be asked for in a quarter of an hour, an export can: DynamoDB
writes it from a backup, and the engine reads its many files at once and keeps them as columns.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Literal, Protocol

from chalicelib.feedback.model import Interaction
from chalicelib.feedback.standing import Proof
from chalicelib.recommendations.item_similarity.sql import gather_sql

IMPORTED, GATHERED = "interactions", "gathered"
GATHERED_PREFIX = f"{GATHERED}/"


class Interactions(Protocol):
    """The site's own feedback."""

    def interactions(self, now: datetime) -> Iterator[Interaction]:
        """All that proven viewers have said, in no particular order."""


class Exports(Protocol):
    """Exports of the feedback table to S3."""

    def start(self) -> str:
        """Begins one. Returns its ARN."""

    def progress(self, export_arn: str) -> Literal["running", "done", "failed"]:
        """How far it has come."""


class Engine(Protocol):
    """What copies them."""

    def run(self, sql: str) -> None:
        """A statement without an answer."""


class PagedLikes:
    """Copied page by page into the file of the site's own likes, beside the imported ones."""

    def __init__(self, feedback: Interactions, write: Callable[[Iterable[Interaction]], int]) -> None:
        self.feedback, self.write = feedback, write

    def begin(self) -> str:
        return "pages"

    def progress(self, begun: str) -> Literal["running", "done", "failed"]:  # noqa: ARG002 - nothing is waited for
        return "done"

    def gather(self, begun: str, now: datetime) -> str:  # noqa: ARG002
        self.write(self.feedback.interactions(now))
        return IMPORTED


class ExportedLikes:
    """Copied by the engine, out of an export and the imported files. `own` is the key of the file that `PagedLikes`
    writes: it goes, or the site's own likes would count twice."""

    def __init__(self, exports: Exports, engine: Engine, s3: Any, bucket: str, own: str, proof: Proof) -> None:
        self.exports, self.engine, self.proof = exports, engine, proof
        self.s3, self.bucket, self.own = s3, bucket, own

    def begin(self) -> str:
        return self.exports.start()

    def progress(self, begun: str) -> Literal["running", "done", "failed"]:
        if not begun.startswith("arn:"):  # begun page by page, by a stage that has backups only now
            return "failed"
        return self.exports.progress(begun)

    def gather(self, begun: str, now: datetime) -> str:
        """Nobody else writes there: one step at a time holds the run."""
        self.s3.delete_object(Bucket=self.bucket, Key=self.own)
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=GATHERED_PREFIX)
        for page in pages:
            if old := [{"Key": one["Key"]} for one in page.get("Contents", [])]:
                self.s3.delete_objects(Bucket=self.bucket, Delete={"Objects": old, "Quiet": True})
        self.engine.run(gather_sql(begun.rpartition("/")[2], self.proof, now))
        return GATHERED
