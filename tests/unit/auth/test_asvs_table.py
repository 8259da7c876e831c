"""The ASVS table (docs/decisions/014-asvs.md) is complete, and what it names exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TABLE = ROOT / "docs" / "decisions" / "014-asvs.md"
LEVELS_1_AND_2 = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
}  # fmt: skip
"""How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; higher levels follow them in number."""

ROWS = dict(re.findall(r"^\| (\d+\.\d+\.\d+) \|[^|]+\| (.+) \|$", TABLE.read_text(encoding="utf-8"), re.MULTILINE))
TESTS = {
    name
    for file in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^ *def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
}


def test_no_requirement_is_missing() -> None:
    expected = [f"{section}.{number}" for section, count in LEVELS_1_AND_2.items() for number in range(1, count + 1)]
    assert list(ROWS) == expected


@pytest.mark.parametrize("requirement", ROWS)
def test_a_requirement_names_tests_that_exist_or_says_why_there_are_none(requirement: str) -> None:
    named = re.findall(r"`(test_\w+)`", ROWS[requirement])
    assert named or len(ROWS[requirement]) > 8
    assert set(named) <= TESTS
