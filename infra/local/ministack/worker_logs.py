"""A worker says when its log is complete.

MiniStack waits 50 ms after each invocation for log lines that may still come, and looks for them every millisecond.
Here the worker ends each invocation's log with a line of its own, and nobody waits for more.
"""

import queue
import time

END = "\x1eend-of-invocation"
"""A control character first, so that no log of anybody's has it."""

PATIENCE_SECONDS = 0.25  # MiniStack's own ceiling; only a worker that died says nothing

_ANSWERED = "        _real_stdout.flush()\n\nrun()"
_LOGGED = f'        sys.stderr.write("{END}\\n".encode().decode())\n        sys.stderr.flush()\n' + _ANSWERED


def read_until_end(lines: "queue.Queue[str]", patience_seconds: float = PATIENCE_SECONDS) -> str:
    """The log of one invocation: every line up to the worker's own last one, or what came within the patience."""
    found: list[str] = []
    deadline = time.monotonic() + patience_seconds
    while (left := deadline - time.monotonic()) > 0:
        try:
            line = lines.get(timeout=left)
        except queue.Empty:
            break
        text, ended, _ = line.partition(END)
        if text or not ended:
            found.append(text)
        if ended:
            break
    return "\n".join(found)


def install() -> None:
    """Changes MiniStack's worker script and the way its output is read.

    Raises:
        RuntimeError: the script is not the one this was written for.
    """
    from ministack.core import lambda_runtime

    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if script.count(_ANSWERED) != 1:
        raise RuntimeError("MiniStack's worker script has changed: see infra/local/ministack/worker_logs.py")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(_ANSWERED, _LOGGED)
    lambda_runtime.Worker._drain_stderr_bounded = lambda worker: read_until_end(worker._stderr_queue)
