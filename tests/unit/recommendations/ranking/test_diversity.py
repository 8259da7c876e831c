"""The first page is shared fairly."""

import pytest

from chalicelib.recommendations.model import Taste
from chalicelib.recommendations.ranking.diversity import spread, surprises_of
from chalicelib.recommendations.ranking.series import same_series, series_of
from tests.factories import film, ranked


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Star Wars: Episode IV - A New Hope", "Star Wars: Episode V - The Empire Strikes Back"),
        ("Matrix, The", "The Matrix Reloaded"),
        ("Harry Potter and the Goblet of Fire", "Harry Potter and the Chamber of Secrets"),
        ("Гарри Поттер и узник Азкабана", "Гарри Поттер и Тайная комната"),
        ("Back to the Future", "Back to the Future Part II"),
        ("Rocky", "Rocky IV"),
        ("Toy Story", "Toy Story 3"),
        ("Terminator, The", "Terminator 2: Judgment Day"),
        ("Batman", "Batman Begins"),
    ],
)
def test_two_titles_are_one_series_when_they_are(one: str, other: str) -> None:
    assert same_series(series_of(film(one)), series_of(film(other)))


@pytest.mark.parametrize(
    ("one", "other"), [("Heat", "Heathers"), ("Big", "The Big Lebowski"), ("2001: A Space Odyssey", "2012"), ("X", "V")]
)
def test_two_titles_stay_apart_when_they_only_look_alike(one: str, other: str) -> None:
    assert not same_series(series_of(film(one)), series_of(film(other)))


def test_three_of_a_series_and_of_a_director_stand_first_when_ten_would() -> None:
    saga = [ranked(f"Saga {number}", 9) for number in range(1, 11)]
    author = [ranked(f"Plain {sign}", 8, directors=("One",)) for sign in "abcdefghij"]
    others = [ranked(f"{sign * 3}", 7) for sign in "klmnopqrstuvwxyz"]
    page = spread([*saga, *author, *others], Taste(), 3, 0.0)
    assert sum(film.film.titles.main.startswith("Saga") for film in page[:20]) == 3
    assert sum(film.film.directors == ("One",) for film in page[:20]) == 3
    assert len(page) == len({film.film.film_id for film in page}) == 36


def test_each_twenty_films_hold_their_surprise_in_their_second_half() -> None:
    usual = [ranked(f"{one}{other}" * 3, 9) for one in "abcdefgh" for other in "abcdefghij"]
    strange = [ranked(f"{sign * 5}", 1, genres=("Western",), imdb_votes=9_000) for sign in "klmnopqrstuvwxyz"]
    page = spread([*usual, *strange], Taste(taste_hash="1"), 3, 0.05)
    places = [place for place, film in enumerate(page) if film.ground == "surprise"]
    assert [place // 20 for place in places] == [0, 1, 2, 3, 4]
    assert all(place % 20 >= 10 for place in places[:-1]), "the last block is cut off"


def test_the_best_known_surprise() -> None:
    usual = [ranked(f"{sign * 4}", 9) for sign in "abcdefghijklmnopqrstuvwxyz"]
    strange = [ranked(f"{sign * 5}", 1, genres=("Western",), imdb_votes=10 ** (number % 6))
               for number, sign in enumerate("abcdefghijklmnopqrstuvwxyz")]  # fmt: skip
    for taste_hash in "123456":
        (surprise,) = surprises_of([*usual, *strange], 1, Taste(taste_hash=taste_hash))
        assert surprise.film.imdb_votes == 100_000


def test_one_film_in_twenty_is_a_surprise_when_the_share_says_so() -> None:
    usual = [ranked(f"{sign * 4}", 9) for sign in "abcdefghijklmnopqrstuvwxyz"]
    strange = [ranked(f"{sign * 5}", 1, genres=("Western",), imdb_votes=9_000) for sign in "abcdefghijklmnopqrstuvwxyz"]
    page = spread([*usual, *strange], Taste(taste_hash="1"), 3, 0.05)
    on_page = [place for place, film in enumerate(page[:20]) if film.ground == "surprise"]
    assert len(on_page) == 1
    assert on_page[0] >= 10
    assert page == spread([*usual, *strange], Taste(taste_hash="1"), 3, 0.05)
    assert len(page) == 52
