"""The nightly choice of weights: too few viewers choose nothing, and what is chosen is what finds their likes."""

import itertools
import random
from collections.abc import Callable

import pytest

from chalicelib.catalog.model import CatalogUnavailableError, Film
from chalicelib.recommendations.fit_site import WATCHED, choose_ridge, choose_watched, fit_site, whole_gain
from chalicelib.recommendations.item_similarity.codec import LearnedFilm
from chalicelib.recommendations.item_similarity.learned_site import DAY, HeldOutViewer, LearnedSite
from chalicelib.recommendations.item_similarity.sql import CountedFilm
from chalicelib.recommendations.item_similarity.whole import RIDGES
from chalicelib.recommendations.ranking import constants
from chalicelib.recommendations.ranking.candidates import collect
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.recommendations.ranking.weights import VIEWERS_LEAST
from chalicelib.recommendations.site_model import Similarities, SiteModel, SiteWeights
from tests.factories import NOW, feedback, film
from tests.fakes import FakeCatalog

PAIRS = 40
FILMS = [film(f"Film {number}", genres=("Drama",), imdb_rating=7.0, imdb_votes=1_000) for number in range(2 * PAIRS)]
NOTHING_YET = SiteModel(weights=SiteWeights(near=0.0, whole=0.0, era=0.0, content=0.0, popularity=0.001))


def site(likes: Callable[[int], int] = lambda _: 10) -> LearnedSite:
    """Each film has one that is liked next to it: 0 and 1, 2 and 3, … `likes`: of a code."""
    near = [LearnedFilm(one.film_id, code, (code ^ 1,), (900_000,)) for code, one in enumerate(FILMS)]
    counted = [
        CountedFilm(one.film_id, code, likes(code), 40, (), (), (0,), (likes(code),)) for code, one in enumerate(FILMS)
    ]
    return LearnedSite(near, counted)


def viewers(count: int) -> list[HeldOutViewer]:
    """Each has liked one film of a pair and likes the other one next."""
    pairs = [(FILMS[2 * number], FILMS[2 * number + 1]) for number in range(PAIRS)]
    return [
        HeldOutViewer(user_id=f"u{place}", rated=((first.film_id, 1, 0),), liked_next=second.film_id, moment=DAY)
        for place, (first, second) in enumerate(itertools.islice(itertools.cycle(pairs), count))
    ]


def test_likes_that_stand_together_weigh_when_they_find_what_is_liked_next() -> None:
    fit = fit_site(site(), viewers(2 * PAIRS), NOTHING_YET, FakeCatalog(FILMS))
    assert fit is not None
    for weights in (fit.weights, fit.few):
        assert weights is not None
        assert weights.near + weights.steady > 0
    assert fit.reached.viewers == 2 * PAIRS
    assert fit.reached.hit_rate == 1.0 > fit.reached.popularity_hit_rate


@pytest.mark.parametrize(
    ("likes", "found"),
    [
        (lambda code: 1_000 - code, 5 / PAIRS),  # of film 2n + 1 there are 2n better known, the known like aside
        (lambda code: 10 if code < 21 else 9, 10 / PAIRS),  # of its 19 unknown equals half stand before it
    ],
    ids=["one after the other", "alike"],
)
def test_the_list_of_the_best_known_is_without_what_the_viewer_knows(likes: Callable[[int], int], found: float) -> None:
    fit = fit_site(site(likes), viewers(2 * PAIRS), NOTHING_YET, FakeCatalog(FILMS))
    assert fit is not None
    assert fit.reached.popularity_hit_rate == pytest.approx(found)


def test_nothing_is_chosen_when_there_are_too_few_viewers() -> None:
    assert fit_site(site(), viewers(VIEWERS_LEAST - 1), NOTHING_YET, FakeCatalog(FILMS)) is None
    assert fit_site(site(), [], NOTHING_YET, FakeCatalog(FILMS)) is None


def test_nothing_is_chosen_when_the_catalogue_does_not_answer() -> None:
    class Away(FakeCatalog):
        def get_many(self, film_ids: object) -> dict[str, Film]:  # noqa: ARG002
            raise CatalogUnavailableError("away")

    assert fit_site(site(), viewers(PAIRS), NOTHING_YET, Away(FILMS)) is None


def test_it_ends_with_what_it_has_when_time_runs_out() -> None:
    seconds = iter([0.0] * (VIEWERS_LEAST + 6) + [10_000.0] * 10_000)
    fit = fit_site(site(), viewers(2 * PAIRS), NOTHING_YET, FakeCatalog(FILMS), clock=lambda: next(seconds))
    assert fit is not None
    assert VIEWERS_LEAST <= fit.reached.viewers < 2 * PAIRS


def test_likes_of_the_last_days_are_those_before_each_viewers_own_moment() -> None:
    """The newest like that is learned from may lie days before or after the newest one that a viewer is asked about:
    those days are not counted off."""
    newest, day = 100 * DAY, 7
    counted = [
        CountedFilm(one.film_id, code, 10, 40, (), (), (day if code % 2 else day + 60,), (10,), newest)
        for code, one in enumerate(FILMS)
    ]
    near = [LearnedFilm(one.film_id, code, (), ()) for code, one in enumerate(FILMS)]
    asked = [
        HeldOutViewer(
            user_id=f"u{place}", rated=((FILMS[2 * place].film_id, 1, 0),), liked_next=FILMS[1].film_id,
            moment=newest - (day - 1) * DAY,
        )
        for place in range(PAIRS)
    ]  # fmt: skip
    moments: set[float] = set()

    class Watched(LearnedSite):
        def recent(self, days_ago: float = -1.0) -> tuple[tuple[str, float], ...]:
            moments.add(days_ago)
            return super().recent(days_ago)

    site = Watched(near, counted)
    assert [film_id for film_id, _ in site.recent(site.days_ago(asked[0].moment))[:PAIRS]] == [
        one.film_id for one in FILMS[1::2]
    ]
    fit_site(site, asked, NOTHING_YET, FakeCatalog(FILMS))
    assert moments == {day - 1.0}


