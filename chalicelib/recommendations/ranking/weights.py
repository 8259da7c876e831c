"""The site's weights: those under which its own viewers' held-out likes would have stood highest. Pure.

Score parts are worked out once; only the weights vary. A viewer's candidates are kept as differences to the film that
the viewer liked next: the number of positive sums is that film's place (of those level with it, half count). The
search goes along one weight after the other over a small grid, from several starts, yesterday's weights among them, so
that worse ones are never taken.

One question a viewer says little: of a thousand near equals the best is the luckiest. So a step has to be better by one
standard error of its viewers' paired gains, and weights that are nearer to what is known stay where others are not
(the one-standard-error rule: Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, 2nd ed., 7.10).
"""

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from chalicelib.recommendations.ranking import constants, taste_guard
from chalicelib.recommendations.ranking.scoring import ScoreParts
from chalicelib.recommendations.site_model import SiteWeights

DEEPEST = 100  # places that count; a smooth aim: the hit rate itself jumps with every viewer
GAIN_LEAST = 0.0005  # of a step, also where every viewer gains alike
STANDARD_ERRORS = 1.0
ROUNDS = 3
VIEWERS_LEAST = 30  # fewer choose nothing

# Shares of a part's size beside that of `near` (era: of itself), tried for each weight.
GRID: Mapping[str, tuple[float, ...]] = {
    "whole": (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5),
    "steady": (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0),
    "near": (0.0, 0.1, 0.25, 0.5, 1.0),
    "era": (0.0, 0.25, 0.5, 1.0, 1.5),
    "recent": (0.0, 0.03, 0.06, 0.12, 0.25, 0.5, 1.0),
    "content": (0.0, 0.3, 0.6, 1.0, 1.5),
    "popularity": (0.0, 0.02, 0.05, 0.1, 0.2, 0.4),
}
SIZED = ("near", "steady", "whole", "recent", "popularity")  # weights in units of the part's own size
STARTS: tuple[Mapping[str, float], ...] = (
    {"near": 1.0, "whole": 0.2, "era": 1.0, "content": 1.0},
    {"whole": 1.0, "near": 0.1, "era": 0.25, "content": 0.3},
    {"steady": 1.0, "era": 0.25, "content": 0.3},
)


class Question(msgspec.Struct, frozen=True):
    """One viewer's candidates beside the film liked next: `columns` hold the parts' differences to it."""

    columns: tuple[array, ...]  # type: ignore[type-arg]
    found: bool  # the film is among the candidates at all


class Fit(msgspec.Struct, frozen=True):
    """Weights and what they reach on the questions they were chosen by."""

    weights: SiteWeights
    gains: tuple[float, ...]  # by question; the film was not among the candidates: 0
    hit_rate: float

    @property
    def gain(self) -> float:
        """Their mean."""
        return math.fsum(self.gains) / max(1, len(self.gains))


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """How large each part is at a viewer's best candidate, in the mean."""

    near: float
    steady: float
    whole: float
    recent: float
    popularity: float


def question_of(parts: Mapping[str, ScoreParts], liked_next: str) -> Question:
    """The question that this viewer's score parts and next like ask of the weights."""
    target = parts.get(liked_next)
    if target is None or taste_guard.refuses(target.doubt):
        return Question((), found=False)
    own = _columns(target)
    others = [
        _columns(one) for film_id, one in parts.items()
        if film_id != liked_next and not taste_guard.refuses(one.doubt)
    ]  # fmt: skip
    columns = tuple(array("f", (row[number] - own[number] for row in others)) for number in range(len(own)))
    return Question(columns, found=True)


def sizes_of(viewers: Iterable[Mapping[str, ScoreParts]]) -> Sizes:
    """The mean over viewers of each part's largest value."""
    totals = dict.fromkeys(SIZED, 0.0)
    count = 0
    for parts in viewers:
        count += 1
        for name in SIZED:
            totals[name] += max((getattr(one, name) for one in parts.values()), default=0.0)
    return Sizes(**{name: total / max(1, count) for name, total in totals.items()})


def fitted(
    questions: Sequence[Question], sizes: Sizes, yesterday: SiteWeights, errors: float = STANDARD_ERRORS
) -> Fit | None:
    """The best weights found; None with too few viewers to choose by. `errors`: by how many standard errors others have
    to be better than those at hand; 0 where those at hand are nobody's experience."""
    if sum(one.found for one in questions) < VIEWERS_LEAST:
        return None
    starts = [_weights(start, sizes) for start in STARTS]
    gains = [(measured(questions, one)[0], number) for number, one in enumerate(starts)]
    order = [starts[number] for _, number in sorted(gains, reverse=True)[:2]]
    fits = [_climb(questions, sizes, one, errors) for one in [yesterday, *order]]
    best = max(fits, key=lambda fit: fit.gain)
    return next(fit for fit in fits if fit is best or not is_better(best.gains, fit.gains, errors))


