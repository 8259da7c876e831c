"""Figures of ranked lists, their uncertainty, and a chart of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

DEPTH = 200  # recall is asked for down to here; a like that stands lower is as good as absent
FIRST = 10
RESAMPLES = 10_000
# facts: Gorse 0.5.11, item-to-item over the last 10 likes, its best configuration, on the holdout `last`.
GORSE = {"hr_at_10": 0.079, "ndcg_at_10": 0.042}

type Figures = dict[str, float]


@dataclass
class Lists:
    """One ranker's answers: at which place each held-out like stood (DEPTH: not in the list), and what was shown."""

    users: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    shown: list[tuple[int, ...]] = field(default_factory=list)

    def add(self, user: str, target: int, films: Sequence[int]) -> None:
        """One list, best first; anything below DEPTH does not count."""
        films = films[:DEPTH]
        self.users.append(user)
        self.places.append(films.index(target) if target in films else DEPTH)
        self.shown.append(tuple(films[:FIRST]))

    def hits(self) -> npt.NDArray[np.float64]:
        return (np.array(self.places) < FIRST).astype(np.float64)

    def where(self, these: npt.NDArray[np.bool_]) -> "Lists":
        """Some of the answers."""
        chosen = np.flatnonzero(these).tolist()
        return Lists(*([kind[number] for number in chosen] for kind in (self.users, self.places, self.shown)))  # type: ignore[arg-type]

    def extend(self, other: "Lists") -> None:
        """Pools the answers of another holdout."""
        self.users += other.users
        self.places += other.places
        self.shown += other.shown


def figures_of(lists: Lists, popularity_rank: npt.NDArray[np.int64]) -> Figures:
    """What issue and bars speak of. `popularity_rank` is by film, 1 for the most liked."""
    places = np.array(lists.places)
    shown = np.array([film for films in lists.shown for film in films])
    return {
        "hr_at_10": _round((places < FIRST).mean()),
        "ndcg_at_10": _round(np.where(places < FIRST, 1 / np.log2(places + 2), 0).mean()),
        "recall_at_50": _round((places < 50).mean()),
        "recall_at_200": _round((places < DEPTH).mean()),
        "coverage": len(set(shown.tolist())),
        "median_popularity_rank": float(np.median(popularity_rank[shown])),
    }


def over(ours: Lists, theirs: Lists, seed: int) -> Figures:
    """By how much our HR@10 is higher, with a 95 % interval from a paired bootstrap over users: a user's questions of
    several holdouts are drawn together, since they are not independent."""
    users = np.array(ours.users)
    difference = ours.hits() - theirs.hits()
    names, index = np.unique(users, return_inverse=True)
    sums = np.bincount(index, weights=difference)
    counts = np.bincount(index)
    random = np.random.default_rng(seed)
    means = np.empty(RESAMPLES)
    for number in range(RESAMPLES):
        drawn = random.integers(0, len(names), len(names))
        means[number] = sums[drawn].sum() / counts[drawn].sum()
    low, high = np.quantile(means, [0.025, 0.975])
    return {"difference": _round(difference.mean()), "low": _round(low), "high": _round(high)}


def draw(path: Path, holdout: str, rankers: Mapping[str, Figures], few: Mapping[str, Mapping[str, float]]) -> None:
    """A chart: HR@10 and NDCG@10 beside the baselines and Gorse, recall, and HR@10 with few likes known."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    colours = {"kinosovet": "#c2410c", "ease": "#475569", "item_knn": "#64748b", "rp3_beta": "#7c8aa0",
               "popularity": "#94a3b8", "Gorse (best)": "#0f766e"}  # fmt: skip
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(14, 4.4), constrained_layout=True)
    shown: dict[str, Mapping[str, float]] = dict(rankers)
    if holdout == "last":
        shown["Gorse (best)"] = GORSE
    panels = [(left, ["hr_at_10", "ndcg_at_10"]), (middle, ["recall_at_50", "recall_at_200"])]
    for axis, keys in panels:
        names = [name for name in shown if keys[0] in shown[name]]
        width = 0.8 / len(names)
        for number, name in enumerate(names):
            values = [shown[name][key] for key in keys]
            at = np.arange(len(keys)) + (number - (len(names) - 1) / 2) * width
            bars = axis.bar(at, values, width, label=name, color=colours[name])
            axis.bar_label(bars, fmt="%.3f", fontsize=7)
        axis.set_xticks(
            range(len(keys)), [key.replace("_at_", "@").replace("hr", "HR").replace("ndcg", "NDCG") for key in keys]
        )
        axis.legend(fontsize=8)
    left.set_title(f"First page, holdout: {holdout.replace('_', ' ')}")
    middle.set_title("Candidates")
    for name in rankers:
        right.plot([int(known) for known in few], [few[known][name] for known in few], "o-", label=name,
                   color=colours[name])  # fmt: skip
    right.set_xticks([int(known) for known in few])
    right.set_xlabel("newest likes visible")
    right.set_title("HR@10 with few likes")
    right.set_ylim(bottom=0)
    right.legend(fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)


def _round(value: float) -> float:
    return round(float(value), 4)