def chance_site() -> tuple[LearnedSite, list[HeldOutViewer]]:
    """Each viewer likes some films of one group of ten, and some of any; the last one liked is held out."""
    chance = random.Random(7)
    viewers: list[list[int]] = []
    for _ in range(120):
        group = 10 * chance.randrange(len(FILMS) // 10)
        liked = {*chance.sample(range(group, group + 10), 5), *chance.sample(range(len(FILMS)), 4)}
        viewers.append(chance.sample(sorted(liked), len(liked)))
    learned = [set(liked[:-1]) for liked in viewers]
    rows = []
    for code, one in enumerate(FILMS):
        shared = {other: 4 * sum({code, other} <= liked for liked in learned) for other in range(code)}
        partners = {other: count for other, count in shared.items() if count}
        likes = sum(code in liked for liked in learned)
        rows.append(CountedFilm(one.film_id, code, likes, 4 * likes, tuple(partners), tuple(partners.values()), (), ()))
    site = LearnedSite([LearnedFilm(one.film_id, code, (), ()) for code, one in enumerate(FILMS)], rows)
    asked = [
        HeldOutViewer(
            user_id=str(number),
            rated=tuple((FILMS[code].film_id, 1, 0) for code in liked[:-1]),
            liked_next=FILMS[liked[-1]].film_id,
            moment=DAY,
        )
        for number, liked in enumerate(viewers)
    ]
    return site, asked


def test_the_ridge_that_finds_most_stays_with_the_site() -> None:
    site, asked = chance_site()
    gains: dict[float, float] = {}
    for ridge in RIDGES:
        site.learn_whole(ridge)
        gains[ridge] = whole_gain(site, asked)
    worst = min(RIDGES, key=gains.__getitem__)
    for start in RIDGES:
        site.learn_whole(start)
        choose_ridge(site, asked)
        assert gains[site.ridge] >= gains[start]
        assert start != worst or gains[site.ridge] > gains[start]


def test_few_likes_have_weights_of_their_own() -> None:
    few, many = SiteWeights(near=0.0, popularity=1.0), SiteWeights(near=1.0)
    learned = Similarities(weights=many, few=few)
    for likes, expected in ((constants.FEW_LIKES, few), (constants.FEW_LIKES + 1, many)):
        taste = taste_of([feedback(f"Film {number}") for number in range(likes)], NOW)
        assert collect(taste, FakeCatalog(FILMS), lambda _: learned).learned.weights == expected
    unlearned = Similarities(weights=many)
    taste = taste_of([feedback("Film 0")], NOW)
    assert collect(taste, FakeCatalog(FILMS), lambda _: unlearned).learned.weights == many


def watched_site(shared: Callable[[int, int], int], watched: float = 0.0) -> LearnedSite:
    """Nobody has liked two films; how often two were watched by the same viewers says `shared`."""
    rows = [
        CountedFilm(
            one.film_id, code, 10, 40, tuple(range(code)), (0,) * code, (), (), 0, 40,
            tuple(shared(code, other) for other in range(code)),
        )
        for code, one in enumerate(FILMS)
    ]  # fmt: skip
    return LearnedSite([LearnedFilm(one.film_id, code, (), ()) for code, one in enumerate(FILMS)], rows, 100.0, watched)


def test_what_was_watched_counts_when_it_finds_what_is_liked_next() -> None:
    site = watched_site(lambda code, other: 30 if code ^ 1 == other else 0)
    before = whole_gain(site, viewers(PAIRS))
    choose_watched(site, viewers(PAIRS))
    assert site.watched in WATCHED
    assert whole_gain(site, viewers(PAIRS)) > before + 0.5
    assert fit_site(site, viewers(PAIRS), NOTHING_YET, FakeCatalog(FILMS)).watched == site.watched  # type: ignore[union-attr]


@pytest.mark.parametrize("yesterday", [0.0, *WATCHED])
def test_what_was_watched_counts_for_nothing_when_it_finds_no_more_than_chance(yesterday: float) -> None:
    """By one viewer alone it finds something, which is less than a standard error of all."""
    site = watched_site(lambda code, other: 30 if (code ^ 2) == other or (code, other) == (1, 0) else 0, yesterday)
    choose_watched(site, viewers(PAIRS))
    assert site.watched == 0.0


def test_nothing_more_is_tried_when_time_runs_out_but_what_is_known_is_held_against_nothing() -> None:
    tried: list[float] = []

    class Counting(LearnedSite):
        def learn_whole(self, ridge: float, watched: float | None = None) -> None:
            tried.append(self.watched if watched is None else watched)
            super().learn_whole(ridge, watched)

    site = watched_site(lambda code, other: 30 if code ^ 1 == other else 0, 1.0)
    site.__class__ = Counting
    seconds = iter([0.0] + [1_000.0] * 100)
    choose_watched(site, viewers(PAIRS), lambda: next(seconds))
    assert tried == [0.0, 1.0]
    assert site.watched == 1.0


def test_a_site_where_nobody_tells_what_was_watched_is_learned_as_before() -> None:
    site, asked = chance_site()
    scores = [site.whole_evidence([code]) for code in range(len(FILMS))]
    site.learn_whole(site.ridge, 1.0)
    choose_watched(site, asked)
    assert site.watched == 0.0
    assert [site.whole_evidence([code]) for code in range(len(FILMS))] == scores