def is_better(gains: Sequence[float], than: Sequence[float], errors: float) -> bool:
    """Whether the same questions gain more, by more than so many standard errors of the mean difference."""
    differences = [one - other for one, other in zip(gains, than, strict=True)]
    count = len(differences)
    mean = math.fsum(differences) / count
    spread = math.fsum((one - mean) ** 2 for one in differences)
    return mean > max(GAIN_LEAST, errors * math.sqrt(spread) / count)


def measured(questions: Sequence[Question], weights: SiteWeights) -> tuple[float, float]:
    """The gain and HR@10 of the questions under these weights."""
    gains, hit_rate = _reached(_places(questions, weights), len(questions))
    return math.fsum(gains) / max(1, len(gains)), hit_rate


def gain_of(place: float) -> float:
    """What it is worth that this many films stand before the one liked next."""
    return 1 / math.log2(place + 2) if place < DEEPEST else 0.0


def _climb(questions: Sequence[Question], sizes: Sizes, start: SiteWeights, errors: float) -> Fit:
    """Along one weight after the other. A sum is linear in each of them: what the other weights give is summed once a
    weight, and each value that is tried costs one multiplication a candidate."""
    best = start
    found = [one for one in questions if one.found]
    gains, hits = _reached(_places(questions, best), len(questions))
    for _ in range(ROUNDS):
        before = best
        for name, shares in GRID.items():
            here = getattr(best, name)
            lines = [_line(question, best, name) for question in found]
            for share in shares:
                tried = msgspec.structs.replace(best, **{name: _absolute(name, share, sizes)})
                if not (tried.near or tried.steady or tried.whole):
                    continue
                step = getattr(tried, name) - here
                places = [_place([total + step * slope for total, slope in zip(*line, strict=True)]) for line in lines]
                reached, hit_rate = _reached(places, len(questions))
                if is_better(reached, gains, errors):
                    best, gains, hits = tried, reached, hit_rate
        if best == before:
            break
    return Fit(best, gains, hits)


def _place(sums: Sequence[float]) -> float:
    """How many films stand before the one liked next. Of those that stand level with it, half do: weights that tell
    nothing apart would be the best ones else."""
    return sum([one > 0 for one in sums]) + sums.count(0.0) / 2


def _places(questions: Iterable[Question], weights: SiteWeights) -> list[float]:
    factors = _factors(weights)
    return [_place(_sums(one, factors)) for one in questions if one.found]


def _reached(places: Sequence[float], asked: int) -> tuple[tuple[float, ...], float]:
    """The gains of all questions, those not found at the end, and HR@10."""
    gains = [gain_of(place) for place in places]
    hits = sum(place < 10 for place in places)
    return (*gains, *([0.0] * (asked - len(gains)))), hits / max(1, asked)


def _line(question: Question, weights: SiteWeights, name: str) -> tuple[list[float], list[float]]:
    """Each candidate's sum under these weights, and by how much it grows with this one."""
    return _sums(question, _factors(weights)), _sums(question, _slopes(weights, name))


def _sums(question: Question, factors: Sequence[float]) -> list[float]:
    used = [(factor, column) for factor, column in zip(factors, question.columns, strict=True) if factor]
    if not used:
        return [0.0] * len(question.columns[0])
    total = [used[0][0] * value for value in used[0][1]]
    for factor, column in used[1:]:
        total = [before + factor * value for before, value in zip(total, column, strict=True)]
    return total


def _factors(weights: SiteWeights) -> tuple[float, ...]:
    """One for each of a question's columns."""
    return (
        weights.near, weights.near * weights.era, weights.steady, weights.steady * weights.era,
        weights.whole, weights.whole * weights.era, weights.content, weights.popularity, weights.recent,
    )  # fmt: skip


def _slopes(weights: SiteWeights, name: str) -> tuple[float, ...]:
    """How each factor grows with this weight."""
    if name == "era":
        return (0.0, weights.near, 0.0, weights.steady, 0.0, weights.whole, 0.0, 0.0, 0.0)
    alone = SiteWeights(near=0.0, steady=0.0, whole=0.0, era=weights.era, content=0.0, popularity=0.0, recent=0.0)
    return _factors(msgspec.structs.replace(alone, **{name: 1.0}))


def _weights(shares: Mapping[str, float], sizes: Sizes) -> SiteWeights:
    return SiteWeights(**{name: _absolute(name, shares.get(name, 0.0), sizes) for name in GRID})


def _absolute(name: str, share: float, sizes: Sizes) -> float:
    """A share of the size of `near` as a factor of this part; era and content keep their own scale."""
    if name not in SIZED:
        return share
    size = getattr(sizes, name)
    return share * (sizes.near or sizes.whole or 1.0) / size if size else 0.0


def _columns(one: ScoreParts) -> tuple[float, ...]:
    kept = taste_guard.kept_share(one.doubt)
    likes = kept * (1 - constants.AGAINST_FACTOR * one.against)
    era = likes * one.era
    return (
        likes * one.near, era * one.near, likes * one.steady, era * one.steady, likes * one.whole, era * one.whole,
        kept * one.content, kept * one.popularity, kept * one.recent,
    )  # fmt: skip
