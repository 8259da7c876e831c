"""A slip of the pen is forgiven; another film is not."""

import pytest

from chalicelib.catalog.titles.fuzzy import (
    FAR,
    differs_in_form,
    is_head_of,
    is_short,
    same_but_numbering,
    same_but_small_words,
    same_subtitle,
    slip_distance,
)


@pytest.mark.parametrize(
    ("written", "title", "distance"),
    [
        ("Solaris", "Solaris", 0),
        ("Solariss", "Solaris", 1),
        ("Sloaris", "Solaris", 1),
        ("Eternal Sunshin of the Spotles Mind", "Eternal Sunshine of the Spotless Mind", 2),
        ("Sollarris", "Solaris", FAR),
        ("Rocky 2", "Rocky 3", FAR),
        ("Up", "Us", FAR),
    ],
)
def test_letters_apart_are_counted_as_far_as_the_title_bears_them(written: str, title: str, distance: int) -> None:
    assert slip_distance(written, title, year_known=True) == distance


def test_a_title_bears_less_when_no_year_backs_it() -> None:
    assert slip_distance("Brasil", "Brazil", year_known=True) == 1
    assert slip_distance("Brasil", "Brazil", year_known=False) == FAR


@pytest.mark.parametrize(
    ("letters", "year_known", "slips"),
    [(4, True, 0), (5, True, 1), (13, True, 1), (14, True, 2), (18, True, 2),
     (7, False, 0), (8, False, 1), (16, False, 1), (17, False, 2)],
)  # fmt: skip
def test_the_longer_a_title_the_more_letters_may_be_wrong(letters: int, year_known: bool, slips: int) -> None:
    title = "bcdfghjklmnpqrstvwxz"[:letters]
    for wrong in range(4):
        written = title[: letters - wrong] + "y" * wrong
        expected = wrong if wrong <= slips else FAR
        assert slip_distance(written, title, year_known=year_known) == (expected if slips else FAR)


@pytest.mark.parametrize(("one", "other"), [("Alien", "Aliens"), ("Охотник", "Охотники"), ("Project A", "Project X")])
def test_a_form_of_the_same_word_is_rather_another_film(one: str, other: str) -> None:
    assert differs_in_form(one, other)
    assert differs_in_form(other, one)
    assert not differs_in_form("Solaris", "Solariz")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ice Age 4: Continental Drift", "Ice Age: Continental Drift", True),
        ("Halloween 5", "Halloween 5: The Revenge", True),
        ("Halloween", "Halloween: The Revenge", False),
        ("Ice Age 4: Continental Drift", "Ice Age 3: Continental Drift", False),
    ],
)
def test_a_film_of_a_series_is_known_with_and_without_its_number(one: str, other: str, *, same: bool) -> None:
    assert same_but_numbering(one, other) == same


def test_a_subtitle_of_several_words_is_enough_when_the_heads_agree() -> None:
    assert same_subtitle("Star Wars: A New Hope", "Star Wars: Episode IV - A New Hope")
    assert not same_subtitle("Public Enemies", "Superman/Batman: Public Enemies")


def test_a_long_head_stands_for_the_title_and_a_short_one_does_not() -> None:
    assert is_head_of("Zathura", "Zathura: A Space Adventure")
    assert not is_head_of("Alien", "Alien: Covenant")


def test_small_words_may_differ_when_there_are_enough_others() -> None:
    assert same_but_small_words("Lord of Rings: Return of King", "The Lord of the Rings: The Return of the King")
    assert same_but_small_words("Gone the Wind Again", "Gone with the Wind Again")
    assert not same_but_small_words("Gone the Wind", "Gone with the Wind")
    assert not same_but_small_words("In Bruges", "Bruges")


def test_short_titles_are_those_that_another_one_is_near_to() -> None:
    assert is_short("Water")
    assert not is_short("Stalker 2000")
