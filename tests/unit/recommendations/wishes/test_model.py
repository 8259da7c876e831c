"""A plan's values, and which of them make sense."""

import pytest

from chalicelib.errors import InvalidInputError
from chalicelib.recommendations.wishes.model import Wish, check, names_in, number, texts

PLAN = (
    Wish(kind="year_from", value=1990), Wish(kind="year_from", value=1995), Wish(kind="year_to", value=2000),
    Wish(kind="year_to", value=1999), Wish(kind="genre", value="Comedy, Drama"),
)  # fmt: skip


def test_the_strictest_of_several_limits_holds() -> None:
    assert (number(PLAN, "year_from"), number(PLAN, "year_to"), number(PLAN, "age_limit")) == (1995, 1999, None)


def test_a_value_may_name_several_that_are_alike_welcome() -> None:
    assert [names_in(value) for value in texts(PLAN, "genre")] == [["Comedy", "Drama"]]
    assert names_in(" , ") == []


@pytest.mark.parametrize("wish", [Wish(kind="genre", value=3), Wish(kind="age_limit", value="6")])
def test_a_value_of_the_wrong_kind_is_refused(wish: Wish) -> None:
    check(PLAN)
    with pytest.raises(InvalidInputError):
        check((*PLAN, wish))
