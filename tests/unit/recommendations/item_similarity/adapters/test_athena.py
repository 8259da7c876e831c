"""Athena as AWS writes its results, and as the emulator does."""

import io
import time
from typing import Any

import pytest

from chalicelib.recommendations.item_similarity.adapters.athena import Athena, QueryFailedError

RESULT = b'"film_id","code"\r\n"a","0"\r\n"b",\r\n'


class NoSuchKeyError(Exception):
    """What S3 says of a key that is not there."""


class FakeS3:
    """Objects by key."""

    class exceptions:  # noqa: N801 - botocore's name
        NoSuchKey = NoSuchKeyError

    def __init__(self, objects: dict[str, bytes]) -> None:
        self.objects = objects

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: ARG002, N803
        if Key not in self.objects:
            raise NoSuchKeyError
        return {"Body": io.BytesIO(self.objects[Key])}


class FakeAthena:
    """Goes through these states, one a look."""

    def __init__(self, *states: str) -> None:
        self.states = list(states)
        self.stopped = False
        self.started: list[str] = []

    def start_query_execution(self, QueryString: str, **_: Any) -> dict[str, str]:  # noqa: N803
        self.started.append(QueryString)
        return {"QueryExecutionId": f"q{len(self.started)}"}

    def get_query_execution(self, QueryExecutionId: str) -> dict[str, Any]:  # noqa: N803
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return {
            "QueryExecution": {
                "Status": {"State": state, "StateChangeReason": "line 3: no such column"},
                "ResultConfiguration": {"OutputLocation": f"s3://bucket/results/{QueryExecutionId}.csv"},
            }
        }

    def stop_query_execution(self, QueryExecutionId: str) -> None:  # noqa: ARG002, N803
        self.stopped = True


def engine(athena: FakeAthena, objects: dict[str, bytes], wait_seconds: float = 5) -> Athena:
    return Athena(athena, FakeS3(objects), "db", "wg", wait_seconds, sleep=lambda _: None)


@pytest.mark.parametrize("key", ["results/q1.csv", "results/q1.csv/q1.csv"])
def test_rows_are_read_when_the_query_is_done(key: str) -> None:
    rows = list(engine(FakeAthena("QUEUED", "RUNNING", "SUCCEEDED"), {key: RESULT}).rows("SELECT 1"))
    assert rows == [{"film_id": "a", "code": "0"}, {"film_id": "b", "code": ""}]


def test_the_engines_words_are_passed_on_when_it_fails() -> None:
    with pytest.raises(QueryFailedError, match="no such column"):
        list(engine(FakeAthena("RUNNING", "FAILED"), {}).rows("SELECT 1"))


def test_the_query_is_stopped_when_it_takes_too_long() -> None:
    athena = FakeAthena("RUNNING")
    with pytest.raises(QueryFailedError, match="not done"):
        list(engine(athena, {}, wait_seconds=0).rows("SELECT 1"))
    assert athena.stopped


def test_queries_that_were_begun_together_are_not_started_again() -> None:
    athena = FakeAthena("SUCCEEDED")
    known = engine(athena, {"results/q1.csv": RESULT, "results/q2.csv": b'"n"\r\n"2"\r\n'})
    known.begin(["SELECT 1", "SELECT 2"])
    assert list(known.rows("SELECT 2")) == [{"n": "2"}]
    assert len(list(known.rows("SELECT 1"))) == 2
    assert athena.started == ["SELECT 1", "SELECT 2"]


def test_a_statement_without_an_answer_is_looked_at_until_it_is_done() -> None:
    athena = FakeAthena("QUEUED", "RUNNING", "SUCCEEDED")
    known = engine(athena, {})
    assert known.is_done(known.start("INSERT"), time.monotonic() + 5)
    assert athena.states == ["SUCCEEDED"]
    with pytest.raises(QueryFailedError, match="no such column"):
        engine(FakeAthena("FAILED"), {}).is_done("q1", time.monotonic() + 5)


def test_a_statement_goes_on_running_when_nobody_waits_any_longer() -> None:
    athena = FakeAthena("RUNNING")
    assert not engine(athena, {}).is_done("q1", time.monotonic() - 1)
    assert not athena.stopped
