"""Work that nobody waits for gives way to viewers: on AWS each function has its own processor, here all share one."""

import os
from typing import Any

LONG_SECONDS = 300
"""A function that may run this long is a job, not an answer: in this stack, learning from everybody's likes."""

GIVES_WAY = 15  # of 19; see nice(1)


def install() -> None:
    """Makes MiniStack start the workers of long jobs with little priority."""
    from ministack.core import lambda_runtime

    spawn = lambda_runtime.Worker._spawn

    def spawn_and_give_way(worker: Any) -> None:
        spawn(worker)
        if float(worker.config.get("Timeout", 0)) >= LONG_SECONDS:
            os.setpriority(os.PRIO_PROCESS, worker._proc.pid, GIVES_WAY)

    lambda_runtime.Worker._spawn = spawn_and_give_way
