"""Background processes of a local copy: started in their own session, found again by pid file, stopped by id."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

STOP_SECONDS = 3  # nothing of ours has anything to save


def start(state: Path, name: str, command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Starts the command with exactly this environment; its output goes to `NAME.log`. Returns the process id."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            list(command),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    (state / f"{name}.pid").write_text(f"{process.pid} {_started_at(process.pid)}")
    return process.pid


def running(state: Path, name: str) -> bool:
    """Whether the process of the pid file lives. A recycled id does not count: the start time is compared."""
    return _pid(state, name) is not None


def stop(state: Path, name: str) -> None:
    """Ends the process and its children, kindly first; fine when it is gone already."""
    pid = _pid(state, name)
    if pid is not None:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, sign)
            if _gone(pid):
                break
    (state / f"{name}.pid").unlink(missing_ok=True)


def free_port() -> int:
    """A port of the loopback address that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def taken(port: int) -> bool:
    """Whether something listens on the loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _pid(state: Path, name: str) -> int | None:
    try:
        pid, _, started_at = (state / f"{name}.pid").read_text().partition(" ")
    except FileNotFoundError:
        return None
    return int(pid) if started_at and _started_at(int(pid)) == started_at else None


def _started_at(pid: int) -> str:
    """The process's start, in the system's own words; empty when it is gone or a zombie."""
    told = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    status, _, started_at = told.stdout.strip().partition(" ")
    return "" if status.startswith("Z") else started_at.strip()


def _gone(pid: int) -> bool:
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        if not _started_at(pid):
            return True
        time.sleep(0.05)
    return False
