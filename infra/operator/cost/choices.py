"""What each of the operator's choices would change in a month's bill."""

from copy import replace
from math import ceil
from typing import NamedTuple

from infra.operator.cost.bill import Bill, bill
from infra.operator.cost.figures import Units
from infra.operator.cost.month import CALL_SECONDS, DAYS, SECONDS, Choices, Habits, month
from infra.operator.cost.prices import Prices

WEEK_SECONDS = 7 * 86_400


class Change(NamedTuple):
    """A choice, and what it adds: dollars and roubles a month, and questions asked."""

    name: str
    dollars: float
    roubles: float
    questions: float


def changes(users: int, units: Units, habits: Habits, chosen: Choices, prices: Prices) -> list[Change]:
    """Each choice alone, against those given."""
    before, asked = _bill(users, units, habits, chosen, prices)
    wanted = month(users, units, habits, chosen).questions_wanted
    enough = ceil(wanted * units.tokens_per_question / DAYS)
    lanes = max(chosen.lanes, ceil(wanted * CALL_SECONDS / SECONDS))
    others = {
        "budget: none (no questions)": replace(chosen, budget_tokens_per_day=0),
        "budget: ten times as much": replace(chosen, budget_tokens_per_day=10 * chosen.budget_tokens_per_day),
        f"budget and lanes for every question: {enough:,} tokens a day, {lanes} lanes": replace(
            chosen, budget_tokens_per_day=max(enough, chosen.budget_tokens_per_day), lanes=lanes
        ),
        "the same, with a cooldown of two weeks": replace(
            chosen,
            budget_tokens_per_day=max(enough, chosen.budget_tokens_per_day),
            lanes=lanes,
            cooldown_seconds=2 * WEEK_SECONDS,
        ),
        "export: once a week": replace(chosen, exports_per_month=DAYS / 7),
        "Protect=false: no recovery, no exports": replace(chosen, protect=False),
        "memory: twice as much": replace(chosen, memory_factor=2 * chosen.memory_factor),
        "memory: half": replace(chosen, memory_factor=0.5 * chosen.memory_factor),
        "weekly letter: a tenth of the viewers ask for it": replace(chosen, weekly_share=0.1),
        "OpenSearch: three nodes more": replace(chosen, opensearch_nodes=chosen.opensearch_nodes + 3),
    }
    found = []
    for name, other in others.items():
        after, questions = _bill(users, units, habits, other, prices)
        found.append(Change(name, after.dollars - before.dollars, after.roubles - before.roubles, questions - asked))
    return found


def _bill(users: int, units: Units, habits: Habits, choices: Choices, prices: Prices) -> tuple[Bill, float]:
    needed = month(users, units, habits, choices)
    return bill(needed, prices, choices), needed.questions
