"""From a request to a plan."""

from typing import Any

import pytest

from chalicelib.catalog.port import Catalog
from chalicelib.recommendations.wishes.understand import understand


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        (
            "советская комедия про ограбление, короткая",
            [("country", "Soviet Union"), ("genre", "Comedy"), ("words", "ограбление"), ("max_minutes", 90)],
        ),
        ("like Alien but funny, nothing after 2000",
         [("like", "Alien (1979)"), ("genre", "Comedy"), ("year_to", 2000)]),
        ("что-то для троих детей, только не мультфильм",
         [("genre", "Children"), ("age_limit", 6), ("not_genre", "Animation")]),
        ("something with Bill Murray under two hours, not a war film",
         [("person", "Bill Murray"), ("max_minutes", 120), ("not_genre", "War")]),
        ("a comedy, not with Bill Murray", [("genre", "Comedy")]),
        ("комедия без Билла Мюррея", [("genre", "Comedy")]),
        ("Один дома", [("words", "один дома")]),
        ("Horror", [("genre", "Horror")]),
        ("James Murray", [("words", "james murray")]),
        ("про путешествия во времени", [("words", "путешествия во времени")]),
        ("world war drama", [("words", "world war"), ("genre", "Drama")]),
        ("посоветуй хороший фильм", []),
        ("", []),
        ("!?.,«»()", []),
    ],
)  # fmt: skip
def test_wishes_are_taken_from_a_request(catalog: Catalog, text: str, plan: list[tuple[str, Any]]) -> None:
    assert [(wish.kind, wish.value) for wish in understand(catalog, text)] == plan


def test_each_wish_says_the_words_it_came_from(catalog: Catalog) -> None:
    text = "французский фильм 60-х"
    assert [wish.text for wish in understand(catalog, text)] == ["французский", "60-х", "60-х"]
    assert all(wish.text in text for wish in understand(catalog, text))
