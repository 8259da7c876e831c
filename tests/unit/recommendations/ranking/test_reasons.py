"""Sentences that viewers read."""

import itertools
from collections import Counter
from typing import Any

import pytest

from chalicelib.language import LANGUAGES, Language
from chalicelib.recommendations.model import Ground
from chalicelib.recommendations.ranking.reasons import CARD_CHARACTERS_MAX, Told, card_reasons, long_reason, sentence
from chalicelib.recommendations.ranking.ties import Tie
from tests.factories import card


@pytest.mark.parametrize(
    ("ground", "titles", "language", "expected"),
    [
        ("neighbour", ["Alien"], "en", "Because you liked Alien"),
        ("content", ["Alien", "Heat"], "en", "Because you liked Alien and Heat"),
        ("neighbour", ["Alien", "Heat", "Jaws"], "en", "Because you liked Alien, Heat and Jaws"),
        ("neighbour", ["Чужой"], "ru", "Потому что вам понравился фильм «Чужой»"),
        ("neighbour", ["Чужой", "Схватка"], "ru", "Потому что вам понравились «Чужой» и «Схватка»"),
        ("content", ["А", "Б", "В"], "ru", "Потому что вам понравились «А», «Б» и «В»"),
        ("steer", ["Alien"], "en", "More like Alien, as you asked"),
        ("steer", ["Чужой"], "ru", "Похоже на «Чужой», как вы просили"),
        ("popular", [], "en", "One of the best films by IMDb rating"),
        ("popular", [], "ru", "Один из лучших фильмов по рейтингу IMDb"),
        ("surprise", ["Alien"], "en", "Something different from your usual films"),
        ("model", [], "ru", "Подобрано для вас"),
    ],
)
def test_the_reason_names_its_causes_when_there_are_any(
    ground: Ground, titles: list[str], language: Language, expected: str
) -> None:
    assert sentence(ground, titles, language) == expected


def test_a_reason_may_fill_the_card_and_not_a_letter_more() -> None:
    room = CARD_CHARACTERS_MAX - len(sentence("content", ["A", "X"], "en")) + 1
    assert len(sentence("content", ["A", "X" * room], "en")) == CARD_CHARACTERS_MAX
    assert "X" not in sentence("content", ["A", "X" * (room + 1)], "en")


def test_fewer_films_are_named_when_their_titles_are_long() -> None:
    long = "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb"
    for language in LANGUAGES:
        for titles in ([long, long, long], [long, "Up"], ["Up", long, long], [long + long]):
            assert len(sentence("neighbour", titles, language)) <= CARD_CHARACTERS_MAX


def told(name: str = "Heat", *causes: str, **fields: Any) -> Told:
    given: dict[str, Any] = {"ground": "neighbour"}
    given |= {one: fields.pop(one) for one in ("ground", "ties", "own_words") if one in fields}
    return Told(card=card(name, **fields), causes=causes, **given)


@pytest.mark.parametrize(
    ("tie", "language", "after_cause", "alone"),
    [
        (Tie("series"), "en", "Because you liked Alien: the same series", "From the same series as Alien"),
        (Tie("series"), "ru", "Потому что вам понравился фильм «Alien»: это та же серия",
         "Из той же серии, что и «Alien»"),
        (Tie("director", ("R. Scott",)), "en", "Because you liked Alien: the same director, R. Scott",
         "Directed by R. Scott, like Alien"),
        (Tie("director", ("R. Scott",)), "ru", "Потому что вам понравился фильм «Alien»: тот же режиссёр, R. Scott",
         "Тот же режиссёр, что у фильма «Alien»: R. Scott"),
        (Tie("actors", ("A", "B")), "en", "Because you liked Alien: A and B again", "With A and B, as in Alien"),
        (Tie("actors", ("A", "B")), "ru", "Потому что вам понравился фильм «Alien»: снова A и B",
         "A и B, как и в фильме «Alien»"),
        (Tie("country", ("Soviet Union",), 1970), "en",
         "Because you liked Alien: also from the Soviet Union of the 1970s",
         "From the Soviet Union of the 1970s, like Alien"),
        (Tie("country", ("Soviet Union",), 1970), "ru", "Потому что вам понравился фильм «Alien»: тоже СССР 1970-х",
         "Та же страна, что у фильма «Alien»: СССР 1970-х"),
        (Tie("genres", ("Horror", "Comedy")), "en", "Because you liked Alien: the same genre, horror and comedy",
         "Horror and comedy, like Alien"),
        (Tie("genres", ("Horror",), 1970), "ru", "Потому что вам понравился фильм «Alien»: тоже ужасы 1970-х",
         "Тот же жанр, что у фильма «Alien»: ужасы 1970-х"),
        (Tie("decade", (), 1970), "en", "Because you liked Alien: also from the 1970s",
         "A film of the 1970s, like Alien"),
        (Tie("decade", (), 1970), "ru", "Потому что вам понравился фильм «Alien»: тоже из 1970-х",
         "Фильм 1970-х, как и «Alien»"),
    ],
)  # fmt: skip
def test_a_fact_is_told_in_two_ways_and_names_stay_as_they_are(
    tie: Tie, language: Language, after_cause: str, alone: str
) -> None:
    assert card_reasons([told("Heat", "Alien", ties=(tie,))] * 2, language) == [after_cause, alone]


