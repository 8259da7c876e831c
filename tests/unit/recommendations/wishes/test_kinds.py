"""Genres and countries, wished and refused."""

import pytest

from chalicelib.recommendations.wishes.kinds import take_kinds
from chalicelib.recommendations.wishes.tokens import Draft


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("советская комедия", [("country", "Soviet Union"), ("genre", "Comedy")]),
        ("something scary from Spain", [("genre", "Horror"), ("country", "Spain")]),
        ("комедия или драма", [("genre", "Comedy, Drama")]),
        ("не ужасы", [("not_genre", "Horror")]),
        ("не слишком страшное", [("not_genre", "Horror")]),
        ("without animation or musicals", [("not_genre", "Animation"), ("not_genre", "Musical")]),
        ("no cartoons, a comedy", [("not_genre", "Animation"), ("genre", "Comedy")]),
        ("not scary, funny", [("not_genre", "Horror"), ("genre", "Comedy")]),
        ("не только комедия", [("genre", "Comedy")]),
        ("nothing but comedies", [("genre", "Comedy")]),
        ("anything but comedies", [("not_genre", "Comedy")]),
        ("not a romantic comedy", [("not_genre", "Romance")]),
        ("не люблю мелодрамы", [("not_genre", "Romance")]),
        ("не американский боевик", [("genre", "Action")]),
        ("интересная история", []),
    ],
)
def test_kinds_are_wished_and_refused_as_they_are_said(text: str, wishes: list[tuple[str, str]]) -> None:
    draft = Draft(text)
    take_kinds(draft)
    assert [(wish.kind, wish.value) for wish in draft.plan] == wishes
