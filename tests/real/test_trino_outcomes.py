"""What days came to, counted by the same text on a real Trino as on DuckDB."""

import random
from datetime import timedelta
from itertools import batched

import duckdb
import pytest

from chalicelib.outcomes.count import cells_sql
from chalicelib.outcomes.experiments.guardrail import trial_sql
from chalicelib.outcomes.experiments.vote_weight import votes_sql
from chalicelib.outcomes.resting import untouched_sql
from chalicelib.outcomes.watched import watched_sql
from infra.deploy.template.learning import EVENT_COLUMNS
from tests.factories import NOW
from tests.real.test_trino_item_similarity import ask, trino

__all__ = ["trino"]

KINDS = ("shown", "shown", "shown", "opened", "started", "finished", "liked", "disliked")
DAY = NOW.date()


def events(count: int) -> list[tuple[object, ...]]:
    """Three days of a busy few, some told twice."""
    draw = random.Random(11)
    rows: list[tuple[object, ...]] = []
    for _ in range(count):
        moment = NOW - timedelta(hours=36) + timedelta(seconds=draw.randrange(72 * 3_600))
        version, film = draw.choice("uvw"), draw.choice("abcdefgh")
        kind = draw.choice(KINDS)
        of_list = {"u": "gigachat" if film < "e" else "personal", "v": "personal", "w": ""}
        source = of_list[version] if kind == "shown" else ""
        viewer = draw.randrange(40)
        arms = ("", "no-model:default", "no-model:control+other:a", "other:no-model")[viewer % 4] if source else ""
        prompt, age = ("v1", "v2", "")[viewer % 3] if source == "gigachat" else "", ord(film) % 9 * 7 - 1
        rows.append((f"viewer {viewer}", kind, film, int(moment.timestamp() * 1_000_000), source,
                     ord(film) % 7 * 10, "home", arms, version, prompt, age if kind == "shown" else -1,
                     moment.date().isoformat()))  # fmt: skip
    # Of films that nobody touches, one is shown to some in each of many lists.
    for number in range(600):
        at = int(NOW.timestamp() * 1_000_000) - number * 60_000_000
        rows.append((f"viewer {number % 7}", "shown", f"untouched {number % 2}", at, "top", 1, "home", "",
                     f"list {number % 23}", "", 1, DAY.isoformat()))  # fmt: skip
    return [*rows, *rows[::5]]


TEXTS = {
    "watched": (watched_sql(DAY - timedelta(days=2), DAY), 100, 50),
    "untouched": (untouched_sql(DAY - timedelta(days=2), DAY, NOW - timedelta(days=1)), 5, 100),
    "cells": (cells_sql(DAY), 10, 300),
    "cells of the day before": (cells_sql(DAY - timedelta(days=1)), 10, 300),
    "arms": (trial_sql("no-model", DAY - timedelta(days=2), DAY), 2, 100),
    "votes": (votes_sql(DAY - timedelta(days=2), DAY), 4, 100),
}
"""Each text, how many rows it has at least, and how many showings."""
SHOWN = {"arms": 2, "votes": 2, "watched": 2, "untouched": 2}
"""In which column showings (of watched films, those seen to the end) are counted, where it is not the fifth."""
UNORDERED = {"watched"}


@pytest.mark.parametrize("name", TEXTS)
def test_answers_are_identical_when_trino_and_duckdb_read_the_same_events(trino: str, name: str) -> None:
    kinds = {"string": "varchar", "int": "integer", "bigint": "bigint"}
    columns = ", ".join(f"{name} {kinds[kind]}" for name, kind in EVENT_COLUMNS.items())
    text, rows_least, shown_least = TEXTS[name]
    ask(trino, "DROP TABLE IF EXISTS events")
    with duckdb.connect() as db:
        statements = [f"CREATE TABLE events ({columns}, day varchar)"]
        for some in batched(events(4_000), 1_000, strict=False):
            statements.append(f"INSERT INTO events VALUES {', '.join(map(str, some))}")  # noqa: S608 - our own rows
        for statement in statements:
            ask(trino, statement)
            db.execute(statement)
        ours = [list(row) for row in db.execute(text).fetchall()]
        assert len(ours) >= rows_least
        assert sum(row[SHOWN.get(name, 4)] for row in ours) > shown_least
        theirs = ask(trino, text)
        if name in UNORDERED:
            theirs, ours = sorted(theirs), sorted(ours)
        assert theirs == ours
