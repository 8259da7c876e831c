"""The nightly choice of a site's weights, by its own viewers and through the product's own ranking."""

import bisect
import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from chalicelib.catalog.model import CatalogUnavailableError, Titles
from chalicelib.catalog.port import Catalog
from chalicelib.feedback.model import Feedback
from chalicelib.recommendations.item_similarity.learned_site import DAY, HeldOutViewer, LearnedSite
from chalicelib.recommendations.model import Taste
from chalicelib.recommendations.ranking.candidates import collect
from chalicelib.recommendations.ranking.scoring import ScoreParts, score_parts
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.recommendations.ranking.weights import Question, Sizes, fitted, question_of, sizes_of
from chalicelib.recommendations.site_model import Reached, SiteWeights

log = logging.getLogger(__name__)

VIEWERS_MOST = 1_000
SECONDS_MOST = 240.0  # for the score parts; of the job's 15 minutes
SIZED_BY = 200  # viewers by whom the parts' sizes are taken
_NO_TITLES = Titles("", {})  # nobody sees them: only ids and moments count here


def fit_site(
    site: LearnedSite,
    viewers: Sequence[HeldOutViewer],
    yesterday: SiteWeights,
    catalog: Catalog,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[SiteWeights, Reached] | None:
    """The weights under which held-out likes stand highest, and what they reached; None with too few viewers.

    Takes about 40 ms a viewer and 30 s for the search; the score parts of each viewer are worked out once.
    """
    began = clock()
    newest = max((viewer.moment for viewer in viewers), default=0)
    questions: list[Question] = []
    measured_parts: list[dict[str, ScoreParts]] = []
    ranks = sorted(site.likes, reverse=True)
    popular_hits = 0
    for viewer in viewers[:VIEWERS_MOST]:
        if clock() - began > SECONDS_MOST:
            break
        try:
            parts = _parts(site, viewer, catalog, (newest - viewer.moment) / DAY)
        except CatalogUnavailableError:
            log.warning("fit: the catalogue does not answer; yesterday's weights stay")
            return None
        questions.append(question_of(parts, viewer.liked_next))
        popular_hits += _popular(site, ranks, viewer) < 10
        if len(measured_parts) < SIZED_BY:
            measured_parts.append(parts)
    sizes: Sizes = sizes_of(measured_parts)
    fit = fitted(questions, sizes, yesterday)
    if fit is None:
        return None
    reached = Reached(
        viewers=len(questions),
        hit_rate=round(fit.hit_rate, 4),
        popularity_hit_rate=round(popular_hits / len(questions), 4),
        gain=round(fit.gain, 5),
    )
    return fit.weights, reached


def _parts(site: LearnedSite, viewer: HeldOutViewer, catalog: Catalog, days_ago: float) -> dict[str, ScoreParts]:
    taste = _taste(viewer)
    candidates = collect(taste, catalog, lambda film_ids: site.similarities(film_ids, days_ago=days_ago))
    return score_parts(taste, candidates)


def _taste(viewer: HeldOutViewer) -> Taste:
    feedback = [
        Feedback(
            film_id=film_id,
            titles=_NO_TITLES,
            year=None,
            rating="like" if liked else "dislike",
            steer=None,
            language="ru",
            updated_at=datetime.fromtimestamp(rated_at / 1e6, UTC),
            rated_at=None,
        )
        for film_id, liked, rated_at in viewer.rated
    ]
    return taste_of(feedback, datetime.max.replace(tzinfo=UTC))


def _popular(site: LearnedSite, ranks: Sequence[int], viewer: HeldOutViewer) -> float:
    """The held-out like's place among all films by likes, those known aside; of films with as many likes, half stand
    before it."""
    code = site.code.get(viewer.liked_next)
    if code is None:
        return len(ranks)
    likes = site.likes[code]
    before = bisect.bisect_left(ranks, -likes, key=lambda count: -count)
    level = bisect.bisect_right(ranks, -likes, key=lambda count: -count) - before - 1
    known = [site.likes[site.code[film_id]] for film_id, _, _ in viewer.rated if film_id in site.code]
    return before - sum(count > likes for count in known) + (level - sum(count == likes for count in known)) / 2
