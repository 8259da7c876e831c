"""Reasons are the same for both, and have a sentence for everything that may be told."""

import pytest

from chalicelib.language import Language
from chalicelib.recommendations.evenings.model import CommonFilm
from chalicelib.recommendations.evenings.words import reason
from tests.factories import film_id

ALIEN = film_id("Alien")


@pytest.mark.parametrize(
    ("told", "en", "ru"),
    [
        (CommonFilm(ALIEN, ("Horror", "Drama")), "What you both like: horror and drama",
         "То, что нравится обоим: ужасы и драма"),
        (CommonFilm(ALIEN, (), "Comedy", "Drama"), "For one of you comedy, for the other drama",
         "Для одного — комедия, для другого — драма"),
        (CommonFilm(ALIEN, (), "Comedy"), "For one of you comedy, for the other something new",
         "Для одного — комедия, для другого — что-то новое"),
        (CommonFilm(ALIEN), "Neither of you has rated it yet", "Ещё не оценён ни одним из вас"),
        (CommonFilm(ALIEN, ("IMAX",), "Comedy", "Нуар"), "What you both like: imax",
         "Для одного — комедия, для другого — нуар"),
    ],
)  # fmt: skip
def test_each_has_a_sentence_in_both_languages(told: CommonFilm, en: str, ru: str) -> None:
    said: dict[Language, str] = {"en": en, "ru": ru}
    assert {language: reason(told, language) for language in said} == said
