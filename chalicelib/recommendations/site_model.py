"""What the nightly learning knows of a site, as plain data."""

from collections.abc import Mapping

import msgspec

type FilmScores = Mapping[str, float]
"""Films that belong to one film, strongest first, with the learned scores."""


class SiteWeights(msgspec.Struct, frozen=True, kw_only=True):
    """How much each part of a score counts on this site, chosen by `fit.py` on the site's own viewers.

    The defaults are a start: what MovieLens' small set chose.
    """

    near: float = 1.0  # likes that stand near each other, the newest likes first
    steady: float = 0.0  # the same, all likes alike
    whole: float = 0.1  # what of each like remains when the other likes have spoken, all likes alike
    era: float = 1.0  # how much more a film of the viewer's years gets
    content: float = 1.0
    popularity: float = 0.001
    recent: float = 0.0  # likes of the last days


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """What the weights reached on likes they had not learned from, for the operator."""

    viewers: int = 0
    hit_rate: float = 0.0  # HR@10
    popularity_hit_rate: float = 0.0  # HR@10 of plain popularity
    gain: float = 0.0  # what was chosen by: mean of 1 / log2(place + 1) down to place 100


class Similarities(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for some films: films without any are absent."""

    near: Mapping[str, FilmScores] = {}  # from likes that stand near each other
    whole: Mapping[str, FilmScores] = {}  # from whole histories; scores may be negative
    weights: SiteWeights = SiteWeights()
    recent: Mapping[str, float] = {}  # the films liked most in the last days, 1 for the first of them
