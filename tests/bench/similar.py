"""Is the film that a viewer likes next among ten that are similar to the last one?

    python -m tests.bench.similar [--ask N] [--seed N]

The demo catalogue with the demo ratings. Learned is from likes and dislikes before the newest fifth of all likes alone;
asked is about each viewer's likes in a row after that, at most N a viewer. `content` and `learned` are what is blended
(`chalicelib/catalog/films.py`). The constants were chosen on viewers with even numbers: `held_out` are the others.
The last line is one JSON object.
"""

import argparse
import itertools
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np

from chalicelib.catalog.films import FindLearned, similar_films
from infra.catalog.sources.demo import demo_films
from tests.bench._movielens import Ratings, Split, read_ratings
from tests.bench._product import RememberingCatalog, learn, rows_of

LEARNED_SHARE = 0.8  # of all likes, the oldest
TEN = 10

type Question = tuple[str, str, str]
"""Viewer, the film liked, and the one liked next."""


def main() -> None:
    options = _options()
    ratings = read_ratings(None)
    likes = sorted(one.moment for history in ratings.histories.values() for one in history if one.liked)
    begin = likes[int(len(likes) * LEARNED_SHARE)]
    earlier = {user: [one for one in history if one.moment < begin] for user, history in ratings.histories.items()}
    model = learn(rows_of(ratings, Split(earlier, [])))
    films = list(demo_films())
    held = {film.film_id for film in films}
    hits: dict[str, list[tuple[bool, bool]]] = {"content": [], "learned": [], "similar": []}
    with tempfile.TemporaryDirectory() as folder:
        catalog = RememberingCatalog(f"sqlite:///{folder}/catalog.sqlite")
        catalog.replace_all(films)
        for viewer, liked, following in _questions(ratings, begin, options.ask, options.seed):
            if not {liked, following} <= held:
                continue
            learned = list(model.similarities([liked]).near.get(liked, ()))
            lists = {
                "content": [one.film_id for one in catalog.similar([liked], TEN)],
                "learned": learned[:TEN],
                "similar": [one.film_id for one in similar_films(catalog, liked, TEN, _learned(learned))],
            }
            for name, ids in lists.items():
                hits[name].append((following in ids, int(viewer) % 2 == 1))
    report = {name: round(float(np.mean([hit for hit, _ in found])), 4) for name, found in hits.items()}
    held_out = {name: round(float(np.mean([hit for hit, odd in found if odd])), 4) for name, found in hits.items()}
    print(json.dumps({"questions": len(hits["similar"]), "hr_at_10": report, "held_out": held_out}))


def _learned(ids: Sequence[str]) -> FindLearned:
    return lambda _: ids


def _questions(ratings: Ratings, begin: datetime, most: int, seed: int) -> Iterator[Question]:
    chance = random.Random(seed)
    for viewer, history in ratings.histories.items():
        likes = [one for one in history if one.liked]
        pairs = [(one, after) for one, after in itertools.pairwise(likes) if after.moment >= begin]
        for one, after in chance.sample(pairs, min(most, len(pairs))):
            yield viewer, ratings.films[one.film].film_id, ratings.films[after.film].film_id


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ask", type=int, default=20, help="likes of each viewer, drawn by the seed")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


if __name__ == "__main__":
    main()
