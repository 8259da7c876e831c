"""What would another ranker have come to, on lists that were logged? By inverse propensity, nobody has to be shown it.

    python -m tests.bench.replay LOGS [--ranker MODULE:FUNCTION] [--clip 20] [--samples 1000] [--seed 1]

LOGS has a JSON object a line, each one list that somebody was shown:

    {"viewer": "v1", "shown": [{"film_id": "a", "place": 1, "look": 0.9, "chance": 0.05, "source": "personal"}, …],
     "liked": ["a"], "ranked": ["b", "a", …]}

`look` is how likely a place is looked at; where it is left out it is estimated from all lists by source and place, as
the operator's rates are (`chalicelib/outcomes/rates.py`). `chance` is with what chance the film was drawn for its
place, 1 when it is left out. `ranked` is the other ranker's list, best first; with `--ranker` a function makes it of
the object. `liked` may be whatever came of a list: opened films, finished ones.

By the position-based model a film is liked if it is looked at and appeals. A like at place k, where the film had the
propensity chance · look(k), counts look(k') / (chance · look(k)) for a ranker that puts the film at k':

- `ips`: the mean of their sums, likes a list (Joachims, Swaminathan, Schnabel, WSDM 2017; Li et al., Offline Evaluation
  of Ranking Policies with Click Models, KDD 2018). Weights are cut at `--clip`, which costs a bias towards 0.
- `snips`: that sum over the sum of look(k') / chance, likes a look (Swaminathan, Joachims, The Self-Normalized
  Estimator for Counterfactual Learning, NIPS 2015): less noise where places are drawn; what is not covered is left out.

Intervals hold 95 % of a bootstrap over viewers. `covered` is the part of the ranker's own looks that falls on films
which the list had: of all others nobody knows anything, and `ips` counts them as disliked. `effective` is Kish's
number of showings that weigh as much.

The last line is one JSON object.
"""

import argparse
import importlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from chalicelib.outcomes.model import Cell
from chalicelib.outcomes.rates import propensities

CLIP = 20.0
SAMPLES = 1_000


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A film in a list."""

    film_id: str
    place: int
    look: float | None = None
    chance: float = 1.0
    source: str = ""


class Logged(msgspec.Struct, frozen=True, kw_only=True):
    """A list that somebody was shown."""

    viewer: str
    shown: tuple[Shown, ...]
    liked: tuple[str, ...] = ()
    ranked: tuple[str, ...] = ()


class Weighed(NamedTuple):
    """A list's part in the estimate: sums over its films, and over the ranker's own places."""

    viewer: str
    likes: float  # weights of those liked
    given: float  # looks that the ranker would have given to films the list had, by their chances
    weights: float
    squares: float
    logged_likes: int
    logged_looks: float
    looks: float  # of the ranker's own places
    looks_known: float  # of those, at films that the list had


def weighed(one: Logged, look_at: Mapping[int, float], clip: float) -> Weighed:
    """One list's part. `look_at` by place, for films that do not say."""
    ranked = {film_id: place for place, film_id in enumerate(one.ranked, 1)}
    liked, had = set(one.liked), {film.film_id for film in one.shown}
    weights, looked = [], []
    for film in one.shown:
        place = ranked.get(film.film_id)
        look = film.look if film.look is not None else look_at.get(film.place, 1.0)
        target = 0.0 if place is None else _look(place, one, look_at)
        weights.append(min(clip, target / (film.chance * look)) if film.chance * look > 0 else 0.0)
        looked.append(look)
    looks = {film_id: _look(place, one, look_at) for film_id, place in ranked.items()}
    return Weighed(
        viewer=one.viewer,
        likes=sum(w for w, film in zip(weights, one.shown, strict=True) if film.film_id in liked),
        given=sum(w * look for w, look in zip(weights, looked, strict=True)),
        weights=sum(weights),
        squares=sum(w * w for w in weights),
        logged_likes=sum(film.film_id in liked for film in one.shown),
        logged_looks=sum(looked),
        looks=sum(looks.values()),
        looks_known=sum(look for film_id, look in looks.items() if film_id in had),
    )


