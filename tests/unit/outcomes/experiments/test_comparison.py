"""Rates and what lies between arms, on viewers of whom the truth is known; a thousand experiments in which nothing
differs, looked at each day."""

import math

import numpy as np
import pytest

from chalicelib.outcomes.experiments.comparison import ALPHA, Z, difference, extra_likes, rate
from chalicelib.outcomes.experiments.model import ArmSums

DAYS = 28


def sums_of(shown: np.ndarray, liked: np.ndarray) -> ArmSums:
    seen = shown > 0
    numbers = (seen.sum(), shown.sum(), liked.sum(), (shown**2).sum(), (liked**2).sum(), (shown * liked).sum())
    return ArmSums(*(int(number) for number in numbers))


class Site:
    """Viewers who differ: in how often they come, in how much they are shown, and in how easily they like."""

    def __init__(self, seed: int, viewers: int, lift: float = 1.0) -> None:
        self.draw = np.random.default_rng(seed)
        self.comes = self.draw.beta(1.5, 4, viewers)
        self.likes = np.minimum(0.9, self.draw.beta(1.2, 18, viewers) * lift)  # 6 % on average, 0 to 20
        self.shown, self.liked = np.zeros(viewers, int), np.zeros(viewers, int)

    def day(self) -> ArmSums:
        """What all days up to now came to."""
        shown = np.where(self.draw.random(len(self.comes)) < self.comes, self.draw.integers(5, 40, len(self.comes)), 0)
        self.shown += shown
        self.liked += self.draw.binomial(shown, self.likes)
        return sums_of(self.shown, self.liked)


def is_excluded(arm: ArmSums, default: ArmSums) -> bool:
    found = difference(arm, default)
    return found is not None and found.always_low is not None and not found.always_low <= 0 <= (found.always_high or 0)


def test_of_a_thousand_experiments_without_a_difference_few_are_ever_taken_for_one() -> None:
    alarms = plain = 0
    for seed in range(1_000):
        arm, default = Site(2 * seed, 60), Site(2 * seed + 1, 400)
        looks = [(arm.day(), default.day()) for _ in range(DAYS)]
        alarms += any(is_excluded(*look) for look in looks)
        plain += any(found.low > 0 or found.high < 0 for look in looks if (found := difference(*look)))
    assert alarms <= 1_000 * ALPHA
    assert plain > 100, "or looking each day would be no temptation"


def test_viewers_who_differ_widen_the_interval_until_it_is_right() -> None:
    truth, outside, naive = 1.2 / 19.2, 0, 0
    for seed in range(400):
        site = Site(10_000 + seed, 200)
        for _ in range(DAYS):
            sums = site.day()
        found = rate(sums)
        assert found
        outside += not found.low <= truth <= found.high
        half = Z * math.sqrt(found.value * (1 - found.value) / sums.shown)
        naive += abs(found.value - truth) > half
    assert outside <= 400 * 0.09
    assert naive > 400 * 0.2, "showings taken as independent would have been wrong that often"


def test_what_is_always_known_is_wider_than_what_is_known_at_one_look_and_narrows() -> None:
    arm, default = Site(1, 300), Site(2, 3_000)
    widths = []
    for _ in range(DAYS):
        found = difference(arm.day(), default.day())
        assert found
        if found.always_low is not None and found.always_high is not None:
            assert found.always_low < found.low < found.value < found.high < found.always_high
            widths.append(found.always_high - found.always_low)
    assert widths[-1] < widths[0]


def test_more_arms_are_compared_with_more_care() -> None:
    one, other = ArmSums(100, 2_000, 100, 50_000, 200, 2_500), ArmSums(100, 2_000, 150, 50_000, 400, 3_000)
    alone, among = difference(one, other), difference(one, other, arms=5)
    assert alone
    assert among
    assert (among.always_high or 0) > (alone.always_high or 0)
    assert (among.low, among.high) == (alone.low, alone.high)


def test_nothing_is_said_of_nobody_and_little_of_few() -> None:
    few = ArmSums(3, 60, 1, 1_200, 1, 20)
    assert rate(ArmSums()) is None
    assert difference(few, ArmSums()) is None
    assert extra_likes(ArmSums(), few) is None
    found = difference(few, few)
    assert found
    assert (found.value, found.always_low, found.always_high) == (0, None, None)
    none = rate(ArmSums(50, 1_000, 0, 20_000, 0, 0))
    assert none
    assert none.value == none.low == 0 < none.high, "no like yet is no certainty"


def test_extra_likes_are_those_that_the_others_would_not_have_given() -> None:
    without, default = (
        ArmSums(100, 2_000, 80, 45_000, 120, 1_900),
        ArmSums(1_900, 38_000, 1_900, 800_000, 4_000, 40_000),
    )
    found, between = extra_likes(without, default), difference(without, default)
    assert found
    assert between
    assert found.value == pytest.approx(38_000 * 0.01)
    assert found.low == pytest.approx(-38_000 * between.high)
    assert found.low < found.value < found.high
