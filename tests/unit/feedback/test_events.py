"""What becomes of a step that fails: it is taken again, later each time, and told by its queue."""

import json

import pytest

from chalicelib import resources
from chalicelib.feedback.events import ENDING_SECONDS, take_imports
from tests.import_site import Site, some_rows


class Context:
    """What Lambda hands over beside the event."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return round(self.seconds * 1000)


class Queue:
    """Notes what is to come again."""

    def __init__(self) -> None:
        self.again: list[tuple[str, int]] = []

    def deliver_again_in(self, receipt: str, seconds: int) -> None:
        self.again.append((receipt, seconds))


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    made = Site()
    monkeypatch.setattr(resources, "taking", lambda: made.taking)
    return made


def woken(import_id: str, receives: int = 1, seconds: float = ENDING_SECONDS + 1) -> list[str]:
    record = {"messageId": "m", "body": json.dumps({"import_id": import_id}), "receiptHandle": "r",
              "attributes": {"ApproximateReceiveCount": str(receives)}}  # fmt: skip
    answer = take_imports({"Records": [record]}, Context(seconds))
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def test_a_step_is_taken_to_its_end_while_there_is_time(site: Site) -> None:
    import_id = site.begun(*some_rows())
    assert woken(import_id, seconds=ENDING_SECONDS) == []
    assert site.store.states[import_id].state == "running"
    assert site.queue.messages == [import_id]
    assert woken(import_id) == []
    assert site.store.states[import_id].state == "done"


def test_a_step_that_fails_comes_again_later_each_time_and_is_counted(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    queue = Queue()
    monkeypatch.setattr(resources, "step_queue", lambda: queue)
    import_id = site.begun(*some_rows())
    site.catalog.down = True
    for receives in (1, 2, 10):
        assert woken(import_id, receives) == ["m"]
    assert queue.again == [("r", 5), ("r", 10), ("r", 240)]
    lines = [json.loads(one) for one in capsys.readouterr().out.splitlines() if "MessagesFailed" in one]
    assert [(one["MessagesFailed"], one["queue"]) for one in lines] == [(1, "imports")] * 3
