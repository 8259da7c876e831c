"""Genres, countries and decades by word, in any usual form."""

import pytest

from chalicelib.catalog.similarity import tags_of
from chalicelib.catalog.titles.normalize import words
from chalicelib.catalog.typed.kind_words import find_country, find_decade, find_genre, genre_tag
from tests.factories import film_with


@pytest.mark.parametrize(
    ("said", "genre"),
    [
        ("комедия", "Comedy"), ("комедий", "Comedy"), ("комедийный", "Comedy"), ("comedies", "Comedy"),
        ("боевиков", "Action"), ("экшн", "Action"), ("мультики", "Animation"), ("cartoons", "Animation"),
        ("ужасов", "Horror"), ("ужастик", "Horror"), ("научной фантастики", "Sci-Fi"), ("sci-fi", "Sci-Fi"),
        ("scifi", "Sci-Fi"), ("science fiction", "Sci-Fi"), ("детских", "Children"), ("семейное", "Children"),
        ("военная", "War"), ("вестерны", "Western"), ("film noir", "Film-Noir"), ("нуара", "Film-Noir"),
        ("мелодрам", "Romance"), ("романтическая", "Romance"), ("детективы", "Mystery"), ("мюзиклы", "Musical"),
        ("документальное", "Documentary"), ("триллеров", "Thriller"), ("криминальная", "Crime"), ("драмы", "Drama"),
        ("фэнтези", "Fantasy"), ("приключенческий", "Adventure"),
    ],
)  # fmt: skip
def test_a_genre_is_found_when_it_is_said_in_a_usual_form(said: str, genre: str) -> None:
    film = film_with(film_id="f", title="X", genres=(genre,))
    assert set(tags_of(film)) & set(find_genre(words(said)))


def test_a_catalogue_of_russian_genres_is_served_when_they_are_said_in_english() -> None:
    assert genre_tag("Комедия") in find_genre(["comedy"])
    assert genre_tag("научная фантастика") in find_genre(["sci", "fi"])


@pytest.mark.parametrize("said", ["матрица", "sci", "film", "", "the war"])
def test_no_genre_is_found_when_none_is_said(said: str) -> None:
    assert find_genre(words(said)) == ()


@pytest.mark.parametrize(
    ("said", "country"),
    [
        ("советские", "Soviet Union"), ("советская", "СССР"), ("ссср", "Soviet Union"), ("soviet", "USSR"),
        ("французского", "France"), ("french", "Франция"), ("японских", "Japan"), ("русский", "Soviet Union"),
        ("русские", "Russia"), ("российское", "Россия"), ("английские", "United Kingdom"), ("корейская", "South Korea"),
        ("американскую", "United States"), ("немецкое", "West Germany"),
    ],
)  # fmt: skip
def test_a_country_is_found_when_its_adjective_is_said(said: str, country: str) -> None:
    film = film_with(film_id="f", title="X", countries=(country,))
    assert set(tags_of(film)) & set(find_country(words(said)))


@pytest.mark.parametrize("said", ["brazil", "бразилия", "american", "france", "россия", "советский союз", "moon"])
def test_no_country_is_found_when_the_word_is_more_often_a_title(said: str) -> None:
    assert find_country(words(said)) == ()


@pytest.mark.parametrize(
    ("said", "tag"),
    [
        ("90s", "d_199"), ("1990s", "d_199"), ("90-х", "d_199"), ("90х", "d_199"), ("1950-е", "d_195"),
        ("2000-х", "d_200"), ("10-х", "d_201"), ("восьмидесятых", "d_198"), ("eighties", "d_198"),
    ],
)  # fmt: skip
def test_a_decade_is_found_when_it_is_said(said: str, tag: str) -> None:
    assert find_decade(words(said)) == (tag,)


@pytest.mark.parametrize("said", ["1990", "90", "2000", "300", "100 х", "90 лет"])
def test_no_decade_is_found_when_a_number_is_said(said: str) -> None:
    assert find_decade(words(said)) == ()
