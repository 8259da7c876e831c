"""Which fast tests reach which line, so that a mutant meets those that can see it and no others.

Found out once for each state of the sources, by running all of them with `reaching.py`, and kept in `.local/`: some
five minutes, where a mutant's own tests then take seconds. A map of an earlier state can be given: it knows no test
that has come since, so each module's own test files are run whole, before those that the map names, and so are the
figures kept beside them (`test_kept_*.py`) since then.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

from coverage import CoverageData

from tests.mutants.trial import SUITES, own_tests
from tests.unit.test_places import CODE, TESTS

ROOT = Path(__file__).parent.parent.parent
KEPT = ROOT / ".local"


class Reach:
    """What was run when each of the tests ran."""

    def __init__(self, data: CoverageData, *, is_earlier: bool = False) -> None:
        """`is_earlier`: of another state of the tests, perhaps made in another folder."""
        found = (name for name in data.measured_files() if f"/{CODE}/" in name)
        self._files = {f"{CODE}/{name.rpartition(f'/{CODE}/')[2]}": name for name in found}
        self._data, self._is_earlier = data, is_earlier

    def tests(self, module: str, lines: Collection[int]) -> list[str] | None:
        """Ids of the tests that reach one of the lines of a module of `chalicelib` (`catalog/top.py`), the module's own
        first. None: the lines are run when it is imported, which every test may have done."""
        name = self._files.get(str(CODE / module))
        reached = self._data.contexts_by_lineno(name) if name else {}
        contexts = {one for line in lines for one in reached.get(line, ())}
        if "" in contexts:
            return None
        own = f"test_{Path(module).stem}"
        known = sorted({one.partition("|")[0] for one in contexts}, key=lambda one: (own not in one, one))
        if not self._is_earlier:
            return known
        files = [file for file in (*own_tests(module), *self._kept_since(module)) if Path(file).exists()]
        whole = dict.fromkeys(one.partition("[")[0] for one in known)  # its parameters may be others by now
        return [*files, *(one for one in whole if one.partition("::")[0] not in files and _is_there(one))]

    def _kept_since(self, module: str) -> list[str]:
        """The figures kept for the module's room that the map does not know of."""
        known = {one.partition("::")[0] for one in self._data.measured_contexts()}
        folders = [TESTS / folder for folder in Path(module).parents]
        found = (str(one) for folder in folders for one in sorted(folder.glob("test_kept_*.py")))
        return [one for one in found if one not in known]


def reach(earlier: Path | None = None) -> Reach:
    """Of the sources as they stand. Runs the tests where that is not known yet; what they say goes to standard error.

    Args:
        earlier: a map made before tests were added. Lines count as they were then, so the code has to be the same.

    Raises:
        RuntimeError: they fail without any edit, and once more.
    """
    if earlier:
        print(f"which test reaches which line: as {earlier.name} has it, and each module's own", file=sys.stderr)
        return Reach(_read(earlier), is_earlier=True)
    kept = KEPT / f"reach-{_state()}.coverage"
    if not kept.exists():
        KEPT.mkdir(exist_ok=True)
        print("which test reaches which line: all fast tests once, some five minutes", file=sys.stderr)
        with tempfile.TemporaryDirectory(prefix="reach-") as seen:
            options = ["-p", "tests.mutants.reaching", "-q", "-n", str(os.cpu_count() or 1)]
            command = [sys.executable, "-m", "pytest", *options, *SUITES]
            environment = os.environ | {"REACHING_TO": seen}
            done = subprocess.run(command, cwd=ROOT, env=environment, stdout=sys.stderr, check=False)
            if done.returncode:  # some go by the clock, and a neighbour may have been busy
                command += ["--last-failed", "-n", "0"]
                done = subprocess.run(command, cwd=ROOT, env=environment, stdout=sys.stderr, check=False)
            if done.returncode:
                raise RuntimeError("The tests fail without a mutant.")
            new = kept.with_suffix(".new")
            as_map(Path(seen), new)
        new.rename(kept)
    return Reach(_read(kept))


def as_map(seen: Path, file: Path) -> None:
    """What the processes of a run have seen (`reaching.py`), in one file of `coverage`."""
    data = CoverageData(str(file))
    for part in seen.glob("*.json"):
        tests, places = json.loads(part.read_text())
        by_test: dict[int, dict[str, list[int]]] = {}
        for path, line, reached_by in places:
            for test in reached_by:
                by_test.setdefault(test, {}).setdefault(str(ROOT / CODE / path), []).append(line)
        for test, lines in by_test.items():
            data.set_context(f"{tests[test]}|run" if tests[test] else "")
            data.add_lines(lines)
    data.write()


def _is_there(test: str) -> bool:
    """Whether a test still has this name: pytest ends with an error, which would pass for a defect seen."""
    file, _, name = test.partition("::")
    path = ROOT / file
    return path.exists() and f"def {name.rpartition('::')[2]}(" in path.read_text()


def _read(kept: Path) -> CoverageData:
    data = CoverageData(str(kept))
    data.read()
    return data


def _state() -> str:
    """Changes with any source or test."""
    found = hashlib.sha256()
    for path in sorted([*(ROOT / CODE).rglob("*.py"), *(ROOT / "tests").rglob("*.py")]):
        found.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return found.hexdigest()[:12]
