"""Rates, differences and their intervals, as they were when last looked at: see `tests/kept`."""

import random

import msgspec

from chalicelib.outcomes.experiments.comparison import difference, extra_likes, rate
from chalicelib.outcomes.experiments.model import ArmSums
from chalicelib.outcomes.experiments.vote_weight import PlaceSums, evidence, moved
from chalicelib.outcomes.model import Cell
from chalicelib.outcomes.rates import propensities, rows_of, wilson
from tests.kept import assert_kept

ARMS = (
    ArmSums(), ArmSums(1, 5, 0, 25, 0, 0), ArmSums(1, 5, 5, 25, 25, 25), ArmSums(29, 400, 40, 9_000, 90, 700),
    ArmSums(30, 400, 10, 9_000, 60, 500), ArmSums(30, 400, 9, 9_000, 60, 500), ArmSums(31, 380, 10, 8_000, 30, 400),
    ArmSums(900, 20_000, 1_500, 800_000, 4_000, 40_000), ArmSums(880, 19_000, 1_100, 700_000, 3_000, 30_000),
    ArmSums(100, 1_000, 1_000, 10_000, 10_000, 10_000),
)  # fmt: skip


def test_arms_are_compared_as_kept() -> None:
    found: dict[str, object] = {f"{number}": rate(one) for number, one in enumerate(ARMS)}
    for number, one in enumerate(ARMS):
        for other, default in enumerate(ARMS):
            found[f"{number} against {other}"] = [
                difference(one, default), difference(one, default, 3), extra_likes(one, default),
            ]  # fmt: skip
    assert_kept("arms", found)


def test_rates_are_told_as_kept() -> None:
    lot = random.Random(6)
    cells = [
        msgspec.convert(
            [
                lot.choice(("gigachat", "personal", "top", "")),
                lot.choice((0, 1, 2, 10, 11, 21, 51)),
                lot.choice(("home", "film")),
                lot.choice(("", "a:b", "a:b+c:d")),
                *(lot.randrange(40) for _ in range(6)),
            ],
            Cell,
        )
        for _ in range(60)
    ]
    found: dict[str, object] = {by: rows_of(cells, by) for by in ("source", "place", "surface", "experiment")}
    found["propensities"] = [[place, one] for place, one in sorted(propensities(cells).items())]
    found["none opened"] = propensities([Cell("top", 3, "home", "", 9, 0, 0, 0, 0, 0)])
    found["wilson"] = [wilson(count, of) for count, of in ((0, 0), (0, 1), (1, 1), (3, 2), (7, 90.5), (50, 100))]
    assert_kept("rates", found)


def test_votes_move_as_kept() -> None:
    lot = random.Random(4)
    found: dict[str, object] = {}
    for number in range(30):
        places = [
            PlaceSums(
                picks := lot.randrange(300),
                lot.randrange(picks + 1),
                others := lot.randrange(300),
                lot.randrange(others + 1),
            )
            for _ in range(lot.choice((0, 1, 5)))
        ]
        z = evidence(places)
        found[str(number)] = [z, [moved(weight, z) for weight in (0.0, 0.5, 1.0, 2.0, 3.0)]]
    found["moved"] = [
        [moved(weight, z) for z in (-9.0, -2.0, -1.96, -1.0, 0.0, 1.0, 1.96, 2.0, 9.0)] for weight in (0.0, 1.0, 2.9)
    ]
    assert_kept("votes moved", found)
