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
    found = similar_films(CATALOG, film_id("Solaris"), 5, lambda _: ())
    assert [one.titles.main for one in found] == ["Stalker"]


def test_films_that_viewers_of_one_like_too_are_similar_when_their_genres_are() -> None:
    catalog = FakeCatalog(
        [film("Toy", genres=("Animation", "Comedy")), film("Toy 2", genres=("Animation",)),
         film("Shrek", genres=("Animation", "Fantasy")), film("Fargo", genres=("Crime",))]
    )  # fmt: skip
    learned = [film_id("Fargo"), film_id("Shrek"), "gone from the catalogue"]
    found = similar_films(catalog, film_id("Toy"), 3, lambda one: learned if one == film_id("Toy") else ())
    assert found[0].titles.main == "Shrek", "by both"
    assert "Fargo" not in [one.titles.main for one in found], "famous, and nothing like it"


def test_similar_films_are_those_of_like_content_when_nothing_learned_can_be_read() -> None:
    def broken(_: str) -> tuple[str, ...]:
        raise ConnectionError("the table is away")

    assert similar_films(CATALOG, film_id("Solaris"), 5, broken) == similar_films(
        CATALOG, film_id("Solaris"), 5, lambda _: ()
    )


def test_a_film_that_is_not_there_is_said_to_be_so() -> None:
    with pytest.raises(FilmNotFoundError):
        get_film(CATALOG, "nowhere", "ru")
    with pytest.raises(FilmNotFoundError):
        similar_films(CATALOG, "nowhere", 5, lambda _: ())


def test_titles_come_by_id_and_missing_ones_are_named_once() -> None:
    answer = titles_by_ids(CATALOG, [film_id("Solaris"), "nowhere", film_id("Stalker"), "nowhere"], "ru")
    assert answer.titles == {film_id("Solaris"): "Солярис", film_id("Stalker"): "Stalker"}
    assert answer.missing == ("nowhere",)
