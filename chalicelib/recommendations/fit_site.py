"""The nightly choice of a site's weights, by its own viewers and through the product's own ranking."""

import bisect
import itertools
import logging
import math
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from chalicelib.catalog.model import CatalogUnavailableError, Titles
from chalicelib.catalog.port import Catalog
from chalicelib.feedback.model import Feedback, Rating
from chalicelib.recommendations.item_similarity.learned_site import HeldOutViewer, LearnedSite
from chalicelib.recommendations.item_similarity.whole import RIDGES
from chalicelib.recommendations.model import Taste
from chalicelib.recommendations.ranking import constants
from chalicelib.recommendations.ranking.candidates import collect
from chalicelib.recommendations.ranking.scoring import ScoreParts, score_parts
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.recommendations.ranking.weights import (
    GAIN_LEAST,
    VIEWERS_LEAST,
    Question,
    Sizes,
    fitted,
    gain_of,
    question_of,
    sizes_of,
)
from chalicelib.recommendations.site_model import RIDGE, Reached, Similarities, SiteModel

log = logging.getLogger(__name__)

VIEWERS_MOST = 1_000
SECONDS_MOST, FEW_SECONDS_MOST = (
    240.0,
    60.0,
)  # for the score parts, with all and with few likes; of the job's 15 minutes
SIZED_BY = 200  # viewers by whom the parts' sizes are taken
RIDGE_VIEWERS = 400  # by whom the ridge is chosen
WATCHED = (0.3, 1.0)  # tried beside nothing: a third of a like, or all of one
WATCHED_ERRORS = 2.0
WATCHED_SECONDS = 60.0  # one try more may run beyond it: 30 s with 4,000 films
FEW_VIEWERS = 400  # of whom only a few likes are known, so that those weights are chosen too
FEW_KNOWN = (1, 2, 3, constants.FEW_LIKES)  # how many, in turn
_NO_TITLES = Titles("", {})  # nobody sees them: only ids and moments count here
_RATINGS: Mapping[int, Rating] = {1: "like", 0: "dislike", 2: "seen"}


