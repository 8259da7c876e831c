"""One order of films for two tastes, in which each place is the turn of whoever has got least so far. Pure.

What a list gives to somebody is the sum of what its films give them, and the next film is chosen for the worse-off of
the two (maximin over the list: Rawls; Xiao et al., "Fairness-aware group recommendation with Pareto-efficiency", RecSys
2017; Kaya, Bridge and Tintarev, "Ensuring fairness in group recommendations by rank-sensitive balancing", RecSys 2020).
Maximin over each film by itself, "least misery" (O'Connor et al., "PolyLens", ECSCW 2001), fills the list with films
that are half right for both: `python -m tests.bench.evening` has both.
"""

from collections.abc import Mapping

OTHERS_SHARE = 0.8
"""What the film gives the other one counts by this: whoever's turn it is decides, but a film for both beats one that is
a little better for one. Chosen by the bench, where it matters little."""


def in_turn_of_need(one: Mapping[str, float], other: Mapping[str, float], limit: int) -> list[str]:
    """At most `limit` of the films that both tastes have a score for (higher is better), in the order to show them. The
    same whichever of the two is named first, but for films that are all alike."""
    common = one.keys() & other.keys()
    gains = [_gains({film: scores[film] for film in common}) for scores in (one, other)]
    got = [0.0, 0.0]
    order: list[str] = []
    while len(order) < min(limit, len(common)):
        weights = (1.0, OTHERS_SHARE) if got[0] < got[1] else (OTHERS_SHARE, 1.0) if got[1] < got[0] else (1.0, 1.0)
        left = common.difference(order)
        best = min(left, key=lambda film: (-weights[0] * gains[0][film] - weights[1] * gains[1][film], film))
        order.append(best)
        got = [sum_ + gain[best] for sum_, gain in zip(got, gains, strict=True)]
    return order


def _gains(scores: Mapping[str, float]) -> dict[str, float]:
    """As shares of the best: scores of two tastes have no other common measure."""
    best = max(scores.values(), default=0.0)
    return {film: max(0.0, score) / best if best > 0 else 0.0 for film, score in scores.items()}