def _look(place: int, one: Logged, look_at: Mapping[int, float]) -> float:
    """How likely the place is looked at; beyond the logged places, as the last of them."""
    said = {film.place: film.look for film in one.shown if film.look is not None}
    known = said or look_at
    return known.get(place, known[max(known)] if known else 1.0)


def looks_of(logs: Sequence[Logged]) -> dict[int, float]:
    """How likely each place is looked at, by all that came of it, source against source."""
    shown, liked = Counter[tuple[str, int]](), Counter[tuple[str, int]]()
    for one in logs:
        for film in one.shown:
            shown[film.source, film.place] += 1
            liked[film.source, film.place] += film.film_id in one.liked
    return propensities(
        [
            Cell(source, place, "", "", count, liked[source, place], 0, 0, 0, 0)
            for (source, place), count in shown.items()
        ]
    )


def replayed(logs: Sequence[Logged], clip: float = CLIP, samples: int = SAMPLES, seed: int = 1) -> dict[str, Any]:
    """The figures. Raises `ValueError` when there is nothing to go by."""
    if not logs or not any(one.ranked for one in logs):
        raise ValueError("no list of the other ranker: give `ranked`, or --ranker")
    look_at = looks_of(logs)
    parts = [weighed(one, look_at, clip) for one in logs]
    by_viewer: dict[str, list[float]] = defaultdict(lambda: [0.0] * 5)
    for part in parts:
        row = (1, part.likes, part.given, part.logged_likes, part.logged_looks)
        by_viewer[part.viewer] = [a + b for a, b in zip(by_viewer[part.viewer], row, strict=True)]
    sums = np.array(list(by_viewer.values()))
    drawn = np.random.default_rng(seed).integers(len(sums), size=(samples, len(sums)))
    totals = sums[drawn].sum(axis=1)
    lists, likes, given, liked, logged_looks = sums.sum(axis=0)
    weights = sum(part.weights for part in parts)
    squares = sum(part.squares for part in parts)
    looks = sum(part.looks for part in parts)
    return {
        "lists": len(logs),
        "viewers": len(sums),
        "logged": {"likes_a_list": _round(liked / lists), "likes_a_look": _round(_ratio(liked, logged_looks))},
        "ips": _estimate(likes / lists, totals[:, 1] / totals[:, 0]),
        "snips": _estimate(_ratio(likes, given), _ratios(totals[:, 1], totals[:, 2])),
        "gain": _estimate(likes / lists - liked / lists, (totals[:, 1] - totals[:, 3]) / totals[:, 0]),
        "covered": _round(_ratio(sum(part.looks_known for part in parts), looks)),
        "effective": round(_ratio(weights * weights, squares)),
        "clipped_at": clip,
    }


def _estimate(value: float, drawn: Any) -> dict[str, float]:
    low, high = np.quantile(drawn, (0.025, 0.975))
    return {"value": _round(value), "low": _round(low), "high": _round(high)}


def _ratio(over: float, under: float) -> float:
    return float(over / under) if under else 0.0


def _ratios(over: Any, under: Any) -> Any:
    return np.divide(over, under, out=np.zeros_like(over), where=under > 0)


def _round(value: float) -> float:
    return round(float(value), 6)


def read_logs(lines: Iterable[str], ranker: Callable[[Any], Sequence[str]] | None = None) -> list[Logged]:
    """The lists; with a ranker, its order of each. Raises `msgspec.ValidationError` naming what is wrong."""
    logs = []
    for line in lines:
        if line.strip():
            one = msgspec.json.decode(line, type=Logged)
            logs.append(msgspec.structs.replace(one, ranked=tuple(ranker(json.loads(line)))) if ranker else one)
    return logs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("logs", type=Path)
    parser.add_argument("--ranker", help="MODULE:FUNCTION, which gets a line's object and returns film ids, best first")
    parser.add_argument("--clip", type=float, default=CLIP)
    parser.add_argument("--samples", type=int, default=SAMPLES)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    ranker = None
    if given.ranker:
        module, _, name = given.ranker.partition(":")
        ranker = getattr(importlib.import_module(module), name)
    with given.logs.open(encoding="utf-8") as lines:
        logs = read_logs(lines, ranker)
    print(json.dumps(replayed(logs, given.clip, given.samples, given.seed)))


if __name__ == "__main__":
    main()
