"""An operator sees some dead letters and sends some back; a FIFO queue takes them under another id."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.operator.dead_letters import (
    LOOKED_AT_MAX,
    SENT_AT_ONCE_MAX,
    DeadLetter,
    fifo_arguments,
    look,
    send_again,
)
from tests.factories import NOW


class Queues:
    """So many letters in every queue."""

    def __init__(self, letters: int) -> None:
        self.letters = letters

    def look(self, queue: str, most: int) -> Sequence[DeadLetter]:
        one = DeadLetter(message_id=queue, sent_at=NOW, receives=5, reason=None)
        return [one] * min(most, self.letters)

    def send_again(self, queue: str, most: int, now: datetime) -> int:  # noqa: ARG002
        return min(most, self.letters)


def test_some_are_shown_and_some_go_back_however_many_there_are() -> None:
    many = Queues(1_000)
    assert len(look(many, "ask").letters) == LOOKED_AT_MAX
    assert send_again(many, "ask", NOW).sent == SENT_AT_ONCE_MAX
    assert send_again(Queues(3), "ask", NOW).sent == 3


def test_a_fifo_queue_takes_a_letter_anew_and_a_plain_one_wants_to_know_nothing() -> None:
    assert fifo_arguments("m", None, NOW) == {}
    told = fifo_arguments("m", "lane-1", NOW)
    assert told["MessageGroupId"] == "lane-1"
    assert told["MessageDeduplicationId"] not in ("m", "lane-1")
