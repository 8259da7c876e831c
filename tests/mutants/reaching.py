"""Notes which tests reach which lines of `chalicelib`: a plugin of pytest, for `reach.py`.

By `sys.monitoring`, a line once a test: the suite takes hardly longer than without it, where a tracer that is told of
every line doubles it. Each process of the run writes what it has seen to a file of its own in the folder named by
`REACHING_TO`. Lines that are run before the first test, or between two, belong to "": to every test.
https://docs.python.org/3.13/library/sys.monitoring.html
"""

import importlib.machinery
import json
import os
import sys
import types
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.test_places import CODE

TOOL = sys.monitoring.COVERAGE_ID
FOLDER = f"{Path.cwd() / CODE}{os.sep}"
NOBODY = ""


class Seen:
    """By file and line, the tests that were running."""

    def __init__(self) -> None:
        self.lines: dict[tuple[str, int], set[int]] = defaultdict(set)
        self.tests: list[str] = [NOBODY]

    def line(self, code: types.CodeType, line: int) -> object:
        self.lines[code.co_filename.removeprefix(FOLDER), line].add(len(self.tests) - 1 if self.is_test else 0)
        return sys.monitoring.DISABLE

    is_test = False

    def as_json(self) -> str:
        """Tests, and by file and line their numbers."""
        return json.dumps([self.tests, [[*place, sorted(tests)] for place, tests in sorted(self.lines.items())]])


SEEN = Seen()
_get_code = importlib.machinery.SourceFileLoader.get_code


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for one in code.co_consts:
        if isinstance(one, types.CodeType):
            yield from _codes(one)


def _watched(self: importlib.machinery.SourceFileLoader, name: str) -> types.CodeType | None:
    code = _get_code(self, name)
    if code is not None and str(self.path).startswith(FOLDER):
        for one in _codes(code):
            sys.monitoring.set_local_events(TOOL, one, sys.monitoring.events.LINE)
    return code


if "REACHING_TO" in os.environ:
    sys.monitoring.use_tool_id(TOOL, "reaching")
    sys.monitoring.register_callback(TOOL, sys.monitoring.events.LINE, SEEN.line)
    importlib.machinery.SourceFileLoader.get_code = _watched  # type: ignore[method-assign, assignment]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Set-up and tear-down are the test's too: what stands in a fixture is its code."""
    SEEN.tests.append(item.nodeid)
    SEEN.is_test = True
    sys.monitoring.restart_events()
    try:
        return (yield)
    finally:
        SEEN.is_test = False


def pytest_sessionfinish() -> None:
    """Writes what was seen."""
    (Path(os.environ["REACHING_TO"]) / f"{os.getpid()}.json").write_text(SEEN.as_json())
