"""How good are the lists without a model? One like of each user is hidden; does it come back among the first?

    python -m tests.bench.ranking [--ratings R.csv [--films F.csv]] [--holdout last|second_last|third_last|all]
                                  [--ask N] [--as-deployed] [--seed N] [--now]

Any site's ratings: columns user_id, source_id or film, rating, timestamp, or MovieLens' userId, movieId, rating,
timestamp. Likes are ratings of 4 of 5 and more, users with 5 likes and more are asked, and no film is shown that the
user has rated before. Our weights and the baselines' constants are chosen on likes before the held-out ones.
`--as-deployed`: the newest quarter of the held-out likes is asked, and only what is earlier than all of them is
learned.
`--now`: what the likes of the last days do, for films that came to the site in the 30 days before the question and for
all others: HR@10 with and without them, and the difference with a 95 % interval.
The product's constants were chosen on `second_last` and `third_last` of MovieLens' small set alone.
The last line is one JSON object; a chart lies in `.local/ranking-<holdout>.png`.
"""

import argparse
import gc
import json
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from tests.bench import _baselines as baselines
from tests.bench._movielens import HOLDOUTS, LIKES_LEAST, Asked, Ratings, Split, read_ratings, split
from tests.bench._product import Product, page_rules
from tests.bench._ranking_figures import DEPTH, Lists, draw, figures_of, over

FEW = (1, 2, 3, 5)
FEW_ASKED = 200  # users for whom lists with few likes are made too: each costs as much as the full one
TUNED_BY = 300  # users whose earlier likes choose the baselines' constants
NEW_DAYS = timedelta(days=30)
OURS = "kinosovet"
RANKERS = baselines.RANKERS

type Known = int | None
"""How many of a user's newest likes the rankers may see; None: all."""
type Answers = dict[tuple[str, Known], Lists]


def main() -> None:
    options = _options()
    ratings = read_ratings(options.ratings, options.films)
    holdouts = list(HOLDOUTS) if options.holdout == "all" else [options.holdout]
    pooled: Answers = {}
    paged = Lists()
    now: dict[str, Any] = {}
    liked = np.zeros(len(ratings.films))
    chosen: dict[str, Any] = {}
    for holdout in holdouts:
        began = time.perf_counter()
        parts = split(ratings, holdout, options.ask, options.seed, options.as_deployed)
        with tempfile.TemporaryDirectory() as folder:
            product = Product(ratings, parts, Path(folder))
            answers, with_rules, chosen[holdout] = _ours(product, parts)
            if options.now:
                now[holdout] = _sense_of_now(product, ratings, parts, answers[OURS, None], options.seed)
        chosen[holdout] |= _theirs(ratings, parts, answers, options.seed)
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
    way = {"holdout": options.holdout, "as_deployed": options.as_deployed, "seed": options.seed, "chosen": chosen}
    print(json.dumps({**way, **({"now": now} if now else {}), **report}))


def _ours(product: Product, parts: Split) -> tuple[Answers, Lists, dict[str, Any]]:
    """Everybody's lists, with all and with few likes known; our full lists under the home page's rules; and what our
    fit chose."""
    answers: Answers = {}
    with_rules = Lists()
    for number, asked in enumerate(parts.asked):
        taste, ranked = product.ranked(asked, None, DEPTH)
        answers.setdefault((OURS, None), Lists()).add(asked.user, asked.target, product.indices(ranked))
        with_rules.add(asked.user, asked.target, product.indices(page_rules(taste, ranked)))
        hidden = set(asked.seen.tolist())  # nobody may show them, though only a few are known
        for few in FEW if number < FEW_ASKED else ():
            _, ranked = product.ranked(asked, few, 2 * DEPTH)
            films = [film for film in product.indices(ranked) if film not in hidden]
            answers.setdefault((OURS, few), Lists()).add(asked.user, asked.target, films)
    return answers, with_rules, msgspec.to_builtins(product.model.chosen)


