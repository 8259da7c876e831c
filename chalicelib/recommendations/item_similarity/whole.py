"""From counts of shared viewers to scores of whole histories: a small ridge regression for each film. Pure.

EASE (Steck 2019, https://arxiv.org/abs/1905.03375) predicts each film from all others at once, so that a like counts
only for what the other likes have not said already; it needs the inverse of a films × films matrix. Here each film is
predicted from its 50 nearest ones alone (100 on small sites), by the same ridge regression: 50 × 50 equations, which
plain Python solves in a few milliseconds. What was seen without a like counts half: it tells who watches what, and
that is worth more than all that was tried on the regression itself (docs/decisions/042-taste.md).
"""

import math
from array import array
from collections.abc import Iterable, Sequence
from operator import itemgetter

from chalicelib.recommendations.item_similarity.sql import CountedFilm

NEAREST = 50  # films that one film is predicted from
NEAREST_SMALL, SMALL = (
    100,
    1_500,
)  # the same where the films are not more than that: a little better, six times the work
RIDGES = (30.0, 100.0, 300.0, 1000.0)  # tried by the nightly job; each site has its own best one
SHRINK = 20.0  # added to the length by which shared viewers are divided: a pair of rare films is no evidence
LIKES_LEAST = 2  # a film with fewer is predicted from nothing
QUARTERS = 4  # of a viewer: what `together.sql` counts in, and therefore what ridge and shrinking are in below

type Weighted = list[tuple[int, float]]
"""Films by code with their scores, the strongest (by size) first."""


class SharedViewers:
    """How many viewers each two of the most liked films share, in quarters: a square matrix, 4 bytes a pair."""

    size: int
    viewed: Sequence[float]
    rows: Sequence[Sequence[float]]

    def __init__(self, films: Iterable[CountedFilm]) -> None:
        known = [film for film in films if film.likes >= LIKES_LEAST and (film.code == 0 or film.partner_codes)]
        self.size = max((film.code for film in known), default=-1) + 1
        viewed = array("I", bytes(4 * self.size))
        rows = [array("I", bytes(4 * self.size)) for _ in range(self.size)]
        for film in known:
            viewed[film.code] = rows[film.code][film.code] = film.viewed
            row = rows[film.code]
            for other, count in zip(film.partner_codes, film.partner_counts, strict=True):
                row[other] = rows[other][film.code] = count
        self.viewed, self.rows = viewed, rows
        self._watched = [
            (film.code, film.watched, *_counted(film)) for film in known if film.watched or any(film.shared)
        ]
        self._nearest: list[list[int]] | None = None

    @property
    def is_watched(self) -> bool:
        """Whether anybody has played a film and said nothing of it."""
        return bool(self._watched)

    def with_watched(self, weight: float) -> "SharedViewers":
        """The same where such films count too, by this weight (0…1) beside what was said: a mixture of both matrices,
        and as theirs no eigenvalue of it is negative. Itself for 0; another 4 bytes a pair, exact up to four million
        viewers."""
        if not weight or not self.is_watched:
            return self
        mixed = SharedViewers(())
        viewed, rows = array("f", self.viewed), [array("f", row) for row in self.rows]
        for code, watched, others, counts in self._watched:
            viewed[code] += weight * watched
            rows[code][code] = viewed[code]
            for other, count in zip(others, counts, strict=True):
                rows[code][other] += weight * count
                rows[other][code] = rows[code][other]
        mixed.size, mixed.viewed, mixed.rows = self.size, viewed, rows
        return mixed

    def nearest(self) -> list[list[int]]:
        """By code, the films that this one is predicted from, the nearest first. Worked out once."""
        if self._nearest is None:
            lengths = [math.sqrt(count) for count in self.viewed]
            self._nearest = [_nearest(code, self, lengths) for code in range(self.size)]
        return self._nearest


def _counted(film: CountedFilm) -> tuple[Sequence[int], Sequence[int]]:
    """With whom it is shared by what was played, and how much: 8 bytes each, no zeros."""
    found = [(other, count) for other, count in zip(film.partner_codes, film.shared, strict=bool(film.shared)) if count]
    return array("I", [other for other, _ in found]), array("I", [count for _, count in found])


def whole_scores(shared: SharedViewers, ridge: float, kept: int = 200) -> list[Weighted]:
    """By code of a liked film: what the like says for (or against) other films, the `kept` strongest. `ridge` in
    viewers: the more, the less is believed of what few viewers say."""
    given: list[Weighted] = [[] for _ in range(shared.size)]
    for code, sources in enumerate(shared.nearest()):
        for source, weight in zip(sources, _ridge(code, sources, shared, QUARTERS * ridge), strict=True):
            given[source].append((code, weight))
    return [sorted(one, key=lambda pair: -abs(pair[1]))[:kept] for one in given]


def _nearest(code: int, shared: SharedViewers, lengths: Sequence[float]) -> list[int]:
    row, own = shared.rows[code], lengths[code]
    if not own:
        return []
    shrink = QUARTERS * SHRINK
    similarity = [count and count / (own * length + shrink) for count, length in zip(row, lengths, strict=True)]
    similarity[code] = 0
    most = NEAREST_SMALL if shared.size <= SMALL else NEAREST
    nearest = sorted(range(shared.size), key=similarity.__getitem__, reverse=True)[:most]
    return [other for other in nearest if similarity[other]]


def _ridge(code: int, sources: Sequence[int], shared: SharedViewers, ridge: float) -> list[float]:
    """Solves (G + λI) w = g by Cholesky's decomposition; G, g: shared viewers among the sources, and with the film."""
    if not sources:
        return []
    pick = itemgetter(*sources) if len(sources) > 1 else lambda row: (row[sources[0]],)
    lower: list[list[float]] = []
    inverse: list[float] = []
    solved: list[float] = []
    aim = pick(shared.rows[code])
    for place, source in enumerate(sources):
        entries = pick(shared.rows[source])
        row: list[float] = []
        for column in range(place):
            done = lower[column]
            row.append((entries[column] - math.sumprod(row, done)) * inverse[column])
        rest = max(entries[place] + ridge - math.sumprod(row, row), 1e-9)
        inverse.append(1 / math.sqrt(rest))
        solved.append((aim[place] - math.sumprod(row, solved)) * inverse[place])
        lower.append(row)
    weights = [0.0] * len(sources)
    for place in range(len(sources) - 1, -1, -1):
        above = sum(lower[later][place] * weights[later] for later in range(place + 1, len(sources)))
        weights[place] = (solved[place] - above) * inverse[place]
    return weights
