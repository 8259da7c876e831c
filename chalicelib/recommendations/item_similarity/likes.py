"""Everybody's likes, brought to where the engine reads them: through this function, or by the engine from an export.

Both are `daily.Likes`. What a page of the table cannot be asked for in a quarter of an hour, an export can: DynamoDB
writes it from a backup, and the engine reads its many files at once and keeps them as columns.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Literal, Protocol

from chalicelib.feedback.model import Interaction
from chalicelib.feedback.standing import Proof
from chalicelib.recommendations.item_similarity.daily import Making
from chalicelib.recommendations.item_similarity.sql import INTERACTIONS, MADE_OF, kept_sql
from chalicelib.recommendations.item_similarity.training_data import WATCHED, key_of

KEPT_PREFIX = "gathered/"  # a folder below it for each of the engine's own tables


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
    """What copies and counts them."""

    def start(self, sql: str) -> str:
        """Starts a statement without an answer. Returns what names it later on."""

    def is_done(self, query: str, until: float) -> bool:
        """Waits for it until then (seconds, `time.monotonic`). False: it still runs. Raises `QueryFailedError`."""


class PagedLikes:
    """Copied page by page into the file of the site's own likes, beside the imported ones."""

    table: str | None = INTERACTIONS

    def __init__(
        self,
        feedback: Interactions,
        write: Callable[[Iterable[Interaction]], int],
        write_watched: Callable[[datetime], int],
    ) -> None:
        self.feedback, self.write, self.write_watched = feedback, write, write_watched

    def begin(self) -> str:
        return "pages"

    def progress(self, begun: str) -> Literal["running", "done", "failed"]:  # noqa: ARG002 - nothing is waited for
        return "done"

    def gather(self, begun: str, so_far: Making, now: datetime, until: float) -> Making:  # noqa: ARG002
        """All in one step: 148,000 likes a second, so about 8 million in a quarter of an hour's function."""
        self.write(self.feedback.interactions(now))
        self.write_watched(now)
        return Making(is_ready=True)


class ExportedLikes:
    """Copied by the engine, out of an export and the imported files, and counted there: into tables of its own, one
    statement after the other, however many steps of the job that takes. `own` is the key of the file that `PagedLikes`
    writes: it goes, or the site's own likes would count twice. What was watched comes through the function in a file,
    which goes as soon as histories are made of it."""

    table: str | None = None

    def __init__(
        self,
        exports: Exports,
        engine: Engine,
        s3: Any,
        bucket: str,
        own: str,
        proof: Proof,
        write_watched: Callable[[datetime], int],
    ) -> None:
        self.exports, self.engine, self.proof, self.write_watched = exports, engine, proof, write_watched
        self.s3, self.bucket, self.own = s3, bucket, own

    def begin(self) -> str:
        return self.exports.start()

    def progress(self, begun: str) -> Literal["running", "done", "failed"]:
        if not begun.startswith("arn:"):  # begun page by page, by a stage that has backups only now
            return "failed"
        return self.exports.progress(begun)

    def gather(self, begun: str, so_far: Making, now: datetime, until: float) -> Making:
        """Starts the next statement, or waits for the one under way. Nobody else writes there: one step at a time
        holds the run."""
        if so_far.query:
            if not self.engine.is_done(so_far.query, until):
                return so_far
            made = so_far.made + 1
            if made == 1:
                self.s3.delete_object(Bucket=self.bucket, Key=key_of(WATCHED))
            return Making(made=made, is_ready=made == len(MADE_OF))
        if not so_far.made:
            self.s3.delete_object(Bucket=self.bucket, Key=self.own)
            self._clear(KEPT_PREFIX)
            self.write_watched(now)
        statement = kept_sql(begun.rpartition("/")[2], self.proof, now)[so_far.made]
        return Making(made=so_far.made, query=self.engine.start(statement))

    def _clear(self, prefix: str) -> None:
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            if old := [{"Key": one["Key"]} for one in page.get("Contents", [])]:
                self.s3.delete_objects(Bucket=self.bucket, Delete={"Objects": old, "Quiet": True})
