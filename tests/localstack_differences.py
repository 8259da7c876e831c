"""What the end-to-end tests find different on LocalStack: each an expected failure, strict, with its reason.

An entry is a test's name, all its cases with it, or a case: `test_bad_query_is_refused[…]`.
"""

from collections.abc import Iterable

import pytest

DIFFERENCES: dict[str, str] = {}


def expect_differences(items: Iterable[pytest.Item]) -> None:
    """Marks the tests of the list. Raises `pytest.UsageError` when a whole run has no test of an entry's name."""
    for item in items:
        reason = DIFFERENCES.get(item.name) or DIFFERENCES.get(item.name.partition("[")[0])
        if reason:
            item.add_marker(pytest.mark.xfail(reason=reason, strict=True))
