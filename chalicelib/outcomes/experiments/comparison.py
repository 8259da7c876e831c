"""An arm against the default one: rates, what lies between them, and what holds however often one looks. Pure.

**Rate**: likes by films shown, over all viewers of an arm. Viewers are what is assigned, and one's likes hang together,
so variances go by viewers: with y likes of x films each and R = Σy ÷ Σx it is n ÷ (n − 1) · Σ(y − R x)² ÷ (Σx)², the
delta method for a ratio of means (A. Deng, U. Knoblich, J. Lu 2018, "Applying the delta method in metric analytics").
It is never taken as less than that of independent showings, one like and one miss added (few likes have none).

**95 % intervals** are the normal ones. **At any time**: looked at each day, such an interval will one day exclude the
truth. The guardrail goes by one that excludes it at any look with 5 % at most: the mixture sequential test inverted
(H. Robbins 1970; R. Johari, P. Koomen, L. Pekelis, D. Walsh 2022, "Always valid inference"), half its width is
√(V (V + τ²) ÷ τ² · (2 ln (1 ÷ α) + ln ((V + τ²) ÷ V))), V the variance of the difference, τ the effects it is
quickest to see. It holds for many viewers (I. Waudby-Smith et al. 2024, "asymptotic confidence sequences"): below
`VIEWERS_LEAST` and `LIKES_LEAST` nothing is said.
"""

import math

import msgspec

from chalicelib.outcomes.experiments.model import ArmSums

Z = 1.959964  # of the normal distribution, for 95 %
ALPHA = 0.05
EFFECT = 0.2  # of the default arm's rate: τ
VIEWERS_LEAST, LIKES_LEAST = 30, 20  # of each arm; of both


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


class Difference(Estimate, frozen=True, kw_only=True):
    """An arm's rate less the default arm's. `always_low`, `always_high`: what holds however often one looks; null
    while there are too few viewers or likes."""

    always_low: float | None
    always_high: float | None


def rate(sums: ArmSums) -> Estimate | None:
    """Likes by films shown; None of nothing."""
    if not sums.shown:
        return None
    value = sums.liked / sums.shown
    return _estimate(value, Z * math.sqrt(_variance(sums)), 0.0, 1.0)


def difference(arm: ArmSums, default: ArmSums, arms: int = 1) -> Difference | None:
    """None where either has been shown nothing. `arms`: how many are compared with the default one, of which the
    interval that always holds excludes the truth for none, with 5 % at most."""
    if not arm.shown or not default.shown:
        return None
    value = arm.liked / arm.shown - default.liked / default.shown
    variance = _variance(arm) + _variance(default)
    plain = _estimate(value, Z * math.sqrt(variance), -1.0, 1.0)
    always: tuple[float | None, float | None] = (None, None)
    if min(arm.viewers, default.viewers) >= VIEWERS_LEAST and arm.liked + default.liked >= LIKES_LEAST:
        effect = (EFFECT * (arm.liked + default.liked) / (arm.shown + default.shown)) ** 2
        sum_ = variance + effect
        width = math.sqrt(variance * sum_ / effect * (2 * math.log(arms / ALPHA) + math.log(sum_ / variance)))
        always = (round(value - width, 6), round(value + width, 6))
    return Difference(value=plain.value, low=plain.low, high=plain.high, always_low=always[0], always_high=always[1])


def extra_likes(without: ArmSums, default: ArmSums) -> Estimate | None:
    """How many likes more the default arm's viewers gave than they would have, had they been in the other arm; with
    what is to be expected of both arms' chance. None where either has been shown nothing."""
    found = difference(without, default)
    if found is None:
        return None
    shown = default.shown
    return Estimate(
        value=round(-found.value * shown, 3), low=round(-found.high * shown, 3), high=round(-found.low * shown, 3)
    )


def _variance(sums: ArmSums) -> float:
    """Of the rate."""
    smoothed = (sums.liked + 1) / (sums.shown + 2)
    independent = smoothed * (1 - smoothed) / sums.shown
    if sums.viewers < 2:
        return independent
    ratio = sums.liked / sums.shown
    squares = sums.liked_squared - 2 * ratio * sums.shown_liked + ratio * ratio * sums.shown_squared
    return max(independent, sums.viewers / (sums.viewers - 1) * max(0.0, squares) / sums.shown**2)


def _estimate(value: float, half: float, least: float, most: float) -> Estimate:
    return Estimate(
        value=round(value, 6), low=round(max(least, value - half), 6), high=round(min(most, value + half), 6)
    )
