"""What a like costs in write units, from request to published list, and what a look at the home page costs to read.

    python -m tests.bench.writes [--viewers 3] [--likes 30]

Viewers of the demo catalogue on the real stores (moto) and use cases: each likes films that their own page shows, in
sittings of some minutes, a day apart. Everything that anybody writes is counted by DynamoDB's rules (`_capacity.py`):
feedback, its index, the list, its marks and the wake-up after a pause, the sweep that looks each minute. What a
question to the model writes is told apart: it is one a sitting, not one a like. So are the cards of films that no list
of the site has named before: once a film, `cards_write_units` in all. The last line is one JSON object.
"""

import argparse
import json
import logging
import os
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from copy import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import boto3
from moto import mock_aws

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.feedback.adapters.store import DynamoFeedbackStore
from chalicelib.feedback.give_feedback import Change, give_feedback
from chalicelib.recommendations.adapters.store import DynamoRecommendationStore
from chalicelib.recommendations.ask import AskDependencies, ask
from chalicelib.recommendations.home import HomePage, Narrowing, home_page
from chalicelib.recommendations.listed_film import find_listed_film
from chalicelib.recommendations.llm.allowance import common_tokens_most
from chalicelib.recommendations.plan import plan
from chalicelib.recommendations.questions.admission import Gate, shares_of
from chalicelib.recommendations.rebuild import Dependencies, rebuild
from chalicelib.recommendations.sweep import sweep
from chalicelib.settings import Settings
from chalicelib.tracing import tracing
from infra.deploy.template.tables import tables
from infra.local.demo_catalogue import built_demo
from tests.bench._capacity import Item, Meter, write_units
from tests.fake_lanes import FakeItemSimilarity, FakeOutbox
from tests.fake_model import FakeBudget, FakeModel
from tests.tables import KEPT

FIRST_WORD = datetime(2026, 11, 1, 18, tzinfo=UTC)
SITTING = (2, 9)  # likes in a sitting
PAUSE_SECONDS = (20, 120)  # between two likes of a sitting
LIKED_PLACES = 40  # of the page, from which a viewer likes one
USED = ("FeedbackTable", "RecommendationsTable")
SWEEP_SECONDS, BUSY_SECONDS = 60, 900


class Units(Meter):
    """Units by what they were spent on: `phase`, which whoever runs the steps sets, and the kind of item."""

    def __init__(self) -> None:
        super().__init__({name: name for name in USED})
        self.phase = ""
        self.by_item: Counter[tuple[str, str]] = Counter()
        self._due: dict[tuple[str, str], str] = {}  # of whom the sweep's index holds: when they are looked at

    def is_anybody_due(self, now: datetime) -> bool:
        """Whether a sweep would find anybody. One that finds nobody writes nothing, and moto sorts the whole table for
        each of its queries."""
        return min(self._due.values(), default="~") <= f"{now:%Y-%m-%dT%H:%M:%SZ}"

    def wrote(self, table: str, before: Item | None, after: Item | None, times: int = 1) -> None:
        super().wrote(table, before, after, times)
        item = after or before or {}
        if "item" in item:
            key = str(item["user_id"]["S"]), str(item["item"]["S"])
            self._due.pop(key, None)
            if after and "stale_shard" in after:
                self._due[key] = str(after["due_at"]["S"])
        kind = str(item["item"]["S"]) if "item" in item else table.removesuffix("Table").lower()
        own = times * write_units(before, after, [])
        self.by_item[self.phase, kind] += own
        self.by_item[self.phase, f"{kind}, index"] += times * write_units(before, after, self._indexes(table)) - own


