"""Do films that nobody has liked yet find those who will like them? Some films' ratings are hidden from all learning.

    python -m tests.bench.premieres [--ratings R.csv [--films F.csv]] [--seed N]... [--count N] [--likes-least N]
                                    [--ask N] [--famous] [--undated]

For each seed so many films are drawn among those with likes enough to count, and *all* their ratings taken away: out
of the learning and out of every viewer's own history. Then each viewer with five other likes is asked: how high, in a
list made by the product, does each drawn film stand that the viewer likes? `cold` is the share of those likes among the
first 20, 100 and 300 places. The first 100 are a published list with all rules of the page, the rest is the ranking.

`warm` is the control: the same films with everybody's ratings left in, but for one like a viewer, which is asked about.
`others` says what the drawn films cost the other ones: HR@10 of each viewer's last like of another film beside them,
`others_alone` where no film counts as new, and how many viewers' likes it `lost` and `won`.

Films are described as the demo catalogue knows them (people, countries) where the ratings are MovieLens', else as the
files do. A drawn film has no rating and no votes (`--famous`: it has), and has come to the catalogue last (`--undated`:
nobody knows when).

`cold_at` asks no model. Then each drawn film is noted, asked about and answered on the product's own way, with
`model_calls` in all, by two models that know nothing of the viewers asked: `standin` is GigaChat's local one, which
goes by genres and years; `knowing` has seen the likes of viewers who are *not* asked (`--ask` leaves some), the drawn
films among them, as a language model has read what people say of films. Their `lost` and `won` are over lists without.

The last line is one JSON object, with the mean over the seeds and their standard deviation.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from chalicelib.catalog.model import Film
from chalicelib.recommendations.llm.port import Model
from infra.catalog.sources.demo import demo_films
from tests.bench._film_models import KNOWING_LEAST, KnowingModel, StandInModel, asked_about
from tests.bench._movielens import LIKES_LEAST, Asked, Interaction, Ratings, Split, read_ratings
from tests.bench._product import Product, published
from tests.factories import NOW

PLACES = (20, 100, 300)
PAGE = 100  # a published list
LATE = timedelta(days=400)  # the others have been in the catalogue that long
SEEDS = (1, 2, 3)

type Histories = dict[str, list[Interaction]]


def main() -> None:
    options = _options()
    ratings = read_ratings(options.ratings, options.films)
    if options.ratings is None:
        ratings = Ratings(_described(ratings.films), ratings.histories)
    found: list[dict[str, float]] = []
    for seed in options.seed or SEEDS:
        began = time.perf_counter()
        found.append(_experiment(ratings, options, seed))
        print(f"seed {seed}: {found[-1]}, {time.perf_counter() - began:.0f} s", file=sys.stderr)
    way = {name: getattr(options, name) for name in ("count", "likes_least", "famous", "undated")}
    print(json.dumps({**way, "seeds": len(found), "mean": _over(found, np.mean), "spread": _over(found, np.std),
                      "by_seed": found}))  # fmt: skip


def _experiment(ratings: Ratings, options: argparse.Namespace, seed: int) -> dict[str, float]:
    random = np.random.default_rng(seed)
    likes = Counter(one.film for history in ratings.histories.values() for one in history if one.liked)
    enough = sorted(film for film, count in likes.items() if count >= options.likes_least)
    drawn = {int(film) for film in random.choice(enough, min(options.count, len(enough)), replace=False)}
    kept = {user: [one for one in history if one.film not in drawn] for user, history in ratings.histories.items()}
    wanted = {
        user: [one.film for one in history if one.liked and one.film in drawn]
        for user, history in ratings.histories.items()
    }
    viewers = [user for user in kept if wanted[user] and sum(one.liked for one in kept[user]) >= LIKES_LEAST]
    if options.ask is not None and options.ask < len(viewers):
        viewers = [viewers[number] for number in sorted(random.choice(len(viewers), options.ask, replace=False))]
    others = [history for user, history in ratings.histories.items() if user not in set(viewers)]
    figures: dict[str, float] = {"viewers": len(viewers), "likes": sum(len(wanted[user]) for user in viewers)}
    with tempfile.TemporaryDirectory() as folder:
        premieres = Ratings(_films(ratings.films, drawn, options), kept)
        models: dict[str, Model] = {"standin": StandInModel()}
        if len(others) >= KNOWING_LEAST:
            models["knowing"] = KnowingModel(premieres.films, others)
        figures |= _cold(premieres, drawn, {user: wanted[user] for user in viewers}, models, Path(folder))
    if not options.cold_alone:
        with tempfile.TemporaryDirectory() as folder:
            asked = {user: int(random.choice(wanted[user])) for user in viewers}
            figures |= _warm(Ratings(_films(ratings.films, set(), options), ratings.histories), asked, Path(folder))
    return figures


def _cold(
    ratings: Ratings, drawn: set[int], wanted: dict[str, list[int]], models: dict[str, Model], folder: Path
) -> dict[str, float]:
    """Nobody has rated the drawn films. The last like of each viewer is hidden too, and asked about beside them."""
    last = {user: max(place for place, one in enumerate(ratings.histories[user]) if one.liked) for user in wanted}
    learned = {user: history[: last.get(user)] for user, history in ratings.histories.items()}
    product = Product(ratings, Split(learned, []), folder)
    asked = {
        user: Asked(user, learned[user], ratings.histories[user][place].film, ratings.histories[user][place].moment)
        for user, place in last.items()
    }
    answers: dict[str, Mapping[str, Sequence[str]]] = {}
    figures: dict[str, float] = {}
    for name, model in models.items():
        answers[name], figures[f"{name}_model_calls"] = asked_about(product.catalog, model)
    product.model.counts_likes = False
    alone = {user: one.target in _order(product, one)[:10] for user, one in asked.items()}
    product.model.counts_likes = True
    without = _measured(product, asked, wanted, drawn, alone)
    for name, answer in answers.items():
        product.model.for_lovers_of = answer
        found = _measured(product, asked, wanted, drawn, without.hits)
        figures |= {f"{name}_{figure}": value for figure, value in found.figures.items()}
    return _rounded(without.figures | {"others_alone_at_10": float(np.mean(list(alone.values())))} | figures)


class Measured(NamedTuple):
    """What lists of one kind reach, and whose last like of another film is among the first ten."""

    figures: dict[str, float]
    hits: dict[str, bool]


def _measured(
    product: Product, asked: dict[str, Asked], wanted: dict[str, list[int]], drawn: set[int], before: dict[str, bool]
) -> Measured:
    places: list[int] = []
    hits: dict[str, bool] = {}
    shown: list[Any] = []
    for user, films in wanted.items():
        order = _order(product, asked[user])
        places += [order.index(film) if film in order else len(product.films) for film in films]
        hits[user] = asked[user].target in order[:10]
        shown.append(np.mean([film in drawn for film in order[:PAGE]]))
    reached = {f"cold_at_{most}": float(np.mean(np.array(places) < most)) for most in PLACES}
    figures: dict[str, float] = reached | {
        "others_at_10": float(np.mean(list(hits.values()))),
        "lost": sum(before[user] and not is_ for user, is_ in hits.items()),
        "won": sum(is_ and not before[user] for user, is_ in hits.items()),
        "cold_share_of_list": float(np.mean(shown)),
    }
    return Measured(figures, hits)


def _warm(ratings: Ratings, asked: dict[str, int], folder: Path) -> dict[str, float]:
    """One like of each viewer is hidden, everything else is known."""
    learned = {
        user: [one for one in history if one.film != asked.get(user)] for user, history in ratings.histories.items()
    }
    product = Product(ratings, Split(learned, []), folder)
    places = []
    for user, film in asked.items():
        order = _order(product, Asked(user, learned[user], film, learned[user][-1].moment))
        places.append(order.index(film) if film in order else len(ratings.films))
    return _rounded({f"warm_at_{most}": float(np.mean(np.array(places) < most)) for most in PLACES})


def _order(product: Product, asked: Asked) -> list[int]:
    taste, ranking = product.ranking(asked, None, max(PLACES))
    return list(product.indices(published(asked.user, taste, ranking)))


def _described(films: Sequence[Film]) -> list[Film]:
    """As the demo catalogue knows them."""
    known = {film.film_id: film for film in demo_films()}
    return [known.get(film.film_id, film) for film in films]


def _films(films: Sequence[Film], drawn: set[int], options: argparse.Namespace) -> list[Film]:
    """The catalogue on the day when the drawn films have come."""
    dated = [
        msgspec.structs.replace(film, added_at=None if options.undated else NOW - LATE * (number not in drawn))
        for number, film in enumerate(films)
    ]
    unknown = {} if options.famous else {"imdb_rating": None, "imdb_votes": None, "audience_rating": None}
    return [msgspec.structs.replace(film, **unknown) if number in drawn else film for number, film in enumerate(dated)]


def _over(found: Sequence[dict[str, float]], how: Any) -> dict[str, float]:
    return _rounded({name: float(how([one[name] for one in found])) for name in found[0]})


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in figures.items()}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ratings", type=Path, help="CSV; default: MovieLens' small set")
    parser.add_argument("--films", type=Path, help="CSV of films: the ratings' film column, title, year, genres")
    parser.add_argument("--seed", type=int, action="append", help="which films are drawn; default: 1, 2 and 3")
    parser.add_argument("--count", type=int, default=60, help="films drawn")
    parser.add_argument("--likes-least", type=int, default=10, help="of a film that may be drawn")
    parser.add_argument("--ask", type=int, help="at most so many viewers, drawn by the seed")
    parser.add_argument("--famous", action="store_true", help="the drawn films keep ratings and votes")
    parser.add_argument("--undated", action="store_true", help="the catalogue does not know when a film came")
    parser.add_argument("--cold-alone", action="store_true", help="without the warm control")
    return parser.parse_args()


if __name__ == "__main__":
    main()
