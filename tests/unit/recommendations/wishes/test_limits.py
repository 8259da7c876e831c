"""Years, lengths and ages, as people say them in both languages."""

import pytest

from chalicelib.recommendations.wishes.limits import class_of_age, take_limits
from chalicelib.recommendations.wishes.tokens import Draft


def _limits(text: str) -> list[tuple[str, object]]:
    draft = Draft(text)
    take_limits(draft)
    return [(wish.kind, wish.value) for wish in draft.plan if wish.kind != "genre"]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("фильмы 80-х", 1980, 1989), ("movies from the 70s", 1970, 1979), ("девяностых", 1990, 1999),
        ("кино двухтысячных", 2000, 2009), ("early 90s", 1990, 1994), ("конец 80-х", 1985, 1989),
        ("mid 60s", 1963, 1966),
        ("80-90-х годов", 1980, 1999), ("70s or 80s", 1970, 1989), ("a film from 1994", 1994, 1994),
        ("1975 года", 1975, 1975), ("between 1990 and 1995", 1990, 1995), ("с 1960 по 1970 год", 1960, 1970),
        ("2010-2015", 2010, 2015), ("после 2010", 2011, None), ("after the 70s", 1980, None),
        ("since 2012", 2012, None),
        ("from 2000 on", 2000, None), ("до 1950 года", None, 1949), ("before 1960", None, 1959),
        ("older than 1970", None, 1969), ("nothing after 2000", None, 2000), ("ничего после 2000-го", None, 2000),
        ("не новее 1970", None, 1970), ("не старше 1990", 1990, None), ("no older than 2000", 2000, None),
        ("nothing before 1980", 1980, None), ("не позже 1990", None, 1990),
    ],
)  # fmt: skip
def test_years_are_understood_when_they_are_said_so(text: str, first: int | None, last: int | None) -> None:
    wanted = [("year_from", first)] if first else []
    assert _limits(text) == [*wanted, *([("year_to", last)] if last else [])]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("не длиннее полутора часов", 90), ("under 90 minutes", 90), ("минут на 80", 80), ("up to 2 hours", 120),
        ("less than an hour and a half", 90), ("не больше часа сорока", 100), ("1.5 часа", 90), ("1h30", 90),
        ("under 1 hour 40 minutes", 100), ("short", 90), ("короткая", 90), ("not too long", 120),
        ("не слишком длинный", 120), ("90 minutes or less", 90),
    ],
)  # fmt: skip
def test_a_length_is_understood_when_it_is_said_so(text: str, minutes: int) -> None:
    assert _limits(text) == [("max_minutes", minutes)]


@pytest.mark.parametrize("text", ["longer than 2 hours", "длиннее двух часов", "over three hours"])
def test_at_least_so_long_is_no_wish_that_films_be_shorter(text: str) -> None:
    assert _limits(text) == []


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("для ребёнка 7 лет", 6), ("for my 10 year old", 6), ("for kids", 6), ("что посмотреть с детьми", 6),
        ("для всей семьи", 12), ("12+", 12), ("подростку 13 лет", 12), ("nothing above PG-13", 12), ("rated PG", 6),
        ("children under 12", 6), ("my kids are 4 and 8", 0), ("для пятилетнего ребёнка", 0), ("no R rated", 12),
    ],
)  # fmt: skip
def test_an_age_is_understood_when_it_is_said_so(text: str, age: int) -> None:
    assert _limits(text) == [("age_limit", age)]


@pytest.mark.parametrize("text", ["про детей", "about children", "не для детей"])
def test_films_about_children_are_not_for_them(text: str) -> None:
    assert _limits(text) == []


def test_a_class_holds_from_its_age_on() -> None:
    assert [class_of_age(years) for years in (0, 5, 6, 11, 12, 17, 40)] == [0, 0, 6, 6, 12, 16, 18]
