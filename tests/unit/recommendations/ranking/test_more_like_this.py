"""More like this is kept, whatever stands on the page."""

from chalicelib.recommendations.model import RankedFilm, Taste, Why
from chalicelib.recommendations.ranking.candidates import collect
from chalicelib.recommendations.ranking.more_like_this import (
    fresh_steers,
    with_more_kin,
    with_more_of_their_kind,
)
from chalicelib.recommendations.ranking.scoring import rank
from chalicelib.recommendations.ranking.taste import taste_of, without_steers
from chalicelib.recommendations.site_model import Similarities
from tests.factories import NOW, feedback, films, ranked
from tests.fakes import FakeCatalog

WHY = Why(50, 10, 2, 0, kept=100)


def world() -> FakeCatalog:
    """Two genres."""
    horror = films([f"Horror {n}" for n in range(60)], imdb_votes=20_000, genres=("Horror",))
    return FakeCatalog([*horror, *films([f"Comedy {n}" for n in range(60)], imdb_votes=20_000, genres=("Comedy",))])


def comedies(page: list[RankedFilm]) -> int:
    return sum(one.film.genres == ("Comedy",) for one in page[:20])


def test_the_page_turns_when_the_models_earlier_picks_fill_it() -> None:
    catalog = world()
    likes = [feedback(f"Horror {number}", minutes_ago=10 + number) for number in range(6)]
    picks = [f"Horror {number}" for number in range(10, 32)]

    def picks_first(page: list[RankedFilm]) -> list[RankedFilm]:
        first = [one for one in page if one.film.titles.main in picks]
        return first + [one for one in page if one.film.titles.main not in picks]

    def page(taste: Taste) -> list[RankedFilm]:
        candidates = collect(taste, catalog, lambda _: Similarities())
        found, steered = picks_first(rank(taste, candidates, 300)), fresh_steers(taste, candidates)
        unsteered = picks_first(rank(without_steers(taste), candidates, 300))
        return with_more_of_their_kind(found, unsteered, steered, candidates) if steered else found

    before = page(taste_of(likes, NOW))
    after = page(taste_of([*likes, feedback("Comedy 1", steer="more_like_this")], NOW))
    assert comedies(before) == 0
    assert comedies(after) >= 3
    assert len({one.film.film_id for one in after}) == len(after)
    later = [feedback(f"Horror {number}", minutes_ago=5 - number / 10) for number in range(40, 46)]
    old_steer = feedback("Comedy 1", steer="more_like_this", minutes_ago=9)
    assert comedies(page(taste_of([*likes, *later, old_steer], NOW))) < comedies(after)


def test_a_film_that_keeps_the_promise_says_so_and_no_other() -> None:
    others = [ranked(f"Horror {number}", genres=("Horror",), why=WHY) for number in range(20)]
    kin = [ranked(f"Comedy {number}", genres=("Comedy",), why=WHY) for number in range(9)]
    page = with_more_kin([*others, *kin], [], lambda one: one.film.genres == ("Comedy",))
    promised = {one.film.titles.main for one in page if one.why and one.why.promised}
    assert promised == {f"Comedy {number}" for number in range(5)}


def test_those_of_the_kind_keep_their_places_when_more_rise() -> None:
    page = [ranked(f"Horror {number}", genres=("Horror",)) for number in range(18)]
    page += [ranked(f"Comedy {number}", genres=("Comedy",)) for number in range(6)]
    turned = with_more_kin(page, [], lambda one: one.film.genres == ("Comedy",))
    assert [one.film.titles.main for one in turned[15:21]] == [
        "Comedy 2", "Comedy 3", "Comedy 4", "Comedy 0", "Comedy 1", "Horror 15",
    ]  # fmt: skip


def test_the_order_stays_when_enough_of_the_kind_is_there() -> None:
    page = [ranked(f"Comedy {number}", genres=("Comedy",)) for number in range(30)]
    assert with_more_kin(page, [], lambda one: one.film.genres == ("Comedy",)) == page


def test_nothing_is_promised_of_a_film_that_the_catalogue_has_lost() -> None:
    catalog = world()
    said = [feedback("Comedy 1", steer="more_like_this"), feedback("A lost film", steer="more_like_this")]
    taste = taste_of(said, NOW)
    assert len(taste.steered) == 2
    candidates = collect(taste, catalog, lambda _: Similarities())
    assert [film.titles.main for film in fresh_steers(taste, candidates)] == ["Comedy 1"]