class Site:
    """One site: its tables in moto, its catalogue on disk, its queues in memory, and a clock."""

    def __init__(self, units: Units, seed: int) -> None:
        self.units, self.random, self.now = units, random.Random(seed), FIRST_WORD
        self.settings = replace(Settings(), ask_first_pause_seconds=60)
        self.feedback = DynamoFeedbackStore("FeedbackTable")
        values = self.settings
        self.catalog = EmbeddedCatalog(f"sqlite:///{built_demo()}")
        shards = values.stale_shards
        self.store, self.api_store = (  # of two workers, who remember different cards
            DynamoRecommendationStore("RecommendationsTable", values.list_bytes_max, shards) for _ in range(2)
        )
        self.outbox = FakeOutbox()
        per_day = values.budget_tokens_per_day
        budget = FakeBudget(per_day, common_tokens_most(per_day, shares_of(values)))
        gate = Gate(self.store, self.outbox, budget, values)
        self.fast = Dependencies(
            self.store, self.feedback, self.catalog, FakeItemSimilarity(), self.outbox, values, gate
        )
        model = FakeModel()
        self.slow = AskDependencies(self.fast, lambda: model, budget, lambda: self.now)
        self.gate = gate
        self.likes, self.looks, self.read_units = 0, 0, 0.0

    def like(self, user_id: str) -> None:
        """One like of a film of the viewer's own page, and all that follows at once."""
        films = self.look(user_id).films[:LIKED_PLACES]
        chosen = self.random.choice(films).film_id
        self.units.phase = "like"
        give_feedback(
            self.feedback, lambda: self.catalog, partial(find_listed_film, self.api_store), user_id, chosen,
            Change(rating="like"), "ru", self.now,
        )  # fmt: skip
        self.likes += 1
        plan(self.store, self.outbox, [user_id], self.now, {user_id: f"{self.likes:012x}"})
        self._deliver()

    def look(self, user_id: str) -> HomePage:
        """The home page."""
        self.units.phase = "home"
        top, before = partial(self.catalog.top, 100), self.units.counted["read_units"]
        page = home_page(
            self.api_store, self.feedback, top, user_id, "ru", 100, None, self.now, Narrowing(), self.catalog
        )
        self.looks += 1
        self.read_units += self.units.counted["read_units"] - before
        return page

    def wait(self, seconds: float) -> None:
        """Time goes by, the sweep looks each minute while anything waits."""
        until, quiet = self.now + timedelta(seconds=seconds), self.now + timedelta(seconds=BUSY_SECONDS)
        while self.now < until:
            step = SWEEP_SECONDS if self.now < quiet else 10 * SWEEP_SECONDS  # nobody is left to be found each minute
            self.now = min(until, self.now + timedelta(seconds=step))
            self.units.phase = "like"
            self._deliver()
            if self.units.is_anybody_due(self.now):
                sweep(self.gate, self.now)
                self._deliver()

    def _deliver(self) -> None:
        self.outbox.rebuilds += [one for at, one in self.outbox.delayed if at <= self.now]
        self.outbox.delayed = [(at, one) for at, one in self.outbox.delayed if at > self.now]
        while self.outbox.rebuilds or self.outbox.asks:
            while self.outbox.rebuilds:
                message = self.outbox.rebuilds.pop(0)
                user_id = message.user_id
                self.units.phase = "like"
                with tracing("rebuild", "", message.trace, user_id):
                    rebuild(self.fast, user_id, self.now)
            if self.outbox.asks:
                self.units.phase = "question"
                ask(self.slow, self.outbox.asks.pop(0).user_id, 60)


def figures(site: Site, films: Sequence[int]) -> dict[str, Any]:
    """Units a like by what they were spent on, and a look."""
    units, likes = site.units, site.likes
    spent = {what: count for (phase, what), count in sorted(units.by_item.items()) if phase == "like" and count}
    questions = sum(count for (phase, what), count in units.by_item.items() if phase == "question" and what != "card")
    cards = sum(count for (_, what), count in units.by_item.items() if what == "card")
    spent.pop("card", None)
    return {
        "write_units_per_like": round(sum(spent.values()) / likes, 2),
        "read_units_per_home": round(site.read_units / site.looks, 2),
        "by_item": {what: round(count / likes, 2) for what, count in spent.items()},
        "questions_write_units_per_like": round(questions / likes, 2),
        "cards_write_units": cards,
        "films_a_list": round(sum(films) / len(films), 1),
        "likes": likes,
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, default=3)
    parser.add_argument("--likes", type=int, default=30, help="of each viewer")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    logging.disable(logging.WARNING)
    os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-central-1"}
    properties: dict[str, Any] = {name: one["Properties"] for name, one in tables().items()}  # type: ignore[index]
    units = Units()
    with ExitStack() as stack:
        stack.enter_context(mock_aws())
        for name in USED:
            kept = {key: properties[name][key] for key in KEPT if key in properties[name]}
            boto3.client("dynamodb").create_table(TableName=name, **kept)
        stack.enter_context(units.counting())
        site = Site(units, given.seed)
        films = []
        for number in range(given.viewers):
            user_id, left = f"00000000-0000-4000-8000-{number:012}", given.likes
            while left:
                for _ in range(min(left, site.random.randint(*SITTING))):
                    site.like(user_id)
                    left -= 1
                    site.wait(site.random.randint(*PAUSE_SECONDS))
                site.wait(2.5 * 3600)
                site.now += timedelta(hours=20)
            films.append(len(site.look(user_id).films))
            print(f"viewer {number + 1} of {given.viewers}: {figures(site, films)}", flush=True)
    print(json.dumps(figures(site, films)))


if __name__ == "__main__":
    main()
