import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from infra.local import processes

WORK = """
import subprocess, sys, time
from pathlib import Path
from infra.local import processes
from infra.local.ending import run_until_ended
from infra.local.running_copy import EMULATOR, down
state = Path(sys.argv[1])
def work(ending):
    processes.start(state, EMULATOR, [sys.executable, "-c", "import time; time.sleep(600)"], {})
    tool = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print(tool.pid, flush=True)
    tool.wait()
    return 0
run_until_ended(work, lambda: down(state))
"""


def lives(pid: int) -> bool:
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(told.strip()) and not told.startswith("Z")


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_everything_is_gone_within_ten_seconds_when_it_is_interrupted(tmp_path: Path, sign: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WORK, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout
        tool = int(child.stdout.readline())
        emulator = processes.find_pid(tmp_path, "emulator")
        assert emulator
        began = time.monotonic()
        os.kill(child.pid, sign)
        out, error = child.communicate(timeout=60)
    assert time.monotonic() - began < 10
    assert (child.returncode, error) == (130, "")
    assert "stopped" in out
    deadline = time.monotonic() + 10
    while lives(tool) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not lives(tool)
    assert not lives(emulator)


def test_sentence_and_exit_code_are_passed_on_when_the_work_gives_up() -> None:
    text = (
        "import sys\nfrom infra.local.ending import run_until_ended\nrun_until_ended(lambda _: sys.exit('no'), print)"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "no\n")
