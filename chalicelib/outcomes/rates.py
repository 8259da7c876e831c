"""From counted cells to rates by source, place, surface, experiment, prompt or age, with their intervals. Pure.

**Interval**: Wilson's, 95 % (E. B. Wilson 1927; Brown, Cai, DasGupta 2001 recommend it also for small counts). It takes
showings as independent; a viewer's are not quite, so it is somewhat too narrow.

**Places**: what stands first is opened more often whoever put it there. The position-based model takes the rate of
source s at place k as α_s θ_k. Both are estimated by maximum likelihood (opened ~ Poisson(shown α_s θ_k), solved by
turns, as iterative scaling does: α_s = Σ_k opened / Σ_k shown θ_k, θ_k = Σ_s opened / Σ_s shown α_s); θ is scaled so
that it is 1 over all showings. What is corrected is o / Σ_k shown θ_k: the rate that a source would have, were its
films shown where the site's films are shown on average. Without a place θ is 1. (Richardson, Dominowska, Ragno 2007;
Joachims, Swaminathan, Schnabel 2017 call θ the propensity of being looked at.)
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from chalicelib.outcomes.experiments.assignment import arms_in
from chalicelib.outcomes.model import UNKNOWN, Cell

type By = Literal["source", "place", "surface", "experiment", "prompt_version", "age"]

BANDS = {11: "11-20", 21: "21-50", 51: "51-"}
"""Places that are counted together, by the first of them; the first ten stand for themselves (`cells.sql`)."""
AGES = {0: "0-1", 2: "2-4", 5: "5-9", 10: "10-19", 20: "20-39", 40: "40-"}
"""Years from a film's release to the day it was shown that are counted together, by the first of them (`cells.sql`)."""
DEEDS = ("opened", "started", "finished", "liked", "disliked")
Z = 1.959964  # of the normal distribution, for 95 %
TURNS = 50  # by turns; a hundredth of a percent is reached after some ten
ONE_OPENED = 1.0  # a place with few showings is drawn towards 1, as by one opening beyond


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """A share of the showings with its 95 % interval."""

    rate: float
    low: float
    high: float


class Rates(Rate, frozen=True, kw_only=True):
    """The same once more as it would be if all stood where the site's films stand on average; null by place."""

    corrected: Rate | None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the showings of one kind. `value` is the source, place, surface, `EXPERIMENT:ARM` (who is in several
    experiments is on a row of each), version of the prompt (`none`: not the model's place), or age of the film in
    years."""

    value: str
    shown: int
    opened: int
    started: int
    finished: int
    liked: int
    disliked: int
    rates: Mapping[str, Rates]


def rows_of(cells: Iterable[Cell], by: By) -> list[Row]:
    """The rows, those shown most often first; by place or age, in their order."""
    held = list(cells)
    looked_at = propensities(held)
    groups: dict[str, list[Cell]] = defaultdict(list)
    for cell in held:
        for value in _values(cell, by):
            groups[value].append(cell)
    rows = [_row(value, group, None if by == "place" else looked_at) for value, group in groups.items()]
    if by == "place":
        return sorted(rows, key=lambda row: min(cell.place or math.inf for cell in groups[row.value]))
    if by == "age":
        return sorted(rows, key=lambda row: math.inf if (age := groups[row.value][0].age) < 0 else age)
    return sorted(rows, key=lambda row: (-row.shown, row.value))


def propensities(cells: Sequence[Cell]) -> dict[int, float]:
    """θ by the first place of each band: how likely a film there is looked at, 1 over all showings with a place."""
    shown, by_source, by_place = Counter[tuple[str, int]](), Counter[str](), Counter[int]()
    for cell in cells:
        if cell.place and cell.shown:
            shown[cell.source, cell.place] += cell.shown
            by_source[cell.source] += cell.opened
            by_place[cell.place] += cell.opened
    total = shown.total()
    looked_at = dict.fromkeys((place for _, place in shown), 1.0)
    if not by_place.total():
        return looked_at
    for _ in range(TURNS):
        exposed, expected = defaultdict[str, float](float), defaultdict[int, float](float)
        for (source, place), count in shown.items():
            exposed[source] += count * looked_at[place]
        rate = {source: by_source[source] / exposed[source] for source in exposed}
        for (source, place), count in shown.items():
            expected[place] += count * rate[source]
        looked_at = {place: (by_place[place] + ONE_OPENED) / (expected[place] + ONE_OPENED) for place in looked_at}
        mean = sum(n * looked_at[place] for (_, place), n in shown.items()) / total
        looked_at = {place: value / mean for place, value in looked_at.items()}
    return looked_at


def wilson(count: int, of: float) -> Rate:
    """The share with Wilson's interval, all of it between 0 and 1; 0 … 1 of nothing."""
    of = max(of, count)
    if not of:
        return Rate(rate=0.0, low=0.0, high=1.0)
    share, squared = count / of, Z * Z / of
    middle = (share + squared / 2) / (1 + squared)
    half = Z * math.sqrt(share * (1 - share) / of + squared / (4 * of)) / (1 + squared)
    return Rate(rate=round(share, 6), low=round(max(0.0, middle - half), 6), high=round(min(1.0, middle + half), 6))


def _row(value: str, cells: Sequence[Cell], looked_at: Mapping[int, float] | None) -> Row:
    shown = sum(cell.shown for cell in cells)
    counts = {deed: sum(getattr(cell, deed) for cell in cells) for deed in DEEDS}
    exposed = None if looked_at is None else sum(cell.shown * looked_at.get(cell.place, 1.0) for cell in cells)
    rates = {deed: _rates(count, shown, exposed) for deed, count in counts.items()}
    return Row(value=value, shown=shown, rates=rates, **counts)


def _rates(count: int, shown: int, exposed: float | None) -> Rates:
    plain = msgspec.structs.asdict(wilson(count, shown))
    return Rates(**plain, corrected=None if exposed is None else wilson(count, exposed))


def _values(cell: Cell, by: By) -> Sequence[str]:
    """One; by experiment as many as a viewer is in at once."""
    if by == "place":
        return [BANDS.get(cell.place, str(cell.place) if cell.place else UNKNOWN)]
    if by == "age":
        return [AGES.get(cell.age, UNKNOWN)]
    if by == "prompt_version" and cell.source != "gigachat":
        return ["none"]
    if by == "experiment":
        return [f"{name}:{arm}" for name, arm in arms_in(cell.experiment).items()] or ["none"]
    return [str(getattr(cell, by)) or UNKNOWN]
