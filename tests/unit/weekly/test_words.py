"""The day on which the letter was asked for, in words."""

from datetime import UTC, datetime

import pytest

from chalicelib.language import Language
from chalicelib.weekly.words import day_of


@pytest.mark.parametrize(
    ("language", "months"),
    [
        ("ru", "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"),
        ("en", "January February March April May June July August September October November December"),
    ],
)
def test_each_month_of_the_year_has_its_name(language: Language, months: str) -> None:
    told = [day_of(datetime(2026, month, 28, tzinfo=UTC), language) for month in range(1, 13)]
    assert told == [f"28 {month} 2026" for month in months.split()]
