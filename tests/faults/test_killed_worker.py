"""A worker dies between the answer and the list; a message nobody can read dies alone."""

import os
import signal
from typing import Any

import boto3
import pytest

from infra.__main__ import main
from infra.stack_outputs import DEFAULT_STACK
from tests.deployed import Viewer, wait_for

REDELIVERED_SECONDS = 120.0  # the function starts anew


@pytest.mark.usefixtures("impatient_queue")
def test_answer_is_paid_for_at_most_twice_when_its_worker_is_killed(viewer: Viewer, trouble: Any) -> None:
    before, spent, billed = trouble.bill(), trouble.spent_tokens(), trouble.billed_tokens()
    liked = viewer.films("Matrix", "Alien", "Blade Runner")
    viewer.like(*liked)
    wait_for(lambda: trouble.bill()["answers"] > before["answers"], 90, trouble.bill)
    pids = trouble.stack.workers("Ask")
    assert pids
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    page = viewer.home_when(lambda page: page["source"] == "gigachat", REDELIVERED_SECONDS)
    assert not {film["film_id"] for film in page["films"]} & set(liked)
    trouble.wait_until_quiet(REDELIVERED_SECONDS)
    assert trouble.bill()["answers"] - before["answers"] <= 2
    assert trouble.spent_tokens() - spent >= trouble.billed_tokens() - billed
    assert trouble.dead_letters() == 0


def test_poisoned_message_dies_alone_and_its_reason_is_shown(viewer: Viewer, trouble: Any, capsys: Any) -> None:
    poison = '{"user_id": 7, "changed_at": "the day before yesterday"}'
    sqs = boto3.client("sqs")
    sqs.send_message(QueueUrl=trouble.stack.outputs["RebuildQueue"], MessageBody=poison)
    viewer.like(*viewer.films("Matrix", "Alien", "Blade Runner"))
    viewer.home_when(lambda page: page["source"] in ("personal", "gigachat"))
    wait_for(lambda: trouble.stack.waiting("RebuildQueueDeadLetters") == 1, 240, trouble.queues)
    trouble.wait_until_quiet()
    assert trouble.dead_letters() == 1
    assert main(["dead-letters", "show", "--stack", DEFAULT_STACK, "--queue", "RebuildQueue"]) == 0
    shown = capsys.readouterr().out
    assert poison in shown
    assert "ValidationError" in shown
    sqs.purge_queue(QueueUrl=trouble.stack.outputs["RebuildQueueDeadLetters"])
