"""Ctrl-C ends everything at once, whatever is going on."""

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from types import FrameType

from infra.local import processes

INTERRUPTED = 130  # 128 and SIGINT's number, as shells say it


class Ending:
    """Set by SIGINT and SIGTERM from its making on."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked.set()


def run_until_ended(work: Callable[[Ending], int], clean_up: Callable[[], None]) -> None:
    """Runs the work and exits with its code. When the end is asked for, the work is left where it stands (a thread of
    ours cannot be interrupted inside a call), every child of this process is stopped and `clean_up` is called.
    """
    ending = Ending()
    outcome: list[int] = []
    finished = threading.Event()

    def act() -> None:
        try:
            outcome.append(work(ending))
        except SystemExit as error:
            told = error.code if isinstance(error.code, str) else ""
            if told and not ending.asked.is_set():
                print(told, file=sys.stderr, flush=True)
            outcome.append(1 if told else int(error.code or 0))
        except BaseException:  # noqa: BLE001 - shown, and the exit code
            if not ending.asked.is_set():  # what was torn away from it while ending is no news
                traceback.print_exc()
            outcome.append(1)
        finally:
            finished.set()

    threading.Thread(target=act, daemon=True).start()
    while not finished.wait(0.1) and not ending.asked.is_set():
        pass
    if ending.asked.is_set():
        print("\n▸ stopping", flush=True)
        processes.start_no_more()
        clean_up()
        processes.stop_children()
        print("stopped", flush=True)
        outcome[:] = [INTERRUPTED]
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(outcome[0])  # threads that wait for an answer of what is gone would keep us here
