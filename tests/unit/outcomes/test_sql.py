"""Statements with all that they name."""

from datetime import date

import pytest

from chalicelib.outcomes.sql import statement

NAMED = {
    "cells": {"day": "2026-02-27"},
    "experiments/trial": {"name": "shorter"},
    "experiments/votes": {},
    "watched": {"films_most": "101"},
    "untouched": {"films_most": "51", "times_least": "11", "shown_since": "1772366400000001"},
}


@pytest.mark.parametrize("file", NAMED)
def test_nothing_is_left_to_be_put_in(file: str) -> None:
    text = statement(file, date(2026, 2, 27), date(2026, 2, 28), **NAMED[file])
    assert "{" not in text
    assert "2026-03-01" in text, "the day after the last"
    assert all(value in text for value in NAMED[file].values())
