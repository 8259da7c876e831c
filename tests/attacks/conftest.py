"""What was tried, how often, and what held: one table at the end of the run."""

from collections import Counter
from typing import Any

import pytest

TRIED: Counter[tuple[str, str]] = Counter()
"""By the attack's name and what has to hold. A worker hands its own to the process that prints them."""


@pytest.fixture(scope="session")
def tried() -> Counter[tuple[str, str]]:
    """How often each attack was tried."""
    return TRIED


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In a worker: what it has tried goes along with its end."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["tried"] = [[*attack, times] for attack, times in TRIED.items()]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Where workers report: one has ended."""
    for name, held, times in node.workeroutput.get("tried", ()):
        TRIED[name, held] += times


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the table. An attack that got through is a failed test above it."""
    terminalreporter.section("attacks: tried, and what held")
    for (name, held), times in sorted(TRIED.items()):
        terminalreporter.write_line(f"{name:44} {times:7}   {held}")
