"""Words of sentences, in both languages."""

from chalicelib.recommendations.ranking.reason_words import (
    country_word,
    decade_word,
    genre_word,
    joined,
    telling_genres,
)


def test_words_are_the_languages_own_and_unknown_ones_are_left_out() -> None:
    assert (genre_word("Sci-Fi", "en"), genre_word("Sci-Fi", "ru")) == ("science fiction", "фантастика")
    assert (genre_word("Комедия", "ru"), genre_word("Комедия", "en")) == ("комедия", None)
    assert (genre_word("Giallo", "en"), genre_word("Giallo", "ru")) == ("giallo", None)
    assert (country_word("Soviet Union", "en"), country_word("Soviet Union", "ru")) == ("the Soviet Union", "СССР")
    assert (country_word("Peru", "en"), country_word("Peru", "ru"), country_word("SU", "en")) == ("Peru", None, None)
    assert (decade_word(1970, "en"), decade_word(1970, "ru")) == ("of the 1970s", "1970-х")


def test_names_are_joined_as_a_list_is_spoken() -> None:
    assert [joined("ABC"[:count], "en") for count in (0, 1, 2, 3)] == ["", "A", "A and B", "A, B and C"]
    assert joined("ABC", "ru") == "A, B и C"


def test_genres_that_say_most_come_first_and_formats_are_none() -> None:
    assert telling_genres(("Drama", "IMAX", "Comedy", "War")) == ("War", "Comedy", "Drama")
