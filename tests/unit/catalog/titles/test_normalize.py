"""What counts when titles are compared, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.catalog.titles.normalize import fold, sound_key, title_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Matrix, The", "the MATRIX"), ("Ёлки", "елки"), ("Léon", "Leon"), ("Rocky II", "Rocky 2"), ("Se7en", "SE7EN"),
        ("Kill Bill: Vol. 2", "Kill Bill 2"), ("L'avventura", "L’Avventura"), ("Alien³", "Alien 3"),
        ("Ocean's Eleven", "Oceans 11"), ("Rocky V", "Rocky 5"), ("Malcolm X", "Malcolm 10"),
        ("The Godfather Part I", "The Godfather 1"),
        ("Lock, Stock & Two Smoking Barrels", "Lock Stock and 2 Smoking Barrels"),
    ],
)  # fmt: skip
def test_titles_share_a_key_when_only_the_writing_differs(one: str, other: str) -> None:
    assert title_key(one) == title_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alien", "Aliens"),
        ("Rocky", "Rocky II"),
        ("Мой", "Мои"),
        ("V for Vendetta", "5 for Vendetta"),
        ("Withnail & I", "Withnail & 1"),
        ("Part of I", "Part of 1"),
    ],
)
def test_titles_have_keys_of_their_own_when_they_mean_other_films(one: str, other: str) -> None:
    assert title_key(one) != title_key(other)


@pytest.mark.parametrize("romanised", ["Krestnyy otets", "Krestnyj otec", "Krestnyi otets"])
def test_romanisations_sound_alike_when_they_are_of_one_title(romanised: str) -> None:
    assert sound_key(romanised) == sound_key("Крёстный отец")


@given(st.text(max_size=40))
def test_folding_changes_nothing_when_done_twice(text: str) -> None:
    assert fold(fold(text)) == fold(text)
