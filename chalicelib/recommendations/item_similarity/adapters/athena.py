"""Amazon Athena: starts the query, waits, reads its answer. The only file that speaks to it."""

import csv
import io
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from chalicelib.errors import UnavailableError

POLL_SECONDS = 1.0  # Athena itself takes seconds to minutes


class QueryFailedError(UnavailableError):
    """The engine refused or gave up; the text is the engine's."""


class Athena:
    """Runs queries in a workgroup that says where results go."""

    def __init__(
        self,
        athena: Any,
        s3: Any,
        database: str,
        workgroup: str,
        wait_seconds: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.athena, self.s3 = athena, s3
        self.database, self.workgroup = database, workgroup
        self.wait_seconds, self.sleep = wait_seconds, sleep
        self._begun: dict[str, str] = {}  # execution ids by text

    def begin(self, sqls: Sequence[str]) -> None:
        """Starts them all. Athena runs 20 queries of an account at once by default, and queues the others."""
        self._begun = {sql: self.start(sql) for sql in sqls}

    def start(self, sql: str) -> str:
        """Starts a statement, whose answer nobody waits for. Returns its id."""
        started = self.athena.start_query_execution(
            QueryString=sql, QueryExecutionContext={"Database": self.database}, WorkGroup=self.workgroup
        )
        return str(started["QueryExecutionId"])

    def is_done(self, query: str, until: float) -> bool:
        """Looks at it until then (seconds, `time.monotonic`); what still runs goes on running. Raises
        `QueryFailedError` as `rows` does."""
        while not self._place(query):
            if time.monotonic() > until:
                return False
            self.sleep(POLL_SECONDS)
        return True

    def rows(self, sql: str) -> Iterator[dict[str, str]]:
        """The answer's rows by column name, null as "".

        Raises:
            QueryFailedError: refused, failed, cancelled, or not done in `wait_seconds` (then it is stopped).
        """
        query = self._begun.pop(sql, "") or self.start(sql)
        place = urlsplit(self._wait(query))
        body = self._open(place.netloc, place.path.lstrip("/"), query)
        with io.TextIOWrapper(io.BufferedReader(_Readable(body), 1 << 20), "utf-8", newline="") as text:
            yield from csv.DictReader(text)

    def _wait(self, query: str) -> str:
        """Where the result lies."""
        deadline = time.monotonic() + self.wait_seconds
        while not (place := self._place(query)):
            if time.monotonic() > deadline:
                self.athena.stop_query_execution(QueryExecutionId=query)
                raise QueryFailedError(f"Athena: not done within {self.wait_seconds:.0f} s")
            self.sleep(POLL_SECONDS)
        return place

    def _place(self, query: str) -> str:
        """Where the result lies; "" while it is being made."""
        execution = self.athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
        status = execution["Status"]
        if status["State"] in ("FAILED", "CANCELLED"):
            raise QueryFailedError(f"Athena: {status['State']}: {status.get('StateChangeReason', '')}")
        return str(execution["ResultConfiguration"]["OutputLocation"]) if status["State"] == "SUCCEEDED" else ""

    def _open(self, bucket: str, key: str, query: str) -> Any:
        """Athena writes `<id>.csv`; MiniStack says so too and writes `<id>.csv/<id>.csv`, a little after it has said
        that the query succeeded."""
        deadline = time.monotonic() + 15
        while True:
            for name in (key, f"{key}/{query}.csv"):
                try:
                    return self.s3.get_object(Bucket=bucket, Key=name)["Body"]
                except self.s3.exceptions.NoSuchKey:
                    continue
            if time.monotonic() > deadline:
                raise QueryFailedError(f"Athena: no result at {key}")
            self.sleep(POLL_SECONDS)


class _Readable(io.RawIOBase):
    """A botocore body as a raw stream, so that a large answer is never held as a whole."""

    def __init__(self, body: Any) -> None:
        self.body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self.body.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)
