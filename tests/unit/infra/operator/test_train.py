"""`train run` goes with the job from step to step, and says what it waits for."""

import io
import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.__main__ import main
from infra.operator import train
from infra.operator.train import LearningFailedError, interactions_of, run_job, said_once


class FakeLambda:
    """The job, which answers with these outcomes; the last one for ever."""

    def __init__(self, *outcomes: str) -> None:
        self.outcomes = list(outcomes)
        self.events: list[Any] = []

    def invoke(self, FunctionName: str, Payload: bytes, **_: object) -> dict[str, Any]:  # noqa: N803
        assert FunctionName == "learn"
        self.events.append(json.loads(Payload))
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        failed = {"FunctionError": "Unhandled"} if outcome == "failed" else {}
        return {"Payload": io.BytesIO(json.dumps({"outcome": outcome}).encode())} | failed


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> FakeLambda:
    made = FakeLambda("learned")
    monkeypatch.setattr(boto3, "client", lambda *_, **__: made)
    monkeypatch.setattr(train, "POLL_SECONDS", {"exporting": 0.0, "busy": 0.0})
    return made


def test_the_job_is_woken_until_it_has_learned(job: FakeLambda, capsys: pytest.CaptureFixture[str]) -> None:
    job.outcomes = ["busy", "exporting", "exporting", "learned"]
    assert run_job("learn", said_once()) == "learned"
    assert len(job.events) == 4
    assert all(event["detail"] == {"at_once": True} for event in job.events)
    assert len(capsys.readouterr().out.splitlines()) == 2, "each sentence once"


@pytest.mark.parametrize("outcome", ["learned", "nothing to learn from", "off"])
def test_it_ends_when_the_job_has_nothing_more_to_do(job: FakeLambda, outcome: str) -> None:
    job.outcomes = [outcome]
    assert run_job("learn") == outcome


def test_a_step_that_fails_ends_it(job: FakeLambda) -> None:
    job.outcomes = ["exporting", "failed"]
    with pytest.raises(LearningFailedError):
        run_job("learn")


def test_it_gives_up_when_an_export_does_not_end(job: FakeLambda, monkeypatch: pytest.MonkeyPatch) -> None:
    job.outcomes = ["exporting"]
    monkeypatch.setattr(train, "DEADLINE_SECONDS", -1)
    with pytest.raises(LearningFailedError, match="the schedule goes on"):
        run_job("learn")


WRONG = {
    "empty": (b"", "has no column user_id"),
    "other columns": (b"user,film\n1,2\n", "has no column user_id"),
    "binary": (bytes(range(256)) * 9, "has no column user_id"),
    "a word for a number": (b"user_id,source_id,rating,timestamp\n1,ml1,five,1000\n", "line 2 is no rating"),
    "a short row": (b"user_id,source_id,rating,timestamp\n1,ml1\n", "line 2 is no rating"),
    "no end of time": (b"user_id,source_id,rating,timestamp\n1,ml1,5,inf\n", "line 2 is no rating"),
    "a line without end": (b"user_id,source_id,rating,timestamp\n1,ml1,5," + b"9" * 200_000, "is no rating"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_holds_no_ratings_is_told_in_a_sentence(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, said = WRONG[name]
    path = tmp_path / "ratings.csv"
    path.write_bytes(content)
    assert main(["train", "add", "old-site", "--ratings", str(path)]) == 1
    told = capsys.readouterr().err
    assert said in told
    assert "the model in use stays" in told


@pytest.mark.parametrize("path", ["/nowhere/ratings.csv", "/"])
def test_a_file_that_is_not_there_is_told_in_a_sentence(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "add", "old-site", "--ratings", path]) == 1
    assert "the model in use stays" in capsys.readouterr().err


def test_a_spreadsheets_own_csv_is_read(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_bytes("user_id;source_id;rating;timestamp\r\nВера;ml1;5;1000\r\n".encode("cp1251"))
    (one,) = interactions_of(path)
    assert (one.user_id, one.said, one.rated_at) == ("Вера", 1, 1_000_000_000)
