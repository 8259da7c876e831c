"""How a deployed stack is doing right now: questions, tokens and money, lists, queues, catalogue, learning.

    python -m infra status
    python -m infra status --stack films-test --json

Reads the tables and queues themselves, with your own rights on them; `GET /v1/operator/status` says the same to whoever
has the role `operator`. `--json` prints it as the API does. Exit code 1 when there are dead letters.
"""

import argparse
import os
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from chalicelib.operator.status import Status, status
from infra.deploy import functions as declared
from infra.deploy.change_set import parameters_of
from infra.stack_outputs import add_stack, outputs

PARAMETERS = {
    "BudgetTokensPerDay": "BUDGET_TOKENS_PER_DAY",
    "RoublesPerMillionTokens": "ROUBLES_PER_MILLION_TOKENS",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which stack, and for whom it is printed."""
    parser.add_argument("--json", action="store_true", help="as the API says it, for programs")
    add_stack(parser)


def run(given: argparse.Namespace) -> int:
    """Prints it."""
    stack = outputs(given.stack)
    chosen = parameters_of(given.stack)
    os.environ |= {
        "OUTCOMES_TABLE": stack["OutcomesTable"],
        "RECOMMENDATIONS_TABLE": stack["RecommendationsTable"],
        "BUDGET_TABLE": stack["BudgetTable"],
        "ITEM_SIMILARITY_TABLE": stack["NeighboursTable"],
        "CATALOG_URL": stack["Catalog"],
        "CATALOG_SIGN": stack["CatalogSign"],
        **{queue.variable: stack[queue.id] for queue in declared.QUEUES},
        **{queue.dead_letters_variable: stack[queue.dead_letters_id] for queue in declared.QUEUES},
        **{variable: chosen[name] for name, variable in PARAMETERS.items() if name in chosen},
    }
    from chalicelib import resources

    found = status(resources.status_parts(), datetime.now(UTC))
    print(msgspec.json.encode(found).decode() if given.json else "\n".join(lines(found)))
    return 1 if any(queue.dead for queue in found.queues.values()) else 0


def lines(found: Status) -> Iterator[str]:
    """For a person to read."""
    tokens, held, learned = found.tokens, found.catalogue, found.learning
    yield f"{found.at:%Y-%m-%d %H:%M} UTC"
    endings = ", ".join(f"{name} {count}" for name, count in found.questions.by_outcome.items())
    yield f"questions   {found.questions.today} today{': ' if endings else ''}{endings}"
    yield f"waiting     {found.questions.waiting} viewers for a question, {found.questions.open} queued or running"
    share = 100 * (tokens.used + tokens.reserved) / max(1, tokens.budget)
    yield (f"tokens      {tokens.used:,} used, {tokens.reserved:,} reserved of {tokens.budget:,} ({share:.0f} %), "
           f"{tokens.money.amount:,.2f} {tokens.money.currency}")  # fmt: skip
    yield "lists       " + ", ".join(f"{source} {count:,}" for source, count in found.lists.by_source.items())
    for name, queue in found.queues.items():
        old = "" if not queue.oldest_seconds else f", the oldest for {queue.oldest_seconds:,} s"
        dead = f", {queue.dead:,} DEAD" if queue.dead else ""
        yield f"queue       {name}: {queue.waiting:,} waiting{old}{dead}"
    if held.films is None:
        yield "catalogue   does not answer"
    else:
        when = f", loaded {held.loaded_at:%Y-%m-%d %H:%M}" if held.loaded_at else ""
        yield f"catalogue   {held.films:,} films{when}, {held.withdrawn:,} withdrawn since"
    if learned.learned_at is None:
        yield "learning    nothing yet"
    else:
        reached = f"HR@10 {learned.hit_rate:.3f}, of plain popularity {learned.popularity_hit_rate:.3f}"
        yield f"learning    {learned.learned_at:%Y-%m-%d %H:%M}, of {learned.likes:,} likes; {reached}"
