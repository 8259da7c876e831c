"""One film, films like it, and titles by ids, in the viewer's language."""

import pytest

from chalicelib.catalog.films import get_film, similar_films, titles_by_ids
from chalicelib.catalog.model import FilmNotFoundError
from tests.factories import film, film_id
from tests.fakes import FakeCatalog

CATALOG = FakeCatalog(
    [
        film("Solaris", title_ru="Солярис", original_title="Солярис", alternative_titles=("Soljaris",)),
        film("Stalker"),
        film("Airplane", genres=("Comedy",), year=1930),
    ]
)


def test_the_title_is_the_viewers_and_the_others_are_told_beside_it() -> None:
    russian = get_film(CATALOG, film_id("Solaris"), "ru")
    assert (russian.title, russian.alternative_titles) == ("Солярис", ("Solaris", "Soljaris"))
    english = get_film(CATALOG, film_id("Solaris"), "en")
    assert (english.title, english.alternative_titles) == ("Solaris", ("Soljaris",))


def test_similar_films_are_told_best_first_without_the_film_itself() -> None:
    found = similar_films(CATALOG, film_id("Solaris"), 5)
    assert [one.titles.main for one in found] == ["Stalker"]


def test_a_film_that_is_not_there_is_said_to_be_so() -> None:
    with pytest.raises(FilmNotFoundError):
        get_film(CATALOG, "nowhere", "ru")
    with pytest.raises(FilmNotFoundError):
        similar_films(CATALOG, "nowhere", 5)


def test_titles_come_by_id_and_missing_ones_are_named_once() -> None:
    answer = titles_by_ids(CATALOG, [film_id("Solaris"), "nowhere", film_id("Stalker"), "nowhere"], "ru")
    assert answer.titles == {film_id("Solaris"): "Солярис", film_id("Stalker"): "Stalker"}
    assert answer.missing == ("nowhere",)
