"""The top list is asked for once in a while, and an old one beats none."""

from collections.abc import Sequence

import pytest

from chalicelib.catalog.model import CatalogUnavailableError, Film
from chalicelib.recommendations.site_model import SiteModel, SiteWeights
from chalicelib.recommendations.top_list import TopList, strangers_list
from tests.factories import film, film_id, films
from tests.fakes import Clock, FakeCatalog


def world() -> tuple[FakeCatalog, Clock, TopList]:
    catalog, clock = FakeCatalog(films(["Alien", "Solaris", "Stalker"], imdb_votes=10_000, imdb_rating=8.0)), Clock()
    return catalog, clock, TopList(lambda: catalog, list, seconds=60, size=2, clock=clock)


def test_the_catalogue_is_asked_once_when_many_look_within_the_time() -> None:
    catalog, clock, top = world()
    assert len(top()) == 2
    clock.now += 60
    assert top() == top()
    assert catalog.calls["top"] == 1


def test_a_new_film_appears_when_the_time_is_over() -> None:
    catalog, clock, top = world()
    top()
    catalog.upsert([film("Mirror", imdb_votes=2_000_000, imdb_rating=9.5)])
    clock.now += 61
    assert top()[0].titles.main == "Mirror"


def test_the_old_list_serves_when_the_catalogue_is_down_and_it_is_not_hammered() -> None:
    catalog, clock, top = world()
    before = top()
    catalog.down = True
    clock.now += 61
    assert top() == before
    assert top() == before
    assert catalog.calls["top"] == 2


def test_the_failure_is_passed_on_when_there_never_was_a_list() -> None:
    catalog, _, top = world()
    catalog.down = True
    with pytest.raises(CatalogUnavailableError):
        top()
    catalog.down = False
    assert len(top()) == 2, "the next viewer gets one as soon as the catalogue is back"


def test_films_liked_lately_are_shown_to_strangers_and_the_top_list_when_they_cannot_be_read() -> None:
    catalog = FakeCatalog(
        [*films(["A", "B", "C", "D"], imdb_votes=90_000, imdb_rating=9.0), film("New", imdb_votes=None)]
    )

    def away() -> list[str]:
        raise ConnectionError

    def titles(found: Sequence[Film]) -> list[str]:
        return [film.titles.main for film in found]

    plain = titles(catalog.top(4))
    lately = [film_id("Gone"), film_id("New")]
    assert titles(strangers_list(catalog, lambda: lately, 4)) == [*plain[:2], "New", plain[2]]
    assert titles(strangers_list(catalog, list, 4)) == titles(strangers_list(catalog, away, 4)) == plain


def test_likes_of_the_last_days_reach_strangers_where_they_say_something() -> None:
    recent = (("film 1", 1.0), ("film 2", 0.4))
    for few, expected in ((0.2, ("film 1", "film 2")), (0.0, ())):
        assert SiteModel(few=SiteWeights(recent=few), recent=recent).lately_liked == expected
    assert SiteModel(recent=recent).lately_liked == (), "nobody has asked the site's viewers yet"


def test_a_stranger_sees_the_newest_films_too_though_none_has_the_votes_of_a_classic() -> None:
    classics = [film(f"Classic {n}", year=1960 + n % 40, imdb_rating=8.8, imdb_votes=900_000) for n in range(150)]
    newest = [film(f"New {n}", year=2024 + n % 3, imdb_rating=8.0, imdb_votes=4_000 + n) for n in range(30)]
    listed = strangers_list(FakeCatalog([*classics, *newest]), list, 100)
    years = [one.year or 0 for one in listed]
    assert len(listed) == len(set(listed)) == 100
    assert sum(year >= 2024 for year in years) == 10
    assert sum(year >= 2024 for year in years[:20]) == 2
