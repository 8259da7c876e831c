"""Runs chosen fast tests against an edited module, in a fork of a process that has collected all of them once: a plugin
of pytest, for `forks.py`. A mutant then costs its tests and nothing else; to import everything anew took longer.

In the fork every function of the module gets the code that the edited source has for it, wherever it is held. Requests
and answers are lines of JSON, over the pipes that `FORKS_FROM` and `FORKS_TO` number.
"""

import gc
import json
import os
import resource
import shutil
import signal
import tempfile
import types
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from tests.unit.test_places import CODE

MEMORY_MOST = 6 << 30
"""Bytes of address space: an endless loop that gathers is an error of its test, not the end of the machine."""


def code_by_place(source: str, path: str) -> dict[tuple[str, int], types.CodeType]:
    """The code of each function of a source: by qualified name, and which of that name it is."""
    found: dict[tuple[str, int], types.CodeType] = {}
    seen: dict[str, int] = defaultdict(int)

    def below(code: types.CodeType) -> None:
        for one in code.co_consts:
            if isinstance(one, types.CodeType):
                found[one.co_qualname, seen[one.co_qualname]] = one
                seen[one.co_qualname] += 1
                below(one)

    below(compile(source, path, "exec", dont_inherit=True))
    return found


def put(functions: Sequence[types.FunctionType], old: str, new: str, path: str) -> None:
    """Gives the functions of a module, which were made from the old source, the code of the new one.

    Raises:
        ValueError: one of them would hold other variables of the function around it.
    """
    places = {(code.co_qualname, code.co_firstlineno): place for place, code in code_by_place(old, path).items()}
    codes = code_by_place(new, path)
    for one in functions:
        place = places.get((one.__code__.co_qualname, one.__code__.co_firstlineno))
        if place in codes:
            one.__code__ = codes[place]


class Forks:
    """Stands in the place of pytest's own loop over the tests."""

    def __init__(self) -> None:
        self._failed = ""

    @pytest.hookimpl
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Answers one request after another, until there is none."""
        self._items: dict[str, list[pytest.Item]] = defaultdict(list)
        for item in session.items:
            for name in dict.fromkeys([item.nodeid, *item.nodeid.split("[", 1)[:1], *item.nodeid.split("::", 1)[:1]]):
                self._items[name].append(item)
        self._functions = _functions()
        with os.fdopen(int(os.environ["FORKS_FROM"])) as requests, os.fdopen(int(os.environ["FORKS_TO"]), "w") as to:
            print(json.dumps({"collected": len(session.items)}), file=to, flush=True)
            for line in requests:
                print(json.dumps(self._answer(session, **json.loads(line))), file=to, flush=True)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._failed = self._failed or report.nodeid

    def _answer(self, session: pytest.Session, path: str, old: str, new: str, tests: list[str], seconds: int) -> Any:
        folder = Path(tempfile.mkdtemp(prefix="fork-"))
        child = os.fork()
        if not child:
            os.setsid()
            self._run(session, folder, path, old, new, tests, seconds)
        try:
            status = os.waitpid(child, 0)[1]
            _end_group(child)
            said = (folder / "answer").read_text() if (folder / "answer").exists() else ""
            if os.WIFEXITED(status) and said:
                return json.loads(said)
            running = (folder / "running").read_text() if (folder / "running").exists() else ""
            is_endless = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM
            return {"seen_by": f"{running} ({'never ended' if is_endless else f'status {status}'})"}
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _run(
        self, session: pytest.Session, folder: Path, path: str, old: str, new: str, tests: list[str], seconds: int
    ) -> None:
        """In the fork: never returns."""
        answer: dict[str, object] = {}
        try:
            os.environ["PYTEST_DEBUG_TEMPROOT"] = os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MOST, MEMORY_MOST))
            full = str(Path.cwd() / path)
            try:
                put(self._functions.get(full, ()), old, new, full)
            except ValueError as error:
                answer = {"cannot": str(error)}
            else:
                answer = {"seen_by": self._first_failed(session, folder, tests, seconds)}
        except BaseException as error:  # noqa: BLE001 - what ends pytest itself has been noticed
            answer = {"seen_by": f"{type(error).__name__}: {error}"}
        finally:
            signal.alarm(0)
            (folder / "answer").write_text(json.dumps(answer))
            os._exit(0)

    def _first_failed(self, session: pytest.Session, folder: Path, tests: list[str], seconds: int) -> str | None:
        chosen = list(dict.fromkeys(item for test in tests for item in self._items.get(test, ())))
        session.items[:] = chosen
        for item, following in zip_longest(chosen, chosen[1:]):
            (folder / "running").write_text(item.nodeid)
            signal.alarm(seconds)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self._failed:
                return self._failed
        return None


def _functions() -> dict[str, list[types.FunctionType]]:
    """Those of each source file of `chalicelib`."""
    below, found = f"{Path.cwd() / CODE}{os.sep}", defaultdict(list)
    for one in _all_functions():
        if one.__code__.co_filename.startswith(below):
            found[one.__code__.co_filename].append(one)
    return found


def _all_functions() -> Iterator[types.FunctionType]:
    gc.collect()
    yield from (one for one in gc.get_objects() if type(one) is types.FunctionType)


def _end_group(leader: int) -> None:
    """What a test that was cut short had started."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def pytest_configure(config: pytest.Config) -> None:
    """In a process that `forks.py` started."""
    if "FORKS_FROM" in os.environ:
        config.pluginmanager.register(Forks())
