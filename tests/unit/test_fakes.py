"""The fakes keep the promises of the ports they stand in for."""

import pytest

from chalicelib.catalog.model import CatalogUnavailableError, FilmQuery, InvalidPositionError
from chalicelib.catalog.port import Catalog
from chalicelib.feedback.model import FeedbackStore
from tests.factories import feedback, film, film_id, films
from tests.fakes import FakeCatalog, FakeFeedbackStore


def test_fakes_are_the_ports_when_the_type_checker_looks() -> None:
    catalog: Catalog = FakeCatalog()
    store: FeedbackStore = FakeFeedbackStore()
    assert catalog.top() == []
    assert store.list_all("u") == []


def test_pages_join_to_the_whole_when_a_search_is_paged() -> None:
    catalog = FakeCatalog(films([f"Film {number}" for number in range(7)]))
    first = catalog.search(FilmQuery(text="film", limit=4))
    second = catalog.search(FilmQuery(text="film", limit=4, after=first.after))
    assert len({film.film_id for film in first.films + second.films}) == 7
    assert second.after is None
    with pytest.raises(InvalidPositionError):
        catalog.search(FilmQuery(after=("forged",)))


def test_similar_prefers_shared_genres_when_films_differ() -> None:
    catalog = FakeCatalog([film("A"), film("B"), film("C", genres=("Comedy",))])
    assert [found.titles.main for found in catalog.similar([film_id("A")])] == ["B"]


def test_every_method_fails_when_the_catalogue_is_down() -> None:
    catalog = FakeCatalog()
    catalog.down = True
    with pytest.raises(CatalogUnavailableError):
        catalog.top()


def test_newest_comes_first_when_feedback_is_listed() -> None:
    store = FakeFeedbackStore()
    store.put_many("u", [feedback("old", minutes_ago=9), feedback("new"), feedback("no", rating="dislike")])
    page = store.page("u", 1, None, rating="like")
    assert [item.titles.main for item in page.items] == ["new"]
    assert [item.titles.main for item in store.page("u", 1, page.after, rating="like").items] == ["old"]
