"""Sentences that viewers read."""

import pytest

from chalicelib.language import LANGUAGES, Language
from chalicelib.recommendations.model import Ground
from chalicelib.recommendations.ranking.reasons import CARD_CHARACTERS_MAX, names_known, sentence
from tests.factories import titles as titles_named


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


def test_fewer_films_are_named_when_their_titles_are_long() -> None:
    long = "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb"
    for language in LANGUAGES:
        for titles in ([long, long, long], [long, "Up"], ["Up", long, long], [long + long]):
            assert len(sentence("neighbour", titles, language)) <= CARD_CHARACTERS_MAX


def test_names_are_known_when_they_are_the_viewers_own_films() -> None:
    held = [titles_named("Alien", ru="Чужой")]
    assert names_known("По духу рядом с фильмом «Чужой».", held)
    assert not names_known("По духу рядом с фильмом «Звонок».", held)
    assert names_known("Сильный фильм.", held)
