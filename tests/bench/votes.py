"""What the model's picks do to the lists: HR@10 of the merged list for models from random to oracle.

    python -m tests.bench.votes [--ratings R.csv] [--holdout last|second_last] [--ask N] [--seed N]

A simulated model picks twelve of the films that it is offered. It knows nothing (1), or has the film that the viewer
liked next among its picks so many times as often as chance; the oracle names it first. The list is merged by the
product's own votes. `changed_by_a_like`: how many of the first ten films are new after one more like, with an answer
stored before it, the film then liked aside. The last line is one JSON object.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from chalicelib.recommendations.model import Pick, RankedFilm, StoredReply, Taste
from chalicelib.recommendations.ranking.offered import for_model
from chalicelib.recommendations.ranking.taste_guard import Guard, doubt
from chalicelib.recommendations.ranking.votes import voted
from chalicelib.settings import Settings
from tests.bench._movielens import Asked, read_ratings, split
from tests.bench._product import LATER, Product

PICKS = 12
DRAWS = 5  # simulated answers a viewer and model
MODELS = {"random": 1.0, "1.5_chance": 1.5, "2_chance": 2.0, "3_chance": 3.0}
EARLIER = timedelta(seconds=1)


def main() -> None:
    options = _options()
    ratings = read_ratings(options.ratings)
    parts = split(ratings, options.holdout, options.ask, options.seed)
    random = np.random.default_rng(options.seed)
    hits: dict[str, list[float]] = {name: [] for name in ("without", *MODELS, "oracle")}
    changed: list[int] = []
    with tempfile.TemporaryDirectory() as folder:
        product = Product(ratings, parts, Path(folder))
        for number, asked in enumerate(parts.asked):
            _ask(product, asked, random, hits)
            if number < options.ask_twice:
                changed.append(_changed(product, asked, random))
    report: dict[str, Any] = {name: round(float(np.mean(found)), 4) for name, found in hits.items()}
    figures = {"users": len(parts.asked), "hr_at_10": report}
    print(json.dumps({**figures, "changed_by_a_like": round(float(np.mean(changed)), 2), "seed": options.seed}))


def _ask(product: Product, asked: Asked, random: np.random.Generator, hits: dict[str, list[float]]) -> None:
    taste, ranked = product.ranked(asked, None, Settings().ranked_max)
    offered = for_model(ranked, taste, Settings().ask_candidates)
    target = product.films[asked.target].film_id
    ids = [one.film.film_id for one in offered if one.film.film_id != target]
    is_offered = len(ids) < len(offered)
    hits["without"].append(_hit(ranked, target))
    for name, quality in MODELS.items():
        found = []
        for _ in range(DRAWS):
            picks = list(random.permutation(ids)[:PICKS])
            if is_offered and random.random() < quality * PICKS / len(offered):
                picks[random.integers(0, len(picks))] = target
            found.append(_hit(_merged(ranked, picks, taste), target))
        hits[name].append(float(np.mean(found)))
    named = [target, *ids[: PICKS - 1]] if is_offered else ids[:PICKS]
    hits["oracle"].append(_hit(_merged(ranked, named, taste), target))


def _changed(product: Product, asked: Asked, random: np.random.Generator) -> int:
    """How many of the first ten are new after the viewer's newest like, an answer of before it stored."""
    liked = [place for place, one in enumerate(asked.said) if one.liked]
    earlier = Asked(asked.user, asked.said[: liked[-1]], asked.target, asked.moment)
    taste, ranked = product.ranked(earlier, None, Settings().ranked_max)
    picks = list(random.permutation([one.film.film_id for one in for_model(ranked, taste)])[:PICKS])
    first = [one.film.film_id for one in _merged(ranked, picks, taste)]
    newer, ranked_again = product.ranked(asked, None, Settings().ranked_max)
    moment = asked.said[liked[-1]].moment - EARLIER
    second = [one.film.film_id for one in _merged(ranked_again, picks, newer, moment)]
    judged = {product.films[one.film].film_id for one in asked.said}
    return len(set(second[:10]) - set([one for one in first if one not in judged][:10]))


def _merged(ranked: Sequence[RankedFilm], picks: Sequence[str], taste: Taste, moment: Any = LATER) -> list[RankedFilm]:
    answer = StoredReply(
        taste_hash="", replied_at=moment, language="ru", prompt_version="", question_key="", tokens=0,
        picks=tuple(Pick(film_id=str(film_id), reason="") for film_id in picks),
    )  # fmt: skip
    films = {one.film.film_id: one.film for one in ranked}
    return voted(ranked, answer, films, taste, partial(doubt, _SILENT))


def _hit(ranked: Sequence[RankedFilm], target: str) -> float:
    return float(target in [one.film.film_id for one in ranked[:10]])


_SILENT = Guard(voice=0.0, shares={}, rarity={}, absent_weight={}, liked=(), people=frozenset(), years=(), floor=0.0,
                family=False)  # every pick here is of the ranked list and carries its own doubt  # fmt: skip


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ratings", type=Path, help="CSV; default: MovieLens' small set")
    parser.add_argument("--holdout", choices=["last", "second_last"], default="last")
    parser.add_argument("--ask", type=int, help="at most so many users, drawn by the seed")
    parser.add_argument("--ask-twice", type=int, default=150, help="users whose list is made before and after a like")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    print(f"votes: {options}", file=sys.stderr)
    return options


if __name__ == "__main__":
    main()
