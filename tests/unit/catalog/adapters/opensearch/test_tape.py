"""What OpenSearch is asked for, request by request, is what a real node has answered."""

import copy
from typing import Any

import pytest

from tests.contract import opensearch_tape


def test_the_walk_asks_and_says_what_is_on_the_tape() -> None:
    tape = opensearch_tape.read()
    assert opensearch_tape.played(tape) == tape["said"]


@pytest.mark.parametrize("place", [0, 40, -1])
def test_a_request_that_is_another_or_left_out_is_seen(place: int) -> None:
    tape = opensearch_tape.read()
    changed: Any = copy.deepcopy(tape)
    changed["exchanges"][place]["body"] = {"query": {"match_all": {}}}
    with pytest.raises(AssertionError):
        opensearch_tape.played(changed)
    del changed["exchanges"][place]
    with pytest.raises(AssertionError):
        opensearch_tape.played(changed)
