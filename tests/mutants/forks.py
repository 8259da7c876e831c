"""All fast tests, collected once in a copy of the sources, and any of them run against one edited module at a time."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.mutants.trial import SUITES, Outcome, environment_in

SECONDS_MOST = 300
"""Of a single test: it takes a few beside any neighbour, and one that takes so long has seen an endless loop."""


class Forks:
    """One process, which answers one question at a time (`forking.py`)."""

    def __init__(self, asked: IO[str], answered: IO[str], log: Path) -> None:
        self._asked, self._answered, self._log = asked, answered, log

    def noticed(self, path: Path, old: str, new: str, tests: Sequence[str]) -> Outcome | None:
        """Which of the tests fails when the module at a path has the new source instead of the old. None: that cannot
        be tried without importing it anew.

        Raises:
            RuntimeError: the process has ended.
        """
        question = {"path": str(path), "old": old, "new": new, "tests": list(tests), "seconds": SECONDS_MOST}
        print(json.dumps(question), file=self._asked, flush=True)
        answer = self.heard()
        return None if "cannot" in answer else Outcome(answer["seen_by"])

    def heard(self) -> dict[str, str | None]:
        """The next answer."""
        line = self._answered.readline()
        if not line:
            raise RuntimeError(f"The tests cannot be run: {self._log.read_text()[-2000:]}")
        answer: dict[str, str | None] = json.loads(line)
        return answer


@contextmanager
def forks(copy: Path, suites: Sequence[str] = SUITES) -> Iterator[Forks]:
    """Over a copy of the sources in which nothing is wrong yet.

    Raises:
        RuntimeError: the tests could not be collected.
    """
    (to_read, to_ask), (to_hear, to_answer) = os.pipe(), os.pipe()
    environment = environment_in(copy) | {"FORKS_FROM": str(to_read), "FORKS_TO": str(to_answer)}
    options = ["-p", "tests.mutants.forking", "-q", "-n", "0", "-p", "no:cacheprovider", "--tb=no"]
    log = copy / "forks.log"
    with log.open("w") as said, os.fdopen(to_ask, "w") as asked, os.fdopen(to_hear) as answered:
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *options, *suites],
            cwd=copy, env=environment, pass_fds=(to_read, to_answer), stdout=said, stderr=said,
        )  # fmt: skip
        os.close(to_read)
        os.close(to_answer)
        try:
            made = Forks(asked, answered, log)
            made.heard()
            yield made
        finally:
            asked.close()
            process.wait()
