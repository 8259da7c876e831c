import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import processes
from infra.local.preflight import MAKE, objection
from infra.local.running_copy import EMULATOR, write_places

HERE = os.getpid()


@pytest.fixture
def somebody() -> Iterator[int]:
    """Another process that lives."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        yield child.pid
        child.communicate(b"\n")


def test_taken_port_is_named_when_it_is_somebody_elses(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert objection(tmp_path, port, True, HERE) == f"port {port} is taken: choose another one with LOCAL_PORT"


def test_second_run_is_refused_when_the_first_one_runs_or_is_starting(tmp_path: Path, somebody: int) -> None:
    port = processes.free_port()
    assert objection(tmp_path, port, True, somebody) == ""
    assert "another make is starting it" in objection(tmp_path, port, True, HERE)
    assert "another make is starting it" in objection(tmp_path, port, False, HERE)
    processes.note(tmp_path, EMULATOR, somebody)
    url = f"http://127.0.0.1:{port}/_aws/execute-api/abc/api/"
    write_places(tmp_path, url, {})
    assert url in objection(tmp_path, port, True, HERE)
    assert objection(tmp_path, port, False, HERE) == "", "make up brings a running copy up to date"


def test_copy_on_another_port_is_named_when_one_runs(tmp_path: Path, somebody: int) -> None:
    processes.note(tmp_path, EMULATOR, somebody)
    write_places(tmp_path, "http://127.0.0.1:4999/_aws/execute-api/abc/api/", {})
    assert "http://127.0.0.1:4999/" in objection(tmp_path, processes.free_port(), False, HERE)


def test_run_may_begin_when_the_last_one_is_gone(tmp_path: Path) -> None:
    (tmp_path / f"{MAKE}.pid").write_text(f"{HERE} Thu Jan  1 00:00:00 1970")
    assert objection(tmp_path, processes.free_port(), True, HERE) == ""


def test_environment_reaches_a_shell_as_it_was_when_values_are_odd(tmp_path: Path) -> None:
    write_places(tmp_path, "http://127.0.0.1:1/", {"STACK": "a b'c", "EMPTY": ""})
    shown = subprocess.run(
        ["bash", "-c", f"set -a; . {tmp_path}/env; python3 -c 'import os; print(os.environ[\"STACK\"])'"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert shown.stdout == "a b'c\n"