def _sense_of_now(product: Product, ratings: Ratings, parts: Split, ours: Lists, seed: int) -> dict[str, Any]:
    """HR@10 with the likes of the last days (`ours`) and without them, for films that anybody has first rated at most
    `NEW_DAYS` before the question and for older ones."""
    first: dict[int, datetime] = {}
    for one in (one for history in ratings.histories.values() for one in history):
        first[one.film] = min(first.get(one.film, one.moment), one.moment)
    chosen = product.model.chosen
    weights, few = (one and msgspec.structs.replace(one, recent=0.0) for one in (chosen.weights, chosen.few))
    product.model.chosen = msgspec.structs.replace(chosen, weights=weights, few=few)
    without = Lists()
    for asked in parts.asked:
        _, ranked = product.ranked(asked, None, DEPTH)
        without.add(asked.user, asked.target, product.indices(ranked))
    product.model.chosen = chosen
    is_new = np.array([asked.moment - first[asked.target] <= NEW_DAYS for asked in parts.asked])
    return {name: _compared(ours.where(these), without.where(these), seed)
            for name, these in (("new", is_new), ("older", ~is_new))}  # fmt: skip


def _compared(ours: Lists, without: Lists, seed: int) -> dict[str, Any]:
    if not ours.users:
        return {"n": 0}
    rates = {"with": round(float(ours.hits().mean()), 4), "without": round(float(without.hits().mean()), 4)}
    return {"n": len(ours.users), **rates, **over(ours, without, seed)}


def _theirs(ratings: Ratings, parts: Split, answers: Answers, seed: int) -> dict[str, str]:
    """The baselines' lists, added to the answers, and the constants chosen for each."""
    matrix = baselines.matrix_of(parts, len(ratings.films))
    earlier, questions = _earlier(parts, seed)
    before = baselines.matrix_of(earlier, len(ratings.films))
    chosen = {}
    for name in RANKERS:
        chosen[name] = baselines.best_of(name, before, questions)
        scorer = baselines.tuned(name, matrix, chosen[name])
        for known in (None, *FEW):
            lists = answers.setdefault((name, known), Lists())
            for asked in parts.asked if known is None else parts.asked[:FEW_ASKED]:
                lists.add(asked.user, asked.target, _baseline(scorer, asked, known))
        del scorer
        gc.collect()
    return chosen


def _earlier(parts: Split, seed: int) -> tuple[Split, baselines.Questions]:
    """What may choose constants: each learned history without its last like, and that like."""
    cuts = {}
    for user, history in parts.learned.items():
        liked = [place for place, one in enumerate(history) if one.liked]
        if len(liked) >= LIKES_LEAST - 1:
            cuts[user] = liked[-1]
    users = np.random.default_rng(seed).permutation(list(cuts))[:TUNED_BY]
    learned = {user: history[: cuts.get(user)] for user, history in parts.learned.items()}
    asked = [Asked(user, learned[user], parts.learned[user][cuts[user]].film, parts.learned[user][cuts[user]].moment)
             for user in map(str, users)]  # fmt: skip
    return Split(learned, asked), [(one.likes, one.seen, one.target) for one in asked]


def _baseline(scorer: baselines.Scorer, asked: Asked, known: Known) -> list[int]:
    likes = asked.likes if known is None else asked.likes[-known:]
    return list(baselines.best(scorer(likes), asked.seen, DEPTH))


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
        "over_rp3_beta": over(ours, answers["rp3_beta", None], seed),
        "few_likes": {
            str(known): {name: round(float(answers[name, known].hits().mean()), 4) for name in (OURS, *RANKERS)}
            for known in FEW
        },
        "few_likes_over": {
            str(known): {name: over(answers[OURS, known], answers[name, known], seed) for name in RANKERS}
            for known in FEW
        },
        "with_page_rules": figures_of(with_rules, rank),
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ratings", type=Path, help="CSV; default: MovieLens' small set")
    parser.add_argument("--films", type=Path, help="CSV of films: the ratings' film column, title, year, genres")
    parser.add_argument("--ask", type=int, help="at most so many users, drawn by the seed")
    parser.add_argument("--as-deployed", action="store_true", help="learn from earlier likes only")
    parser.add_argument("--holdout", choices=[*HOLDOUTS, "all"], default="last")
    parser.add_argument("--now", action="store_true", help="what the likes of the last days do")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


if __name__ == "__main__":
    main()
