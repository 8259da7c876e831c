"""The nightly choice of weights: too few viewers choose nothing, and what is chosen is what finds their likes."""

import itertools

from chalicelib.catalog.model import CatalogUnavailableError, Film
from chalicelib.recommendations.fit_site import fit_site
from chalicelib.recommendations.item_similarity.codec import LearnedFilm
from chalicelib.recommendations.item_similarity.learned_site import DAY, HeldOutViewer, LearnedSite
from chalicelib.recommendations.item_similarity.sql import CountedFilm
from chalicelib.recommendations.ranking.weights import VIEWERS_LEAST
from chalicelib.recommendations.site_model import SiteModel, SiteWeights
from tests.factories import film
from tests.fakes import FakeCatalog

PAIRS = 40
FILMS = [film(f"Film {number}", genres=("Drama",), imdb_rating=7.0, imdb_votes=1_000) for number in range(2 * PAIRS)]
NOTHING_YET = SiteModel(weights=SiteWeights(near=0.0, whole=0.0, era=0.0, content=0.0, popularity=0.001))


def site() -> LearnedSite:
    """Each film has one that is liked next to it: 0 and 1, 2 and 3, … All films are liked alike often."""
    near = [LearnedFilm(one.film_id, code, (code ^ 1,), (900_000,)) for code, one in enumerate(FILMS)]
    counted = [CountedFilm(one.film_id, code, 10, 40, (), (), (0,), (10,)) for code, one in enumerate(FILMS)]
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
