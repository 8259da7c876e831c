"""The list of what differs on LocalStack: each entry is a test that there is, and a reason."""

from pathlib import Path

import pytest

from tests.localstack_differences import DIFFERENCES

SOURCES = "".join(path.read_text() for path in Path("tests/e2e").glob("test_*.py"))


@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_difference_names_a_test_that_there_is_and_a_reason(name: str) -> None:
    assert f"def {name.partition('[')[0]}(" in SOURCES
    assert DIFFERENCES[name]
