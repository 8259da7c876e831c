"""A whole learned model in memory: what the job publishes, and what it chooses the site's weights with. Pure."""

import math
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from chalicelib.recommendations.item_similarity.codec import (
    LearnedFilm,
    UnpackedScores,
    pack,
    pack_signed,
    unpack,
    unpack_signed,
)
from chalicelib.recommendations.item_similarity.sql import CountedFilm
from chalicelib.recommendations.item_similarity.whole import SharedViewers, whole_scores
from chalicelib.recommendations.site_model import LIKES_COUNTED, RIDGE, Similarities, SiteWeights

DAY = 86_400 * 1_000_000  # microseconds, as the interactions count
FAST_DAYS, SLOW_DAYS, SLOW_SHARE = 2.0, 14.0, 0.3  # the mood of these days, and of the fortnight
RECENT_DAYS = 60  # older likes weigh less than a hundredth
RECENT_FILMS = 200

ALL = SiteWeights(near=1.0, steady=1e-9, whole=1e-9)  # every part is worked out


class LearnedSite:
    """Films by code, near scores as they are stored, whole scores, and likes by day."""

    def __init__(
        self, near: Iterable[LearnedFilm], counted: Iterable[CountedFilm], ridge: float = RIDGE, watched: float = 0.0
    ) -> None:
        """Both in the order of their codes, and read once: a film's days are kept in 8 bytes each, the others' go.
        `watched`: what films count that were played and of which nothing was said."""
        self.likes = array("I")
        self._newest = 0
        self._by_day: dict[int, tuple[array[int], array[int]]] = {}
        self._said = self._shared = SharedViewers(self._counted(counted))
        self.watched = 0.0
        self.ids: list[str] = []
        self._near: list[bytes] = []
        for film in near:
            self.ids.append(film.film_id)
            self._near.append(pack(film.similar_codes, [score / 1e6 for score in film.scores]))
        self.code = {film_id: number for number, film_id in enumerate(self.ids)}
        self._whole: list[bytes] = []
        self.ridge = math.nan  # none yet
        self.learn_whole(ridge, watched)

    def _counted(self, counted: Iterable[CountedFilm]) -> Iterator[CountedFilm]:
        """The films with their days put aside."""
        for one in counted:
            self.likes.append(one.likes)
            self._newest = max(self._newest, one.newest)
            for day, count in zip(one.days, one.day_likes, strict=True):
                codes, counts = self._by_day.setdefault(day, (array("I"), array("I")))
                codes.append(one.code)
                counts.append(count)
            yield msgspec.structs.replace(one, days=(), day_likes=())

    @property
    def is_watched(self) -> bool:
        """Whether anybody has played a film and said nothing of it."""
        return self._said.is_watched

    def learn_whole(self, ridge: float, watched: float | None = None) -> None:
        """Whole scores with this ridge, and what was played of this weight (None: as before), in place of those with
        others: about 5 ms a film, and 2 ms more where the weight is another."""
        watched = self.watched if watched is None or not self.is_watched else watched
        if (ridge, watched) == (self.ridge, self.watched):
            return
        if watched != self.watched:
            self._shared = self._said.with_watched(watched)
        self.ridge, self.watched = ridge, watched
        whole = whole_scores(self._shared, ridge)
        self._whole = [pack_signed(*zip(*one, strict=True)) if one else b"" for one in whole]

    def whole_evidence(self, codes: Iterable[int]) -> dict[int, float]:
        """By code: the sum of what these films' likes say."""
        total: dict[int, float] = {}
        for code in codes:
            for film, score in zip(*self._whole_of(code), strict=True):
                total[film] = total.get(film, 0.0) + score
        return total

    def _whole_of(self, code: int) -> tuple[Sequence[int], Sequence[float]]:
        return unpack_signed(self._whole[code]) if code < len(self._whole) else ((), ())

    def films(self) -> Iterator[tuple[str, bytes, bytes]]:
        """Each film in the order of codes: its id, its near scores and its whole scores, packed."""
        for code, film_id in enumerate(self.ids):
            yield film_id, self._near[code], self._whole[code] if code < len(self._whole) else b""

    def similarities(
        self,
        film_ids: Sequence[str],
        weights: SiteWeights = ALL,
        days_ago: float = -1.0,
        few: SiteWeights | None = None,
    ) -> Similarities:
        """As a process reads it from the table, at a moment that many days before the newest like."""
        known = [(film_id, self.code[film_id]) for film_id in film_ids if film_id in self.code]
        near = {film_id: self._near[code] for film_id, code in known if self._near[code]}
        whole = {film_id: self._whole[code] for film_id, code in known if code < len(self._whole) and self._whole[code]}
        return Similarities(
            near=UnpackedScores(near, unpack, self.ids),
            whole=UnpackedScores(whole, unpack_signed, self.ids),
            weights=weights,
            few=few,
            recent=dict(self.recent(days_ago)),
            likes_of=self.likes_of,
        )

    def likes_of(self, film_id: str) -> int:
        """As a process counts them, from what is stored."""
        code = self.code.get(film_id, -1)
        return min(LIKES_COUNTED, self.likes[code]) if code >= 0 else 0

    def liked_by(self) -> tuple[int, ...]:
        """How many films have at least 1, 2, … `LIKES_COUNTED` likes."""
        return tuple(
            bisect_right(self.likes, -least, key=lambda likes: -likes) for least in range(1, LIKES_COUNTED + 1)
        )

    def days_ago(self, moment: int) -> float:
        """How long before the newest like that is learned from this moment (microseconds) was; negative after it."""
        return (self._newest - moment) / DAY

    def recent(self, days_ago: float = -1.0) -> tuple[tuple[str, float], ...]:
        """The films liked most in the days before that moment (-1: now, with all of the newest day)."""
        first = math.floor(days_ago) + 1
        total: dict[int, float] = {}
        for day in range(first, first + RECENT_DAYS):
            age = max(0.0, day + 0.5 - days_ago)
            weight = math.exp(-age / FAST_DAYS) + SLOW_SHARE * math.exp(-age / SLOW_DAYS)
            for code, count in zip(*self._by_day.get(day, ((), ())), strict=True):
                total[code] = total.get(code, 0.0) + weight * count
        best = sorted(total, key=lambda code: (-total[code], code))[:RECENT_FILMS]
        return tuple((self.ids[code], total[code] / total[best[0]]) for code in best)


class HeldOutViewer(msgspec.Struct, frozen=True, kw_only=True):
    """A viewer of `viewers.sql`: what was said before the held-out like, oldest first, and that like."""

    user_id: str
    rated: tuple[tuple[str, int, int], ...]  # film id; 1 liked, 0 disliked, 2 only seen; microseconds
    liked_next: str
    moment: int


def held_out_viewers(rows: Iterable[Mapping[str, str]]) -> Iterator[HeldOutViewer]:
    """The viewers of a result as CSV gives it, ordered by viewer and time."""
    rated: list[tuple[str, int, int]] = []
    for row in rows:
        if row["is_held"] == "1":
            yield HeldOutViewer(
                user_id=row["user_id"], rated=tuple(rated), liked_next=row["film_id"], moment=int(row["rated_at"])
            )
            rated = []
        else:
            rated.append((row["film_id"], int(row["liked"]), int(row["rated_at"])))
