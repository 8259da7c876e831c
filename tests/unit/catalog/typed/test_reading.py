"""What is looked for, and in which order."""

import pytest

from chalicelib.catalog.typed.reading import (
    ANY,
    LAYOUT_NAME,
    LAYOUT_SLIPS,
    NAME,
    NAMES,
    OTHER_LAYOUT,
    SLIPS,
    SURE_NAME,
    WRITTEN,
    slips_allowed,
    title_slips_allowed,
    tries_of,
)


def test_what_is_written_comes_first_and_any_word_last() -> None:
    assert [one.number for one in tries_of("матрица ривз")] == [
        WRITTEN, OTHER_LAYOUT, SURE_NAME, SLIPS, NAME, LAYOUT_NAME, NAMES, SLIPS, LAYOUT_SLIPS, ANY,
    ]  # fmt: skip
    assert [one.number for one in tries_of("1984")] == [WRITTEN, SLIPS, SLIPS, ANY]
    assert [one.is_every for one in tries_of("1984")] == [True, True, True, False]
    assert SLIPS in [one.number for one in tries_of("терминатр") if not one.titled]
    assert SLIPS not in [one.number for one in tries_of("ведьмак") if not one.titled], "a short word alone"


@pytest.mark.parametrize("text", ["", "  ", "?!", "—"])
def test_nothing_is_looked_for_when_there_is_no_word(text: str) -> None:
    assert tries_of(text) == ()


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("комедии 1994 года", [("комедии",), ("1994",)]), ("фильмы ужасов", [("ужасов",)]),
        ("научная фантастика 80-х", [("научная", "фантастика"), ("80", "х")]), ("боевик с шварценеггером",
        [("боевик",), ("шварценеггером",)]), ("best horror movies", [("horror",)]), ("movie", [("movie",)]),
        ("девушка с татуировкой", [("девушка",), ("с",), ("татуировкой",)]),
    ],
)  # fmt: skip
def test_words_about_films_are_left_out_when_a_genre_is_named(text: str, terms: list[tuple[str, ...]]) -> None:
    assert [term.words for term in tries_of(text)[0].terms] == terms


@pytest.mark.parametrize(
    ("text", "kinds"),
    [("комедия", True), ("комедии 1994", True), ("80s horror", True), ("1994", False), ("комедия гайдай", False)],
)
def test_kinds_of_films_are_asked_for_when_every_word_is_one(text: str, kinds: bool) -> None:
    assert tries_of(text)[0].is_about_kinds is kinds


def test_no_name_is_looked_for_when_a_word_is_never_one() -> None:
    assert not any(one.is_about_people for one in tries_of("мы из будущего"))
    assert any(one.is_about_people for one in tries_of("фильмы тома хэнкса"))
    assert not any(one.is_about_people for one in tries_of("one two three four five"))


def test_only_telling_words_are_offered_when_no_film_has_all() -> None:
    assert [term.words for term in tries_of("the wuggle of drenthorpe")[-1].terms] == [("wuggle",), ("drenthorpe",)]
    assert [term.words for term in tries_of("the")[-1].terms] == [("the",)]


def test_a_longer_word_bears_more_slips() -> None:
    assert [slips_allowed(word) for word in ("дом", "игла", "матрица", "одиннадцатый", "1234567")] == [0, 0, 1, 2, 0]
    assert [title_slips_allowed(text, is_every=True) for text in ("it", "brazil", "Alien 3", "Alien III")] == [
        0,
        1,
        0,
        0,
    ]
    assert title_slips_allowed("the shawshank redemption", is_every=True) == 2
