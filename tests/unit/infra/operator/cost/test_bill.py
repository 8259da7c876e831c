"""A month's bill: every quantity on one line, prices by tiers, and what choices move."""

from copy import replace

import pytest

from infra.deploy.functions import FUNCTIONS
from infra.operator.cost.bill import LINES, bill
from infra.operator.cost.choices import changes
from infra.operator.cost.drawing import GROUPS, drawing
from infra.operator.cost.figures import Invocation, Units
from infra.operator.cost.month import API, Choices, Habits, choices_of_the_stack, month
from infra.operator.cost.prices import Price, PriceUnknownError, Tier, prices_of, regions

RUN = Invocation(
    read_units=2, write_units=1, requests=3, messages=0, cpu_ms=10, answer_bytes=1_000, log_bytes=400
)  # fmt: skip
NAMES = {*API, *(one.name for one in FUNCTIONS)} - {"api", "learn", "erase", "purge_again"}
STORED = {"feedback": 800, "accounts": 300, "sessions": 400, "list": 10_000, "state": 200, "answer": 900}
UNITS = Units(dict.fromkeys(NAMES, RUN), STORED, 100, 2, 1_500, 20_000_000, 20)
CHOSEN = Choices(1_000_000, 65.0, 3_600, 1)


@pytest.mark.parametrize("region", regions())
def test_every_quantity_is_on_exactly_one_line_with_a_price_and_a_source(region: str) -> None:
    prices = prices_of(region)
    parts = [part for _, named in LINES for part in named]
    assert sorted(parts) == sorted(month(1, UNITS, Habits(), CHOSEN).quantities) == sorted(prices.prices)
    for name, price in prices.prices.items():
        assert any(source in price.source for source in prices.sources), name
        assert [tier.up_to is None for tier in price.tiers] == [False] * (len(price.tiers) - 1) + [True], name
    assert sorted(line for lines in GROUPS.values() for line in lines) == sorted(name for name, _ in LINES)


def test_a_price_goes_by_tiers_behind_what_is_free() -> None:
    price = Price("request", per=10, free=100, tiers=(Tier(2.0, up_to=50), Tier(1.0)), source="")
    assert price.of(100) == 0
    assert price.of(110) == 2
    assert price.of(160) == 10 + 1


def test_a_region_nobody_has_written_down_is_named_with_those_that_are() -> None:
    with pytest.raises(PriceUnknownError, match=r"mars-1: known are eu-central-1, us-east-1"):
        prices_of("mars-1")


def test_the_stacks_own_defaults_are_what_is_reckoned_with() -> None:
    assert choices_of_the_stack() == replace(CHOSEN, exports_per_month=30)


def test_questions_are_bounded_by_the_budget_and_by_the_lanes() -> None:
    few, many = (month(users, UNITS, Habits(), CHOSEN) for users in (100, 1_000_000))
    assert few.questions == few.questions_wanted == 300
    assert many.tokens == pytest.approx(30 * 1_000_000)
    rich = replace(CHOSEN, budget_tokens_per_day=10**12)
    assert month(1_000_000, UNITS, Habits(), rich).questions == 30 * 86_400 / 5, "one lane, five seconds each"
    assert month(1_000_000, UNITS, Habits(), replace(rich, lanes=2)).questions == 2 * 30 * 86_400 / 5


def test_films_vectors_cost_once_what_is_told_of_all_or_their_share_of_a_month() -> None:
    told, many, off = (replace(CHOSEN, films=films, meaning_percent=part)
                       for films, part in ((10_000, 5), (10**9, 5), (10_000, 0)))  # fmt: skip
    assert month(100, UNITS, Habits(), told).vector_tokens == 200_000
    assert month(100, UNITS, Habits(), many).vector_tokens == 30 * 50_000
    assert month(100, UNITS, Habits(), off).vector_tokens == 0
    prices = prices_of(regions()[0])
    with_all, without = (bill(month(100, UNITS, Habits(), one), prices, one) for one in (told, off))
    assert with_all.roubles_for_vectors == pytest.approx(13.0)
    assert without.roubles_for_vectors == 0
    assert with_all.roubles == without.roubles


def test_each_viewer_more_costs_what_a_viewer_does() -> None:
    none, some = (month(users, UNITS, Habits(), CHOSEN).quantities for users in (0, 1_000))
    assert some["api_requests"] - none["api_requests"] == 1_000 * (16 + 16 + 4 + 8 + 8 + 8 + 0.1 + 1 + 8)
    assert some["dynamodb_pitr"] * 1e9 == pytest.approx(1_000 * (8 * 12 * 800 + 300))
    assert some["alarms"] == none["alarms"] > 30, "what stands costs the same"


def test_each_choice_moves_the_line_that_it_is_about() -> None:
    users, prices = 1_000_000, prices_of("eu-central-1")

    def lines(choices: Choices) -> dict[str, float]:
        return {
            one.name: one.dollars for one in bill(month(users, UNITS, Habits(), choices), prices, choices).lines
        }  # fmt: skip

    before = lines(CHOSEN)
    moved = {
        name: {line for line, dollars in lines(other).items() if abs(dollars - before[line]) > 0.01}
        for name, other in {
            "memory": replace(CHOSEN, memory_factor=2),
            "weekly": replace(CHOSEN, exports_per_month=4),
            "letters": replace(CHOSEN, weekly_share=0.1),
            "nodes": replace(CHOSEN, opensearch_nodes=3),
            "unprotected": replace(CHOSEN, protect=False),
        }.items()
    }
    assert moved["memory"] == {"Lambda", "S3"} or moved["memory"] == {"Lambda"}
    assert moved["weekly"] == {"DynamoDB exports", "Athena"}
    assert {"SES", "DynamoDB writes", "SQS"} <= moved["letters"]
    assert moved["nodes"] == {"OpenSearch"}
    assert moved["unprotected"] == {"DynamoDB exports", "DynamoDB point-in-time recovery", "DynamoDB reads"}


def test_no_budget_saves_all_roubles_and_enough_of_it_asks_all_questions() -> None:
    found = {
        one.name.partition(":")[0]: one for one in changes(100_000, UNITS, Habits(), CHOSEN, prices_of("us-east-1"))
    }
    asked = month(100_000, UNITS, Habits(), CHOSEN)
    assert found["budget"].questions > 0, "the last of that name: ten times as much"
    every = found["budget and lanes for every question"]
    assert every.questions == pytest.approx(asked.questions_wanted - asked.questions)
    assert every.roubles > 0
    assert found["the same, with a cooldown of two weeks"].questions < every.questions


def test_the_drawing_shows_every_size_and_the_whole_of_each_bill() -> None:
    prices = prices_of("eu-central-1")
    bills = {users: bill(month(users, UNITS, Habits(), CHOSEN), prices, CHOSEN) for users in (1_000, 100_000)}
    drawn = drawing(bills, "A month & more")
    assert "1,000 viewers" in drawn
    assert "100,000 viewers" in drawn
    assert f"${bills[1_000].dollars:,.0f}" in drawn
    assert "A month &amp; more" in drawn
