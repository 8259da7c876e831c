"""MiniStack as we run it: workers share what is unpacked, logs are read without waiting, callers wait for their
turn, long jobs give way.

Runs in the emulator's own environment. Each part replaces something of exactly the version that
`requirements/emulator.txt` pins, and fails at once when that has changed.
"""

import os
from pathlib import Path

from infra.local.ministack import admission, handler_name, long_jobs, numbers, shared_zips, worker_logs

UNPACKED = "UNPACKED_FOLDER"


def main() -> None:
    """Changes MiniStack and starts it."""
    del os.environ["PYTHONPATH"]  # functions inherit the environment, and are to import from their zips alone
    shared_zips.install(Path(os.environ.pop(UNPACKED)))
    handler_name.install()
    worker_logs.install()
    admission.install()
    long_jobs.install()
    numbers.install()
    from ministack.app import main as serve

    serve()


if __name__ == "__main__":
    main()