def test_no_neighbours_say_the_same_and_nothing_is_said_too_often_when_little_is_known() -> None:
    for language in LANGUAGES:
        said = card_reasons([told(f"Film {n}", "Alien", year=None, genres=()) for n in range(30)], language)
        assert all(one != other for one, other in itertools.pairwise(said))
        assert max(Counter(said).values()) <= 10


def test_what_a_film_is_alone_is_not_told_as_what_it_shares() -> None:
    """ "Because you liked Scream: comedy of the 1970s" would call Scream one."""
    place = told("The Jerk", "Scream", genres=("Comedy",), year=1979, imdb_rating=None)
    kinds: dict[Language, str] = {
        "en": "Comedy of the 1970s, for those who liked Scream",
        "ru": "Комедия 1970-х для тех, кому понравился фильм «Scream»",
    }
    for language, kind in kinds.items():
        said = card_reasons([place] * 6, language)
        assert kind in said
        assert not any(":" in one and ("omedy" in one or "омедия" in one) for one in said)


def test_the_same_films_in_another_order_are_the_same_reason() -> None:
    orders = itertools.cycle(itertools.permutations(("Alien", "Heat", "Jaws")))
    said = card_reasons([told(f"Film {n}", *next(orders)) for n in range(12)], "en")
    by_words = [frozenset(one.replace(",", "").split()) for one in said]
    assert all(one != other for one, other in itertools.pairwise(by_words))
    assert max(Counter(by_words).values()) <= 4


def test_the_models_words_are_said_once_and_whole_or_not_at_all() -> None:
    words = "A quiet film."
    said = card_reasons([told(f"Film {n}", "Alien", own_words=words, ground="model") for n in range(4)], "en")
    assert said.count(words) == 1
    long = "A film " + "so very quiet " * 9
    place = told("Heat", "Alien", own_words=long)
    assert card_reasons([place], "en")[0].startswith("Because you liked Alien")
    assert long_reason(place, "en").startswith(long)


def test_no_film_is_called_one_of_the_best_when_it_is_not() -> None:
    for rating, is_best in ((8.4, True), (6.1, False), (None, False)):
        for language in LANGUAGES:
            place = told("Heat", ground="popular", imdb_rating=rating, imdb_votes=9)
            said = [*card_reasons([place] * 9, language), long_reason(place, language)]
            assert any(sentence("popular", (), language) in one for one in said) == is_best


def test_more_is_said_on_a_films_own_page() -> None:
    ties = (Tie("director", ("R. Scott",)), Tie("genres", ("Horror", "Drama"), 1970), Tie("genres", ("Horror",)))
    place = told("Heat", "Alien", "Jaws", ties=ties, imdb_rating=7.4, genres=("Crime",), year=1995)
    assert long_reason(place, "en") == (
        "Because you liked Alien and Jaws. Directed by R. Scott, like Alien. Horror and drama of the 1970s, like Alien."
        " Rated 7.4 on IMDb, crime of the 1990s."
    )


def test_a_title_with_quotes_or_commas_of_its_own_is_read_as_one_title() -> None:
    squad = "Отряд «Америка»: Всемирная полиция"
    assert sentence("steer", [squad], "ru") == "Похоже на «Отряд „Америка“: Всемирная полиция», как вы просили"
    assert sentence("neighbour", [squad, "Шрек"], "ru").endswith("«Отряд „Америка“: Всемирная полиция» и «Шрек»")
    ties = (Tie("actors", ("А", "Б")),)
    assert "А и Б, как и в фильме «Отряд „Америка“: Всемирная полиция»." in long_reason(
        told("Up", squad, ties=ties), "ru"
    )
    said = card_reasons([told("Up", squad, genres=("War",), year=None)] * 9, "ru")
    assert not [one for one in said if "Отряд" in one and "«Отряд „Америка“: Всемирная полиция»" not in one]
    good = "The Good, the Bad and the Ugly"
    assert sentence("neighbour", [good, "Shrek"], "en") == f"Because you liked “{good}” and Shrek"
    assert sentence("neighbour", [good], "en") == f"Because you liked {good}"
