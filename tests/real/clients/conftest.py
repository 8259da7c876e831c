"""The generated clients, made anew, and how a program of theirs is run."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent.parent
BUILT, INSTALLED = ROOT / ".build" / "clients", ROOT / ".local" / "clients"
GIVEN_UP_SECONDS = 300
STRICT = ("--noEmit", "--strict", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes", "--target", "es2024",
          "--module", "nodenext", "--allowImportingTsExtensions", "--types", "node", "--skipLibCheck")  # fmt: skip
"""How TypeScript is judged."""


class Tools:
    """Programs of the clients' environment, which holds nothing of ours but what was generated."""

    def __init__(self, typescript: Path) -> None:
        self.typescript = typescript

    def run(self, *command: str | Path, cwd: Path = ROOT) -> str:
        """What it prints; fails with what it says."""
        programs = [INSTALLED / "bin", INSTALLED / "node_modules" / ".bin"]
        environment = {
            "PATH": os.pathsep.join([*map(str, programs), os.environ["PATH"]]),
            "PYTHONPATH": str(BUILT / "python"),
            "HOME": str(self.typescript),  # a machine's own settings are nobody's
        }
        done = subprocess.run(
            [str(one) for one in command],
            cwd=cwd, env=environment, capture_output=True, text=True, timeout=GIVEN_UP_SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Tools:
    """With a TypeScript project that has what was generated, and the program that uses it."""
    subprocess.run(["make", "clients"], cwd=ROOT, check=True, timeout=GIVEN_UP_SECONDS, capture_output=True)
    project = tmp_path_factory.mktemp("typescript")
    (project / "node_modules").symlink_to(INSTALLED / "node_modules")
    (project / "package.json").write_text('{"type": "module"}')
    for file in (BUILT / "typescript" / "kinosovet.d.ts", HERE / "main_job.ts"):
        shutil.copy(file, project)
    return Tools(project)
