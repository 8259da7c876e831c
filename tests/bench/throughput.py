"""How many rebuilds, title matches and likes a process does in a second, without a network: what our own code costs.

    python -m tests.bench.throughput [--seconds 5]

On the demo catalogue, with tables and queues in memory. Seconds of a whole processor, so that a busy machine counts for
little. The last line is one JSON object.
"""

import argparse
import itertools
import json
import logging
import time
from collections.abc import Callable
from functools import partial

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.titles.match import match_title
from chalicelib.feedback.give_feedback import Change, give_feedback
from chalicelib.recommendations.listed_film import find_listed_film
from chalicelib.recommendations.plan import plan
from chalicelib.recommendations.rebuild import rebuild
from infra.local.demo_catalogue import built_demo
from tests.lanes import Lanes

VIEWERS, LIKES_EACH = 20, 12  # of somebody who has come back a few times


class Site:
    """Viewers with likes and lists, on the demo catalogue."""

    def __init__(self) -> None:
        self.lanes = Lanes()
        self.catalog = EmbeddedCatalog(f"sqlite:///{built_demo()}")
        self.lanes.dependencies = self.lanes.dependencies._replace(catalog=self.catalog)
        self.films = self.catalog.top(400)
        self.users = itertools.cycle(f"viewer {number}" for number in range(VIEWERS))
        self.changes = itertools.cycle((Change(rating="like"), Change(rating="dislike")))
        self.numbers = itertools.count()
        for _ in range(VIEWERS * LIKES_EACH):
            self.like()
        for _ in range(VIEWERS):
            self.rebuild()

    def like(self) -> None:
        """A word of the next viewer on the next film."""
        user_id, film = next(self.users), self.films[next(self.numbers) * 7 % len(self.films)]
        self.lanes.feedback.delete_one(user_id, film.film_id)  # so that each is a film's first word, the dearest
        give_feedback(
            self.lanes.feedback, lambda: self.catalog, partial(find_listed_film, self.lanes.store), user_id,
            film.film_id, next(self.changes), "ru", self.lanes.now,
        )  # fmt: skip

    def rebuild(self) -> None:
        """The list of the next viewer, from mark to publication."""
        user_id = next(self.users)
        plan(self.lanes.store, self.lanes.outbox, [user_id], self.lanes.now)
        rebuild(self.lanes.dependencies, user_id, self.lanes.now)
        self.lanes.outbox.rebuilds.clear()

    def match(self) -> None:
        """A title as a model writes it."""
        film = self.films[next(self.numbers) % len(self.films)]
        match_title(self.catalog, film.titles.main, film.year)


def per_second(step: Callable[[], None], seconds: float) -> float:
    """How often the step was done in a second of processor time."""
    began, done = time.process_time(), 0
    while time.process_time() - began < seconds:
        step()
        done += 1
    return done / (time.process_time() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0, help="of processor time for each of the three")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    site = Site()
    told = {}
    for name, step in (("rebuilds", site.rebuild), ("matches", site.match), ("likes", site.like)):
        told[f"{name}_per_second"] = round(per_second(step, given.seconds), 1)
        print(f"{name}: {told[f'{name}_per_second']} a second", flush=True)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
