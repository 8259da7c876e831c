import queue
import time

from infra.local.ministack.worker_logs import END, read_until_end


def lines_of(*lines: str) -> "queue.Queue[str]":
    waiting: queue.Queue[str] = queue.Queue()
    for line in lines:
        waiting.put(line)
    return waiting


def test_log_is_read_up_to_its_end_when_the_next_one_has_begun() -> None:
    waiting = lines_of("first", "second", END, "of the next")
    assert read_until_end(waiting, 5) == "first\nsecond"
    assert waiting.get_nowait() == "of the next"


def test_last_line_is_kept_when_it_was_not_ended() -> None:
    assert read_until_end(lines_of("no newline" + END), 5) == "no newline"


def test_what_came_is_read_when_the_worker_died() -> None:
    began = time.monotonic()
    assert read_until_end(lines_of("last words"), 0.05) == "last words"
    assert time.monotonic() - began < 2
