"""Background processes of a local copy: started in their own session, found again by pid file, stopped by id."""

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

STOP_SECONDS = 3  # nothing of ours has anything to save

_starting = threading.Lock()
_no_more = threading.Event()


def start(state: Path, name: str, command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Starts the command with exactly this environment; its output goes to `NAME.log`. Returns the process id.

    Raises:
        SystemExit: everything is being stopped.
    """
    state.mkdir(parents=True, exist_ok=True)
    with _starting, (state / f"{name}.log").open("ab") as log:
        if _no_more.is_set():
            raise SystemExit(1)
        process = subprocess.Popen(
            list(command),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        note(state, name, process.pid)
    process.returncode = 0  # to Popen nobody has forgotten it: it stays on purpose, and `stop` waits for its end
    return process.pid


def note(state: Path, name: str, pid: int) -> None:
    """Writes the pid file by which a process is found again."""
    state.mkdir(parents=True, exist_ok=True)
    (state / f"{name}.pid").write_text(f"{pid} {_started_at(pid)}")


def start_no_more() -> None:
    """Whatever is in the middle of starting has its pid file when this returns, and nothing new is started."""
    with _starting:
        _no_more.set()


def stop_children() -> None:
    """Ends the children of this process that have no pid file, such as a tool somebody waits for."""
    told = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=False).stdout
    pairs = (line.split() for line in told.splitlines())
    for pid in [int(pid) for pid, parent in pairs if int(parent) == os.getpid()]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


def running(state: Path, name: str) -> bool:
    """Whether the process of the pid file lives. A recycled id does not count: the start time is compared."""
    return find_pid(state, name) is not None


def stop(state: Path, name: str) -> None:
    """Ends the process and its children, kindly first; fine when it is gone already."""
    pid = find_pid(state, name)
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


def find_pid(state: Path, name: str) -> int | None:
    """The process of the pid file, if it lives."""
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