def fit_site(
    site: LearnedSite,
    viewers: Sequence[HeldOutViewer],
    yesterday: SiteModel,
    catalog: Catalog,
    clock: Callable[[], float] = time.monotonic,
) -> SiteModel | None:
    """The ridge and the weights under which held-out likes stand highest, and what they reached; None with too few
    viewers. The site is left with that ridge.

    A ridge that is tried takes 5 ms a film, a viewer about 40 ms and the search 30 s; the score parts of each viewer
    are worked out once.
    """
    viewers = viewers[:VIEWERS_MOST]
    if len(viewers) < VIEWERS_LEAST:
        return None
    some = viewers[:: max(1, len(viewers) // RIDGE_VIEWERS)]
    choose_watched(site, some, clock)
    choose_ridge(site, some)
    deadline = clock() + SECONDS_MOST

    def parts_of(viewer: HeldOutViewer) -> dict[str, ScoreParts]:
        return _parts(site, viewer, catalog, site.days_ago(viewer.moment))

    try:
        all_ = _asked(((viewer, viewer) for viewer in viewers), parts_of, deadline, clock)
        deadline += FEW_SECONDS_MOST
        few = _asked(map(_with_few_likes, itertools.count(), viewers[:FEW_VIEWERS]), parts_of, deadline, clock)
    except CatalogUnavailableError:
        log.warning("fit: the catalogue does not answer; yesterday's weights stay")
        return None
    fit = fitted(all_.questions, all_.sizes, yesterday.weights)
    if fit is None:
        return None
    few_fit = fitted(few.questions, few.sizes, yesterday.few or yesterday.weights, errors=0.0)
    ranks = sorted(site.likes, reverse=True)
    asked = viewers[: len(all_.questions)]
    popular_hits = sum(_popular(site, ranks, viewer) < 10 for viewer in asked)
    reached = Reached(
        viewers=len(asked),
        hit_rate=round(fit.hit_rate, 4),
        popularity_hit_rate=round(popular_hits / len(asked), 4),
        gain=round(fit.gain, 5),
    )
    return SiteModel(
        weights=fit.weights,
        few=few_fit.weights if few_fit else yesterday.few,
        ridge=site.ridge,
        watched=site.watched,
        reached=reached,
    )


def choose_watched(
    site: LearnedSite, viewers: Sequence[HeldOutViewer], clock: Callable[[], float] = time.monotonic
) -> None:
    """Leaves the site with the weight of what was played without a word under which whole histories alone put these
    viewers' held-out likes highest. Nothing, unless more is better by two standard errors of the viewers' paired gains:
    what clients tell can be made up, and has to earn its weight. Yesterday's weight is tried first; after
    `WATCHED_SECONDS` no other is."""
    if not site.is_watched:
        return
    until, yesterday = clock() + WATCHED_SECONDS, site.watched
    gains = {yesterday: whole_gains(site, viewers)}
    for weight in (0.0, *WATCHED):
        if weight not in gains and (weight == 0.0 or clock() < until):
            site.learn_whole(site.ridge, weight)
            gains[weight] = whole_gains(site, viewers)
    best = max(gains, key=lambda weight: math.fsum(gains[weight]))
    more = [own - plain for own, plain in zip(gains[best], gains[0.0], strict=True)]
    least = WATCHED_ERRORS * statistics.stdev(more) / math.sqrt(len(more)) if len(more) > 1 else 0.0
    site.learn_whole(site.ridge, best if statistics.fmean(more) > max(least, GAIN_LEAST) else 0.0)


def choose_ridge(site: LearnedSite, viewers: Sequence[HeldOutViewer]) -> None:
    """Leaves the site with the ridge under which whole histories alone put these viewers' held-out likes highest: from
    its own one to either side in `RIDGES` as long as that helps."""
    start = RIDGES.index(site.ridge) if site.ridge in RIDGES else RIDGES.index(RIDGE)
    site.learn_whole(RIDGES[start])
    best = gain = whole_gain(site, viewers)
    ridge = site.ridge
    for way in (RIDGES[start + 1 :], RIDGES[:start][::-1]):
        for tried in way:
            site.learn_whole(tried)
            reached = whole_gain(site, viewers)
            if reached <= best:
                break
            ridge, best = tried, reached
        if best > gain:
            break
    site.learn_whole(ridge)


def whole_gain(site: LearnedSite, viewers: Sequence[HeldOutViewer]) -> float:
    """What these viewers' held-out likes are worth by whole histories alone, in the mean."""
    return math.fsum(whole_gains(site, viewers)) / len(viewers)


def whole_gains(site: LearnedSite, viewers: Sequence[HeldOutViewer]) -> list[float]:
    """The same by viewer."""
    gains = []
    for viewer in viewers:
        liked = [site.code[film_id] for film_id, said, _ in viewer.rated if said == 1 and film_id in site.code]
        evidence = site.whole_evidence(liked[-constants.SOURCES_MAX :])
        for film_id, _, _ in viewer.rated:
            evidence.pop(site.code.get(film_id, -1), None)
        own = evidence.get(site.code.get(viewer.liked_next, -1), 0.0)
        gains.append(gain_of(sum(score > own for score in evidence.values())) if own > 0 else 0.0)
    return gains


class _Asked(NamedTuple):
    questions: list[Question]
    sizes: Sizes


def _asked(
    viewers: Iterable[tuple[HeldOutViewer, HeldOutViewer]],
    parts_of: Callable[[HeldOutViewer], dict[str, ScoreParts]],
    deadline: float,
    clock: Callable[[], float],
) -> _Asked:
    """A question a viewer, until the time is over; viewers come as they are known, and as they are."""
    questions: list[Question] = []
    sized: list[dict[str, ScoreParts]] = []
    for known, viewer in viewers:
        if clock() > deadline:
            break
        parts = parts_of(known)
        for film_id, _, _ in viewer.rated:
            parts.pop(film_id, None)
        questions.append(question_of(parts, viewer.liked_next))
        if len(sized) < SIZED_BY:
            sized.append(parts)
    return _Asked(questions, sizes_of(sized))


def _with_few_likes(number: int, viewer: HeldOutViewer) -> tuple[HeldOutViewer, HeldOutViewer]:
    """The viewer with only the newest likes known, how many goes round with the number; and as he is."""
    liked = [one for one in viewer.rated if one[1] == 1]
    return msgspec.structs.replace(viewer, rated=tuple(liked[-FEW_KNOWN[number % len(FEW_KNOWN)] :])), viewer


def _parts(site: LearnedSite, viewer: HeldOutViewer, catalog: Catalog, days_ago: float) -> dict[str, ScoreParts]:
    taste = _taste(viewer)

    def similarities(film_ids: Sequence[str]) -> Similarities:
        # Weights are chosen for films with likes: what stands for likes that a film lacks goes by them too.
        return msgspec.structs.replace(site.similarities(film_ids, days_ago=days_ago), likes_of=None)

    candidates = collect(taste, catalog, similarities)
    return score_parts(taste, candidates)


def _taste(viewer: HeldOutViewer) -> Taste:
    feedback = [
        Feedback(
            film_id=film_id,
            titles=_NO_TITLES,
            year=None,
            rating=_RATINGS[liked],
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
