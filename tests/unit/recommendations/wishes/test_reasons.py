"""A reason names the wishes that the film meets, by facts alone."""

from typing import Any

import pytest

from chalicelib.language import Language
from chalicelib.recommendations.wishes.model import Wish
from chalicelib.recommendations.wishes.reasons import reason
from tests.factories import film
from tests.unit.recommendations.wishes.conftest import OPERATION_Y, STALKER


@pytest.mark.parametrize(
    ("language", "wishes", "said"),
    [
        ("ru", [("genre", "Comedy"), ("country", "Soviet Union"), ("max_minutes", 100)], "Комедия, СССР, 96 мин."),
        ("en", [("genre", "Comedy"), ("country", "Soviet Union")], "Comedy, from the Soviet Union"),
        ("en", [("year_to", 1970), ("like", "Snatch (2000)")], "Crime, comedy, 1965, like Snatch"),
        ("ru", [("person", "Leonid Gaidai")], "Криминал, комедия, режиссёр Leonid Gaidai"),
        ("ru", [("like", "Операция «Ы» (1965)")], "Криминал, комедия, похоже на «Операция „Ы“»"),
    ],
)
def test_the_wishes_that_are_met_are_named(language: Language, wishes: list[tuple[Any, Any]], said: str) -> None:
    plan = tuple(Wish(kind=kind, value=value) for kind, value in wishes)
    assert reason(OPERATION_Y, plan, language) == said


def test_a_film_is_not_called_like_one_that_it_has_little_in_common_with() -> None:
    plan = (Wish(kind="like", value="Alien (1979)"),)
    assert reason(STALKER, plan, "en", is_alike=True) == "Science fiction, drama, like Alien"
    assert reason(STALKER, plan, "en", is_alike=False) == "Science fiction, drama"


def test_no_wish_is_said_to_be_met_that_is_not() -> None:
    plan = (Wish(kind="genre", value="Comedy"), Wish(kind="country", value="France"))
    assert reason(STALKER, plan, "en") == "Science fiction, drama"


def test_there_is_a_reason_when_nothing_is_known() -> None:
    assert reason(film("?", genres=(), year=None), (), "ru") == "По вашим словам"


def test_two_kinds_are_named_when_no_wish_says_which() -> None:
    assert reason(film("?", genres=("War", "Horror", "Western"), year=1999), (), "en") == "War film, horror, 1999"
