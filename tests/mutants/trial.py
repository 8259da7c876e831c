"""A copy of the sources in which one thing is wrong at a time, and whether the fast tests notice."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.unit.test_places import CODE, ELSEWHERE, TESTS

ROOT = Path(__file__).parent.parent.parent
COPIED = ("chalicelib", "tests", "infra", "docs", "requirements", ".chalice", ".github", ".ci", ".devcontainer")
SUITES = (str(TESTS), "tests/contract")
SECONDS_MOST, SECONDS_MOST_NEAR = 300.0, 1_800.0
NOTHING_FAILED, NOTHING_FOUND = 0, 5  # pytest's exit codes


class Outcome(NamedTuple):
    """Who noticed: the first failed test's name, or nobody. `in_time`: all tests could be run."""

    seen_by: str | None
    in_time: bool = True


@contextmanager
def copy_of_the_sources() -> Iterator[Path]:
    """Everything that the fast tests read, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        copy = Path(name)
        for folder in COPIED:
            shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
        for file in ROOT.iterdir():
            if file.is_file() and file.name != ".python-version":
                shutil.copy(file, copy)
        yield copy


def environment_in(copy: Path) -> dict[str, str]:
    """For tests that are run in a copy."""
    return os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "HYPOTHESIS_STORAGE_DIRECTORY": str(copy / "examples")}


def own_tests(module: str) -> list[str]:
    """The tests that `tests/unit/test_places.py` says a module of `chalicelib` has (`catalog/top.py`)."""
    path = Path(module)
    own = [TESTS / path.parent / f"test_{path.name}", *sorted((TESTS / path.parent).glob(f"test_{path.stem}_*.py"))]
    if own[0].exists():
        return [str(one) for one in own]
    elsewhere = ELSEWHERE.get(module, "")
    return [elsewhere] if Path(elsewhere).name.startswith("test_") else []


def near_tests(module: str) -> list[str]:
    """Those of its package, and the contracts of all adapters."""
    package = TESTS / Path(module).parts[0]
    return [str(package if package.is_dir() else TESTS / f"test_{module}"), "tests/contract"]


@contextmanager
def edited(copy: Path, module: str, source: str) -> Iterator[None]:
    """The copy with another source of one module."""
    path = copy / CODE / module
    before = path.read_text()
    path.write_text(source)
    try:
        yield
    finally:
        path.write_text(before)


def noticed(copy: Path, tests: Sequence[str], seconds_most: float = SECONDS_MOST) -> Outcome:
    """Runs the tests in the copy until one fails. What has not ended by then has noticed nothing."""
    if not tests:
        return Outcome(None)
    options = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--no-header", "--tb=no"]
    chosen = copy / "chosen-tests"
    chosen.write_text("\n".join(tests))
    command = [sys.executable, "-m", "pytest", *options, f"@{chosen}"]
    try:
        done = subprocess.run(
            command,
            cwd=copy,
            env=environment_in(copy),
            capture_output=True,
            text=True,
            timeout=seconds_most,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome(None, in_time=False)
    if done.returncode in (NOTHING_FAILED, NOTHING_FOUND):
        return Outcome(None)
    said = [line.split(" - ")[0] for line in done.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    return Outcome(said[0].partition(" ")[2] if said else f"exit code {done.returncode}")


def seen_by(copy: Path, module: str, reached_by: Sequence[str] | None = None) -> str | None:
    """Which fast test sees what is wrong with a module: of those that reach it, or else of its own, or else of those
    near it. An endless loop is seen by its own tests alone, which take seconds."""
    first, later = own_tests(module), near_tests(module)
    if reached_by is not None:
        files = set(first)
        first = [one for one in reached_by if one.partition("::")[0] in files]
        later = [one for one in reached_by if one.partition("::")[0] not in files]
    own = noticed(copy, first)
    if not own.in_time:
        return "never ended"
    return own.seen_by or noticed(copy, later, SECONDS_MOST_NEAR).seen_by
