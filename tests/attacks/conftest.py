"""What was tried, how often, and what held: one table at the end of the run."""

from collections import Counter

import pytest

TRIED: Counter[tuple[str, str]] = Counter()
"""By the attack's name and what has to hold. One process: the suite is not distributed."""


@pytest.fixture(scope="session")
def tried() -> Counter[tuple[str, str]]:
    """How often each attack was tried."""
    return TRIED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the table. An attack that got through is a failed test above it."""
    terminalreporter.section("attacks: tried, and what held")
    for (name, held), times in sorted(TRIED.items()):
        terminalreporter.write_line(f"{name:44} {times:7}   {held}")
