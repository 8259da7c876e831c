"""What becomes of messages that cannot be written down, and of a clock's call where nothing counts."""

import json
from typing import Any

import msgspec
import pytest

from chalicelib import resources
from chalicelib.outcomes.events import count_outcomes, write_events
from chalicelib.outcomes.model import Told, ToldBatch
from tests.factories import NOW, film_id
from tests.fake_outcomes import DuckCounting, FakeDays, FakeFiles, FakeStates

GOOD = msgspec.json.encode(
    ToldBatch("a", (Told("shown", film_id("Alien"), round(NOW.timestamp()) * 1_000_000),))
).decode()


def woken(*bodies: str) -> list[str]:
    records = [
        {"messageId": str(place), "body": body, "receiptHandle": str(place),
         "attributes": {"ApproximateReceiveCount": "1"}}
        for place, body in enumerate(bodies)
    ]  # fmt: skip
    answer = write_events({"Records": records}, None)
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def clock() -> dict[str, Any]:
    return {"source": "aws.events", "detail-type": "", "detail": {}, "resources": [], "version": "0", "id": "x",
            "account": "1", "time": "", "region": "x"}  # fmt: skip


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> FakeFiles:
    made = FakeFiles()
    monkeypatch.setattr(resources, "event_files", lambda: made)
    return made


def test_what_nobody_can_read_comes_again_alone(files: FakeFiles, capsys: pytest.CaptureFixture[str]) -> None:
    assert woken(GOOD, "nonsense", '{"viewer": 1}') == ["1", "2"]
    assert len(files.of(NOW.date())) == 1
    lines = [json.loads(one) for one in capsys.readouterr().out.splitlines() if "MessagesFailed" in one]
    assert [(one["MessagesFailed"], one["queue"]) for one in lines] == [(2, "events")]


def test_all_of_a_batch_come_again_when_the_bucket_is_away(files: FakeFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise ConnectionError("away")

    monkeypatch.setattr(files, "write_file", away)
    assert woken(GOOD, GOOD) == ["0", "1"]


def test_the_clock_counts_and_does_nothing_where_there_is_no_engine(
    files: FakeFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = FakeDays()
    monkeypatch.setattr(resources, "outcome_days", lambda: days)
    monkeypatch.setattr(resources, "event_counting", lambda: None)
    assert count_outcomes(clock(), None) == {"days": 0, "experiments": 0, "resting": 0}
    monkeypatch.setattr(resources, "event_counting", lambda: DuckCounting(files))
    monkeypatch.setattr(resources, "outcome_days", Site)
    assert count_outcomes(clock(), None) == {"days": 0, "experiments": 1, "resting": 0}


class Site:
    """The outcomes table as the clock knows it."""

    def __init__(self) -> None:
        days, states = FakeDays(), FakeStates()
        self.find_days, self.put_day = days.find_days, days.put_day
        self.find_states, self.put_state, self.put_votes = states.find_states, states.put_state, states.put_votes
