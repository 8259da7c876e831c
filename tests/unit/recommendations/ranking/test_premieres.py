"""Films that few viewers have liked yet: where they stand, and how they are drawn."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.catalog.model import Film
from chalicelib.recommendations.model import RankedFilm, Why
from chalicelib.recommendations.publish import stored_list
from chalicelib.recommendations.ranking.candidates import Candidates, collect
from chalicelib.recommendations.ranking.premieres import (
    CHANCES,
    DRAWN_EVERY,
    DRAWN_FROM,
    PRIOR_LIKES,
    answers_to_drawn,
    stand_ins,
    with_drawn,
    with_stand_ins,
    with_told,
)
from chalicelib.recommendations.ranking.scoring import rank_both
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.recommendations.site_model import LIKES_COUNTED, Similarities
from tests.factories import NOW, feedback, film, film_id, films, ranked
from tests.fakes import FakeCatalog

KNOWN = [
    *films([f"Horror {n}" for n in range(29)], genres=("Horror",), directors=("Fright",), imdb_votes=9_000),
    film("Horror 29", genres=("Horror",), directors=("Dread",), imdb_votes=9_000),
    *films([f"Comedy {n}" for n in range(30)], genres=("Comedy",), directors=("Laugh",), imdb_votes=9_000),
]


def premiere(name: str = "New", **fields: Any) -> Film:
    return film(name, **({"genres": ("Horror",), "directors": ("Dread",), "added_at": NOW} | fields))


def candidates(new: Film, likes: int | None = 0, said: int = 1) -> tuple[Any, Candidates]:
    """Of a viewer who has liked that many horror films, where viewers like Horror 29 and Comedy 29 beside the first."""
    near = {film_id("Horror 0"): {film_id("Horror 29"): 0.5, film_id("Comedy 29"): 0.5}}

    def likes_of(one: str) -> int:
        return (likes or 0) if one == new.film_id else LIKES_COUNTED

    learned = Similarities(near=near, likes_of=None if likes is None else likes_of)
    taste = taste_of([feedback(f"Horror {n}", minutes_ago=n) for n in range(said)], NOW)
    return taste, collect(taste, FakeCatalog([*KNOWN, new]), lambda _: learned)


def place_of(new: Film, **world: Any) -> int:
    taste, found = candidates(new, **world)
    order = [one.film.film_id for one in rank_both(taste, found, 300).films]
    return order.index(new.film_id)


@pytest.mark.parametrize("said", [1, 25])
def test_a_film_nobody_has_liked_stands_high_when_others_like_films_like_it(said: int) -> None:
    assert place_of(premiere(), said=said) <= 2, "viewers like its director's Horror 29 beside what this one likes"
    assert place_of(premiere(), said=said) < place_of(premiere(genres=("Western",), directors=()), said=said)


@pytest.mark.parametrize(
    "world",
    [
        {"likes": LIKES_COUNTED},
        {"likes": None},
        {"new": premiere(added_at=None)},
        {"new": premiere("Horror 0")},
    ],
    ids=["liked by many", "nothing is known of likes", "nobody knows when it came", "rated"],
)
def test_a_film_is_no_premiere_when(world: dict[str, Any]) -> None:
    _, found = candidates(world.pop("new", premiere()), **world)
    assert found.premieres == {}


def test_the_films_that_came_last_are_premieres_when_there_are_many_new_ones() -> None:
    new = [premiere(f"New {n}", added_at=NOW - timedelta(days=n)) for n in range(150)]
    learned = Similarities(likes_of=lambda _: 0)
    found = collect(taste_of([feedback("Horror 0")], NOW), FakeCatalog([*KNOWN, *new]), lambda _: learned)
    assert list(found.premieres) == [one.film_id for one in new[:100]]


def test_it_is_no_likes_of_its_own_that_a_premiere_is_said_to_stand_there_for() -> None:
    taste, found = candidates(premiere())
    one = next(one for one in rank_both(taste, found, 300).films if one.film.film_id == film_id("New"))
    assert (one.ground, one.because) == ("content", (film_id("Horror 0"),))


def test_a_film_that_the_taste_refuses_is_not_drawn() -> None:
    taste, found = candidates(premiere(genres=("Musical",), directors=(), year=1930))
    assert rank_both(taste, found, 300).premieres == []


def test_those_most_like_it_stand_in_when_people_and_years_are_shared() -> None:
    new = premiere(year=2010)
    near = film("Near", genres=("Horror",), directors=("Dread",), year=2009)
    far = film("Far", genres=("Horror",), directors=("Dread",), year=1960)
    genre_alone = film("Genre alone", genres=("Horror",), directors=("Laugh",), year=2009)
    other = film("Other", genres=("Comedy",), directors=("Laugh",), year=2010)
    found = stand_ins([new], [near, far, genre_alone, other])
    shares = dict(found[new.film_id])
    assert list(shares) == [film_id("Near"), film_id("Genre alone"), film_id("Far")]
    assert sum(shares.values()) == pytest.approx(1)
    assert shares[film_id("Near")] > 0.7


def test_a_film_of_unknown_year_is_as_far_as_the_farthest() -> None:
    far, undated = (film(name, genres=("Horror",), directors=("Dread",), year=year) for name, year in
                    (("Far", 1900), ("Undated", None)))  # fmt: skip
    shares = dict(stand_ins([premiere(year=2010)], [far, undated])[premiere().film_id])
    assert shares[undated.film_id] == pytest.approx(shares[far.film_id], rel=0.01)


def test_nobody_stands_in_when_nothing_is_common() -> None:
    new = premiere(genres=(), directors=())
    assert stand_ins([new], KNOWN) == {}


def test_the_first_part_of_its_series_stands_in_when_nothing_else_is_known() -> None:
    new = premiere("Alien 2", genres=(), directors=())
    others = [film("Alien", genres=()), film("Predator", genres=())]
    assert stand_ins([new], others) == {new.film_id: [(film_id("Alien"), 1.0)]}


@pytest.mark.parametrize(("likes", "own_share"), [(0, 0.0), (5, 0.5), (15, 0.75)])
def test_own_likes_displace_what_stands_for_them(likes: int, own_share: float) -> None:
    assert PRIOR_LIKES == 5
    evidence: Mapping[str, float] = {"new": 0.2, "a": 1.0, "b": 0.0}
    mixed = with_stand_ins(evidence, {"new": likes}, {"new": [("a", 0.75), ("b", 0.25)]}, {})
    assert mixed["new"] == pytest.approx(own_share * 0.2 + (1 - own_share) * 0.75)
    assert (mixed["a"], mixed["b"]) == (1.0, 0.0)


def test_half_of_what_speaks_for_a_film_is_what_the_model_named() -> None:
    alike = {"new": [("a", 0.75), ("b", 0.25)], "other": [("a", 1.0)]}
    mixed = with_told(alike, {"new": ["b", "c"]}, {"a", "b", "c"})
    assert mixed == {"new": [("a", 0.375), ("b", 0.125), ("b", 0.25), ("c", 0.25)], "other": [("a", 1.0)]}
    assert with_told(alike, {}, {"a"}) == alike


def test_a_named_film_that_is_withdrawn_or_far_from_this_taste_leaves_its_part_to_the_others() -> None:
    alike = {"new": [("a", 1.0)]}
    assert with_told(alike, {"new": ["gone", "b"]}, {"a", "b"}) == {"new": [("a", 0.75), ("b", 0.25)]}
    assert with_told(alike, {"new": ["gone"]}, {"a", "b"}) == alike


def test_what_the_model_named_speaks_alone_for_a_film_that_is_like_no_other() -> None:
    assert with_told({}, {"new": ["gone", "b", "c"]}, {"b", "c"}) == {"new": [("b", 0.5), ("c", 0.5)]}


def test_what_the_other_likes_say_of_a_liked_film_speaks_for_a_film_for_its_lovers() -> None:
    mixed = with_stand_ins({"a": 0.2}, {"new": 0}, {"new": [("a", 0.5), ("liked", 0.5)]}, {"liked": 0.6, "a": 9.0})
    assert mixed == {"a": 0.2, "new": pytest.approx(0.4)}


def told_evidence(named: tuple[str, ...], known: list[Film] | None = None) -> float:
    """What stands for the likes of a film, for somebody who has liked two horror films, when the model has named those
    for it."""
    new = premiere(directors=())
    near = {film_id("Horror 0"): {film_id("Comedy 7"): 0.5, film_id("Horror 1"): 0.5}}
    learned = Similarities(near=near, likes_of=lambda one: 0 if one == new.film_id else LIKES_COUNTED,
                           for_lovers_of={new.film_id: [film_id(one) for one in named]})  # fmt: skip
    taste = taste_of([feedback("Horror 0"), feedback("Horror 1")], NOW)
    found = collect(taste, FakeCatalog([*(KNOWN if known is None else known), new]), lambda _: learned)
    return found.near[new.film_id]


@pytest.mark.parametrize("named", ["Comedy 7", "Horror 1"], ids=["a candidate", "liked"])
def test_a_film_finds_those_who_love_what_the_model_named(named: str) -> None:
    assert told_evidence((named,)) > 0.15
    assert told_evidence(()) < 0.05
    assert told_evidence(("Comedy 8",)) < 0.05, "which nobody who likes what this viewer likes has liked"


def test_a_withdrawn_film_says_nothing_of_a_new_one() -> None:
    left = [one for one in KNOWN if one.titles.main not in ("Comedy 7", "Horror 1")]
    assert told_evidence(("Comedy 7", "Horror 1"), left) == told_evidence((), left)


def test_a_film_for_those_who_love_what_this_viewer_dislikes_is_not_lifted() -> None:
    new = premiere(directors=())
    near = {film_id("Horror 0"): {film_id("Comedy 7"): 0.5}}
    learned = Similarities(near=near, likes_of=lambda one: 0 if one == new.film_id else LIKES_COUNTED,
                           for_lovers_of={new.film_id: [film_id("Comedy 7")]})  # fmt: skip
    taste = taste_of([feedback("Horror 0"), feedback("Comedy 7", rating="dislike")], NOW)
    found = collect(taste, FakeCatalog([*KNOWN, new]), lambda _: learned)
    assert found.near.get(new.film_id, 0.0) == 0.0


PAGE = [ranked(f"Known {n}", why=Why(1, 0, 0, 0, kept=100)) for n in range(100)]
NEW = [ranked(f"New {n}", why=Why(0, 1, 0, 0, kept=100)) for n in range(40)]


def drawn_in(page: list[RankedFilm]) -> list[tuple[int, RankedFilm]]:
    return [(place, one) for place, one in enumerate(page) if one.why and one.why.chance]


def test_one_place_in_twenty_is_drawn_and_never_among_the_first_ten() -> None:
    for number in range(50):
        page = with_drawn(PAGE, NEW, f"viewer {number}", 3)
        found = drawn_in(page)
        assert len(page) == len({one.film.film_id for one in page}) == 100
        assert [place // DRAWN_EVERY for place, _ in found] == [0, 1, 2, 3, 4]
        assert all(place % DRAWN_EVERY >= DRAWN_FROM for place, _ in found)
        assert [one for one in page if not (one.why and one.why.chance)] == PAGE[:95]


def test_the_draw_is_the_same_for_a_list_and_another_for_the_next_one() -> None:
    assert with_drawn(PAGE, NEW, "viewer 1", 3) == with_drawn(PAGE, NEW, "viewer 1", 3)
    assert with_drawn(PAGE, NEW, "viewer 1", 3) != with_drawn(PAGE, NEW, "viewer 2", 3)


def test_films_are_drawn_as_often_as_their_stored_chance_says() -> None:
    """4,000 first draws: each share lies within four standard errors of the chance kept with it."""
    lists = 4_000
    first = [drawn_in(with_drawn(PAGE[:20], NEW, f"viewer {number}", 3))[0][1] for number in range(lists)]
    chances = {one.film.film_id: one.why.chance / CHANCES for one in first if one.why}
    assert len(chances) > 30, "the less promising are drawn too"
    for film_id_, count in Counter(one.film.film_id for one in first).items():
        chance = chances[film_id_]
        assert abs(count / lists - chance) < 4 * (chance * (1 - chance) / lists) ** 0.5 + 0.5 / CHANCES
    assert chances[film_id("New 0")] > 2 * chances[film_id("New 1")], "the more promising, the likelier"


def test_a_later_draw_keeps_its_chance_given_the_earlier_ones() -> None:
    *_, (_, last) = drawn_in(with_drawn(PAGE, NEW[:5], "viewer", 3))
    assert last.why is not None
    assert last.why.chance == CHANCES, "the fifth of five was the only one left"


def test_what_was_said_of_drawn_films_is_told_with_their_chance() -> None:
    page = with_drawn(PAGE, NEW, "viewer", 3)
    (_, first), (_, second), (_, third), *_ = drawn_in(page)
    said: list[tuple[RankedFilm, dict[str, Any]]] = [(first, {"rating": "like"}), (second, {"rating": "seen"})]
    said += [(third, {"steer": "exclude"}), (page[0], {"rating": "like"})]
    taste = taste_of([feedback(one.film.titles.main, **word) for one, word in said], NOW)
    held = stored_list(page, None, taste_of([], NOW), 1, NOW, NOW, NOW, {})
    assert answers_to_drawn(held, taste) == [
        (one.film.film_id, word, one.why.chance if one.why else 0)
        for one, word in ((first, "liked"), (second, "seen"), (third, "excluded"))
    ]


def test_no_director_takes_over_the_first_page_by_lot() -> None:
    page = [ranked(f"Known {n}", directors=("Dread",), why=Why(1, 0, 0, 0, kept=100)) for n in range(3)] + PAGE[3:]
    new = [ranked(f"New {n}", directors=("Dread",), why=Why(0, 1, 0, 0, kept=100)) for n in range(9)]
    places = [place for place, _ in drawn_in(with_drawn(page, new, "viewer", 3))]
    assert [place // DRAWN_EVERY for place in places] == [1, 2, 3, 4]
    assert len(drawn_in(with_drawn(page, new, "viewer", 4))) == 5


def test_nothing_is_drawn_on_the_first_page_while_more_like_this_binds() -> None:
    page = with_drawn(PAGE, NEW, "viewer", 3, spares_first_page=True)
    assert page[:20] == PAGE[:20]
    assert [place // DRAWN_EVERY for place, _ in drawn_in(page)] == [1, 2, 3, 4]


def test_films_that_the_page_shows_anyway_take_no_part() -> None:
    assert with_drawn([*PAGE[:10], *NEW[:10]], NEW[:10], "viewer", 3) == [*PAGE[:10], *NEW[:10]]
