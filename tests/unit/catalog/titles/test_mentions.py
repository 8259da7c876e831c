"""What a mention may mean, with every addition that people and models make."""

import time

import pytest

from chalicelib.catalog.titles.mentions import READINGS_MAX, TITLE_CHARACTERS_MAX, Mention, Reading, readings_of


def means(text: str, year: int | None = None) -> set[tuple[str, int | None]]:
    return {(reading.title, reading.year) for reading in readings_of(Mention(text, year))}


@pytest.mark.parametrize(
    ("text", "title", "year"),
    [
        ("Solaris", "Solaris", None),
        ("3. Solaris (1972)", "Solaris", 1972),
        ("фильм «Солярис», 1972 г.", "Солярис", 1972),
        ("Солярис / Solaris / 1972", "Солярис", 1972),
        ("Солярис / Solaris / 1972", "Solaris", 1972),
        ("the film Solaris", "Solaris", None),
        ("Avatar 3D", "Avatar", None),
        ("Teh Cell", "Cell", None),
        ("Cell, hte", "Cell", None),
        ("Солярис (1972) – фильм о памяти", "Солярис", 1972),
        ("1917 (2019)", "1917", 2019),
    ],
)
def test_the_film_is_among_the_readings_when_something_was_added(text: str, title: str, year: int | None) -> None:
    assert (title, year) in means(text)


@pytest.mark.parametrize("sign", [" ", "\t", ",", "(", "1999 ", "- ", "«", "фильм "])
def test_time_is_linear_in_the_length_of_a_mention(sign: str) -> None:
    """A run of 20,000 blanks cost 15 s: a text of twice the length may take twice the time, and never long."""
    seconds = []
    for count in (10_000, 20_000):
        began = time.process_time()
        readings_of(Mention("The Matrix" + sign * count + "x 1999"))
        seconds.append(time.process_time() - began)
    assert seconds[1] < 2.5 * seconds[0] + 0.05
    assert seconds[1] < 0.2


@pytest.mark.parametrize("sign", [" ", ",", "(", "1999 ", "- ", "«", "фильм "])
def test_no_mention_of_a_titles_length_takes_long(sign: str) -> None:
    began = time.process_time()
    readings_of(Mention(("The Matrix" + sign * TITLE_CHARACTERS_MAX)[:TITLE_CHARACTERS_MAX]))
    assert time.process_time() - began < 0.5


def test_the_most_literal_reading_comes_first() -> None:
    assert readings_of(Mention("2001: A Space Odyssey", 1968))[0] == Reading("2001: A Space Odyssey", 1968)
    assert readings_of(Mention("  Solaris "))[0].title == "Solaris"


def test_a_year_that_contradicts_the_known_one_stays_in_the_title() -> None:
    assert means("Wonder Woman 1984", 2020) == {("Wonder Woman 1984", 2020)}


def test_another_word_than_the_article_stays() -> None:
    assert means("Tea Party") == {("Tea Party", None)}
    assert means("Party, Tea") == {("Party, Tea", None)}


def test_the_other_name_stands_beside_the_title_when_both_are_given() -> None:
    found = {reading.title: reading.beside for reading in readings_of(Mention("Матрица (The Matrix, 1999)"))}
    assert found["Матрица"] == ("The Matrix",)
    assert found["The Matrix"] == ("Матрица",)


@pytest.mark.parametrize("text", ["", "   ", "!!!", "фильм", "«»"])
def test_there_is_no_reading_when_nothing_is_named(text: str) -> None:
    assert readings_of(Mention(text)) == []


def test_readings_stay_few_when_a_mention_can_be_split_without_end() -> None:
    assert (
        len(readings_of(Mention(" / ".join(f"name {number} ({1950 + number})" for number in range(60)))))
        <= 2 * READINGS_MAX
    )
