"""The product on this machine, on loopback only.

    python -m infra.local check         says what stands in the way, before anything is built
    python -m infra.local up            in the background; returns once a like has gone through end to end
    python -m infra.local up --follow   in the foreground; Ctrl-C stops everything
    python -m infra.local up --localstack   on LocalStack instead of MiniStack
    python -m infra.local down          stops everything

What is left in the state folder: see `running_copy.py`.
"""

import argparse
import os
import sys
from pathlib import Path

from infra.local.ending import Ending, run_until_ended
from infra.local.preflight import objection
from infra.local.running_copy import down


def main() -> None:
    """The command. Heavy imports come later, so that Ctrl-C is understood from the first moment on."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.local", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=["check", "up", "down"])
    parser.add_argument("--state", type=Path, default=Path(".local"), help="where pids, logs and addresses go")
    parser.add_argument("--port", type=int, default=int(os.environ.get("LOCAL_PORT") or 4566))
    parser.add_argument("--follow", action="store_true", help="stay in the foreground; Ctrl-C stops everything")
    parser.add_argument("--localstack", action="store_true", help="on LocalStack's last free runtime")
    parser.add_argument("--caller", type=int, default=os.getppid(), help="of check: on whose behalf")
    given = parser.parse_args()
    state: Path = given.state.resolve()
    if given.action == "check":
        if told := objection(state, given.port, given.follow, given.caller):
            sys.exit(f"✗ {told}")
    elif given.action == "down":
        down(state)
    else:

        def work(ending: Ending) -> int:
            from infra.local.up import run_copy

            return run_copy(state, given.port, given.localstack, ending if given.follow else None)

        run_until_ended(work, lambda: down(state))


if __name__ == "__main__":
    main()
