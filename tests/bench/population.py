"""A year of a hundred thousand viewers: their waits for a list and for the model, and what it costs.

    python -m tests.bench.population [--viewers 100000] [--scale 10] [--days 365] [--lanes 10]
        [--budget-tokens-per-day 5000000]

Planner, rebuild, sweep, admission, ask, budget and home page are the product's own; tables, queues, model and catalogue
are fakes, on a clock of its own. What ranks films is replaced by an order without merit, as in `tests/simulation`, and
lists are short: neither has an influence on who waits. One viewer in `--scale` is played, with that part of the lanes
and of the budget, and one home page in four is looked at; counts are told for all. DynamoDB's units are the runs of
each function times what `docs/figures.json` says of one (`python -m tests.bench.units`). The last line is one JSON
object; waits are in seconds of the clock: `list_seconds` from a word to the list that knows it, `answer_seconds` from
the first word that the last question did not know (for a first one, from the third film rated) to the list with the
answer; later ones wait half an hour for quiet, and an hour between two, by design.
"""

import argparse
import contextlib
import io
import json
import logging
import sys
import time
from collections.abc import Sequence
from copy import replace
from datetime import timedelta
from typing import Any
from unittest import mock

from chalicelib.settings import Settings
from infra.operator.cost.figures import figures_of, units_of
from infra.operator.cost.month import choices_of_the_stack
from tests.bench._year import START, World
from tests.simulation.deployment import cheap_engines


def quantiles(waits: Sequence[float]) -> dict[str, float]:
    """p50, p95 and the longest."""
    ordered = sorted(waits)
    if not ordered:
        return {"p50": 0.0, "p95": 0.0, "max": 0.0}
    at = {"p50": len(ordered) // 2, "p95": len(ordered) * 95 // 100, "max": -1}
    return {name: round(ordered[place], 2) for name, place in at.items()}


def report(world: World, scale: int, days: int) -> dict[str, Any]:
    """Waits as they were seen, and counts for all viewers."""
    one = units_of(figures_of()).invocations
    counted = world.counted
    runs = {"like": counted["like"], "plan": counted["like"], "rebuild": counted["rebuild"], "ask": counted["ask"],
            "home": counted["home"]}  # fmt: skip
    reads = scale * sum(times * one[name].read_units for name, times in runs.items())
    writes = scale * sum(times * one[name].write_units for name, times in runs.items())
    roubles = choices_of_the_stack().roubles_per_million_tokens
    return {
        "days": days,
        "scale": scale,
        "list_seconds": quantiles(world.waits["list"]),
        "answer_seconds": {"first": quantiles(world.waits["first"]), "later": quantiles(world.waits["later"])},
        "answers": scale * (len(world.waits["first"]) + len(world.waits["later"])),
        "waiting_at_the_end": scale * world.still_waiting,
        "visits": scale * counted["home"],
        "likes": scale * counted["like"],
        "rebuilds_per_like": round(counted["rebuild"] / max(1, counted["like"]), 3),
        "model_calls": scale * counted["calls"],
        "tokens": scale * counted["tokens"],
        "roubles": round(scale * counted["tokens"] / 1e6 * roubles),
        "read_units": round(reads + counted["sweep"] * one["sweep"].read_units),
        "write_units": round(writes),
        "write_units_per_like": round(writes / max(1, scale * counted["like"]), 2),
        "sweeps": counted["sweep"],
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, default=100_000)
    parser.add_argument("--scale", type=int, default=10, help="one viewer in so many is played")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--lanes", type=int, default=10, help="of the site: what companies get")
    parser.add_argument("--budget-tokens-per-day", type=int, default=5_000_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args(arguments)
    if min(given.viewers, given.scale, given.days, given.lanes, given.budget_tokens_per_day) < 1:
        parser.error("every number has to be 1 or more")
    if given.lanes % given.scale:
        parser.error(f"{given.lanes} lanes cannot be divided by the scale {given.scale}")
    settings = replace(
        Settings(),
        llm_parallel=given.lanes // given.scale,
        budget_tokens_per_day=given.budget_tokens_per_day // given.scale,
    )
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        logging.disable(logging.WARNING)  # lost calls
        stack.callback(logging.disable, logging.NOTSET)
        for (place, name), value in cheap_engines().items():
            stack.enter_context(mock.patch.object(place, name, value))
        stack.enter_context(contextlib.redirect_stdout(io.StringIO()))  # the metrics that the steps print
        world = World(given.viewers // given.scale, settings, given.seed)
        for day in range(0, given.days, 30):
            world.run(START + timedelta(days=min(given.days, day + 30)))
            done, took = world.counted, time.monotonic() - began
            told_so_far = f"{done['like']:,} likes, {done['calls']:,} calls, {world.still_waiting:,} wait; {took:.0f} s"
            print(f"day {min(given.days, day + 30)}: {told_so_far}", file=sys.stderr, flush=True)
    told = report(world, given.scale, given.days) | {
        "viewers": given.viewers,
        "seconds": round(time.monotonic() - began),
    }
    for name in ("list_seconds", "answer_seconds"):
        print(f"{name}: {told[name]}")
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
