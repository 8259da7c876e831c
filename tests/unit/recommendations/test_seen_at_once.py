"""A word is seen at once: in the large film and the first row, with and without the model's stored picks."""

import random
from collections.abc import Sequence
from typing import Any

import pytest

from chalicelib.catalog.model import Film
from chalicelib.recommendations.home import HomeFilm
from tests.factories import film
from tests.fake_lanes import FakeItemSimilarity
from tests.lanes import Lanes

KINDS = (("Drama", "War"), ("Comedy", "Romance"), ("Horror", "Thriller"), ("Sci-Fi", "Action"), ("Western", "Crime"))
VIEWERS = range(6)
FIRST_ROW = 10


def catalogue() -> list[Film]:
    chance = random.Random(3)
    return [
        film(f"{KINDS[number % 5][0]}No{number}", genres=KINDS[number % 5], year=chance.randrange(1960, 2010),
             imdb_rating=round(chance.uniform(7, 8.9), 1), imdb_votes=chance.randrange(20_000, 900_000),
             directors=(f"Director {number}",))
        for number in range(200)
    ]  # fmt: skip


def neighbours(films: Sequence[Film]) -> dict[str, dict[str, float]]:
    """Who likes one likes others, mostly of its kind."""
    chance = random.Random(4)
    return {
        one.film_id: {
            other.film_id: chance.random() * (1.0 if one.genres == other.genres else 0.25)
            for other in chance.sample(films, 120)
            if other is not one
        }
        for one in films
    }


class Viewer:
    """Somebody with a short or long taste of two kinds, on a site that has learned or not, an answer stored or not."""

    def __init__(self, number: int, *, picks: bool) -> None:
        films = catalogue()
        self.chance = random.Random(number)
        self.lanes = Lanes(films)
        self.lanes.model = self.lanes.model if picks else None
        known = FakeItemSimilarity(neighbours(films) if number % 3 else {})
        self.lanes.dependencies = self.lanes.dependencies._replace(item_similarity=known)
        self.lanes.ask_dependencies = self.lanes.ask_dependencies._replace(fast=self.lanes.dependencies)
        self.kinds = self.chance.sample(KINDS, 2)
        own = [one for one in films if one.genres in self.kinds]
        for one in self.chance.sample(own, 40 if number % 2 else 6):
            self.says(one.titles.main, rating="like")
        for _ in range(3):  # until the model has been heard
            self.lanes.wait(hours=7)
            self.lanes.sweep()
            self.lanes.deliver()
        assert (self.lanes.store.read("user").reply is not None) == picks

    def says(self, title: str, **word: Any) -> None:
        self.lanes.wait(minutes=1)
        self.lanes.like(title, **({"rating": None} | word))
        self.lanes.deliver()

    def first_row(self, without: str = "") -> list[HomeFilm]:
        return [one for one in self.lanes.page().films if one.title != without][:FIRST_ROW]


def of_kind(row: Sequence[HomeFilm], genres: tuple[str, ...]) -> int:
    return sum(one.genres == genres for one in row)


@pytest.mark.parametrize("picks", [False, True], ids=["no picks", "picks"])
@pytest.mark.parametrize("number", VIEWERS)
def test_a_like_changes_two_of_the_first_ten(number: int, picks: bool) -> None:
    viewer = Viewer(number, picks=picks)
    for place in (0, 7, 25):
        liked = viewer.lanes.page().films[place].title
        before = {one.film_id for one in viewer.first_row(without=liked)}
        viewer.says(liked, rating="like")
        assert len({one.film_id for one in viewer.first_row()} - before) >= 2, liked


@pytest.mark.parametrize("picks", [False, True], ids=["no picks", "picks"])
@pytest.mark.parametrize("number", VIEWERS)
def test_more_like_this_is_seen_in_the_large_film_and_the_first_row(number: int, picks: bool) -> None:
    viewer = Viewer(number, picks=picks)
    foreign = next(kind for kind in KINDS if kind not in viewer.kinds)
    for genres in (foreign, viewer.kinds[0]):
        steered = next(one for one in viewer.lanes.films if one.genres == genres
                       and viewer.lanes.feedback.find("user", one.film_id) is None)  # fmt: skip
        before = of_kind(viewer.first_row(without=steered.titles.main), genres)
        viewer.says(steered.titles.main, steer="more_like_this")
        row = viewer.first_row()
        assert row[0].genres == genres
        assert of_kind(row, genres) >= min(FIRST_ROW, before + 2)


@pytest.mark.parametrize("picks", [False, True], ids=["no picks", "picks"])
@pytest.mark.parametrize("number", VIEWERS)
def test_less_like_this_is_seen_in_the_large_film_and_the_first_row(number: int, picks: bool) -> None:
    viewer = Viewer(number, picks=picks)
    for _ in range(2):
        excluded = viewer.first_row()[0]
        before = of_kind(viewer.first_row(without=excluded.title), excluded.genres)
        viewer.says(excluded.title, steer="exclude")
        row = viewer.first_row()
        assert row[0].genres != excluded.genres
        assert of_kind(row, excluded.genres) <= max(0, before - 2)


def test_the_row_stays_when_the_same_list_is_made_again() -> None:
    viewer = Viewer(1, picks=True)
    viewer.says(viewer.first_row()[4].title, rating="like")
    before = viewer.first_row()
    viewer.lanes.outdate()
    viewer.lanes.changed()
    viewer.lanes.deliver()
    assert viewer.first_row() == before
