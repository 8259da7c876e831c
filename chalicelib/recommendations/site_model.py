"""What the nightly learning knows of a site, as plain data."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

type FilmScores = Mapping[str, float]
"""Films that belong to one film, strongest first, with the learned scores."""


class SiteWeights(msgspec.Struct, frozen=True, kw_only=True):
    """How much each part of a score counts on this site: chosen by the nightly learning on the site's own viewers.

    The defaults are only the start, for a site that has not learned yet or has too few viewers.
    """

    near: float = 1.0  # likes that stand near each other, the newest likes first
    steady: float = 0.0  # the same, all likes alike
    whole: float = 0.1  # what each like still says when the other likes have spoken, all likes alike
    era: float = 1.0  # how much more a film of the viewer's years gets
    content: float = 1.0
    popularity: float = 0.001  # alone it only decides where nothing else does
    recent: float = 0.0  # likes of the last days


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """What the weights reached on likes that were not learned from, for the operator."""

    viewers: int = 0
    hit_rate: float = 0.0  # HR@10
    popularity_hit_rate: float = 0.0  # HR@10 of plain popularity
    gain: float = 0.0  # what was chosen by: mean of 1 / log2(place + 1) down to place 100


LIKES_COUNTED = 20  # of a film: with so many its own likes speak for it
RIDGE = 100.0  # of a site that has not chosen its own


class SiteModel(msgspec.Struct, frozen=True, kw_only=True):
    """What is published beside the films' own scores."""

    weights: SiteWeights = SiteWeights()
    few: SiteWeights | None = None  # for viewers with few likes; None: as for all others
    ridge: float = RIDGE  # how much whole histories are doubted, see `item_similarity/whole.py`
    watched: float = 0.0  # 0…1: what a film counts in them that was seen to its end without a word, beside a like
    reached: Reached = Reached()
    recent: tuple[tuple[str, float], ...] = ()  # film ids liked most in the last days, and shares of the first one's
    likes: int = 0  # that it was learned from
    liked_by: tuple[int, ...] = ()  # how many films have 1 like, 2 likes, … `LIKES_COUNTED` or more; (): not known

    @property
    def lately_liked(self) -> tuple[str, ...]:
        """Films for somebody of whom nothing is known, the most liked first; none where the likes of the last days say
        nothing of what this site's viewers with few likes choose next."""
        return tuple(film_id for film_id, _ in self.recent) if self.few is not None and self.few.recent > 0 else ()


class Similarities(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for some films: films without any scores are absent."""

    near: Mapping[str, FilmScores] = {}  # from likes that stand near each other
    whole: Mapping[str, FilmScores] = {}  # from whole histories; may be negative
    weights: SiteWeights = SiteWeights()
    few: SiteWeights | None = None  # for viewers with few likes
    recent: Mapping[str, float] = {}  # 0…1 by film id: the films liked most in the last days
    likes_of: Callable[[str], int] | None = None  # a film's likes, counted up to `LIKES_COUNTED`; None: not known
    for_lovers_of: Mapping[str, Sequence[str]] = {}  # by new film: the ones whose lovers the model says it is for
