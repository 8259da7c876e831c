"""The one rule of what may be shown."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.catalog.availability import is_shown, narrower
from chalicelib.catalog.model import Showing
from tests.factories import NOW, film

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("known", "asked", "shown"),
    [
        ({}, {}, True),
        ({"available_from": NOW}, {}, True),
        ({"available_from": NOW + SECOND}, {}, False),
        ({"available_until": NOW}, {}, False),
        ({"available_until": NOW + SECOND}, {}, True),
        ({"regions": ("RU", "KZ")}, {"region": "KZ"}, True),
        ({"regions": ("RU",)}, {"region": "DE"}, False),
        ({"regions": ("RU",)}, {}, True),
        ({"age_rating": 12}, {"age_limit": 12}, True),
        ({"age_rating": 16}, {"age_limit": 12}, False),
        ({"age_rating": 0}, {"age_limit": 0}, True),
        ({}, {"age_limit": 12}, False),
        ({}, {"age_limit": 16}, True),
        ({"age_rating": 18}, {}, True),
    ],
)
def test_a_film_is_shown_when_time_place_and_age_allow(known: Any, asked: Any, shown: bool) -> None:
    assert is_shown(film(**known), Showing(at=NOW, **asked)) == shown


def test_the_stricter_age_limit_holds_when_there_are_two() -> None:
    assert (narrower(None, None), narrower(12, None), narrower(None, 0), narrower(12, 6)) == (None, 12, 0, 6)
