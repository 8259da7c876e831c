"""How good are the lists without a model? One like of each user is hidden; does it come back among the first?

    python -m tests.bench.ranking [--ratings R.csv] [--holdout last|second_last|third_last|all] [--seed N]

Protocol (facts of the project's issue): likes are ratings >= 4, users with >= 5 likes, all films not liked before the
hidden one are ranked. Constants are chosen on `second_last` and `third_last` alone; `last` is only reported.
The last line is one JSON object; a chart lies in `.local/ranking-<holdout>.png`.
"""

import argparse
import gc
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench import _baselines as baselines
from tests.bench._movielens import HOLDOUTS, Asked, Ints, Ratings, Split, read_ratings, split
from tests.bench._product import Product, page_rules
from tests.bench._ranking_figures import DEPTH, Lists, draw, figures_of, over

FEW = (1, 3, 5)
OURS = "kinosovet"
RANKERS: dict[str, Callable[[Any], baselines.Scorer]] = {
    "popularity": baselines.popularity,
    "item_knn": baselines.item_knn,
    "ease": baselines.ease,
}

type Known = int | None
"""How many of a user's newest likes the rankers may see; None: all."""
type Answers = dict[tuple[str, Known], Lists]


def main() -> None:
    options = _options()
    ratings = read_ratings(options.ratings)
    holdouts = list(HOLDOUTS) if options.holdout == "all" else [options.holdout]
    pooled: Answers = {}
    paged = Lists()
    liked = np.zeros(len(ratings.films))
    for holdout in holdouts:
        began = time.perf_counter()
        parts = split(ratings, holdout)
        answers, with_rules = _answers(ratings, parts)
        for key, lists in answers.items():
            pooled.setdefault(key, Lists()).extend(lists)
        paged.extend(with_rules)
        liked += np.asarray(baselines.matrix_of(parts, len(ratings.films)).sum(axis=0)).ravel()
        hits = {name: round(float(lists.hits().mean()), 4) for (name, known), lists in answers.items() if known is None}
        print(
            f"{holdout}: {len(parts.asked)} users, HR@10 {hits}, {time.perf_counter() - began:.0f} s", file=sys.stderr
        )
    report = _report(pooled, paged, liked, options.seed)
    chart = Path(f".local/ranking-{options.holdout}.png")
    rankers = {OURS: {key: report[key] for key in ("hr_at_10", "ndcg_at_10", "recall_at_50", "recall_at_200")}}
    draw(chart, options.holdout, rankers | report["baselines"], report["few_likes"])
    print(f"chart: {chart}", file=sys.stderr)
    print(json.dumps({"holdout": options.holdout, "seed": options.seed, **report}))


def _answers(ratings: Ratings, parts: Split) -> tuple[Answers, Lists]:
    """Everybody's lists, with all and with few likes known; and our full lists under the home page's rules."""
    answers: Answers = {}
    with_rules = Lists()
    with tempfile.TemporaryDirectory() as folder:
        product = Product(ratings, parts, Path(folder))
        for asked in parts.asked:
            taste, ranked = product.ranked(asked, None, DEPTH)
            answers.setdefault((OURS, None), Lists()).add(asked.user, asked.target, product.indices(ranked))
            with_rules.add(asked.user, asked.target, product.indices(page_rules(taste, ranked)))
            hidden = set(asked.likes.tolist())  # nobody may show them, though only a few are known
            for few in FEW:
                _, ranked = product.ranked(asked, few, 2 * DEPTH)
                films = [film for film in product.indices(ranked) if film not in hidden]
                answers.setdefault((OURS, few), Lists()).add(asked.user, asked.target, films)
    matrix = baselines.matrix_of(parts, len(ratings.films))
    for name, make in RANKERS.items():
        scorer = make(matrix)
        for known in (None, *FEW):
            lists = answers.setdefault((name, known), Lists())
            for asked in parts.asked:
                lists.add(asked.user, asked.target, _baseline(scorer, asked, known))
        del scorer
        gc.collect()
    return answers, with_rules


def _baseline(scorer: baselines.Scorer, asked: Asked, known: Known) -> list[int]:
    seen: Ints = asked.likes if known is None else asked.likes[-known:]
    return list(baselines.best(scorer(seen), asked.likes, DEPTH))


def _report(answers: Answers, with_rules: Lists, liked: "np.ndarray[Any, Any]", seed: int) -> dict[str, Any]:
    order = np.argsort(-liked, kind="stable")
    rank = np.empty(len(liked), dtype=np.int64)
    rank[order] = np.arange(1, len(liked) + 1)
    ours = answers[OURS, None]
    return {
        **figures_of(ours, rank),
        "n_users": len(set(ours.users)),
        "baselines": {name: figures_of(answers[name, None], rank) for name in RANKERS},
        "over_item_knn": over(ours, answers["item_knn", None], seed),
        "over_ease": over(ours, answers["ease", None], seed),
        "few_likes": {
            str(known): {name: round(float(answers[name, known].hits().mean()), 4) for name in (OURS, *RANKERS)}
            for known in FEW
        },
        "with_page_rules": figures_of(with_rules, rank),
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ratings", type=Path, help="CSV; default: MovieLens' small set")
    parser.add_argument("--holdout", choices=[*HOLDOUTS, "all"], default="last")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


if __name__ == "__main__":
    main()
