"""A month's bill of a site, from measured units and prices: before anything is deployed, and without asking AWS.

    python -m infra cost --users 100000 --region eu-central-1
    python -m infra cost --users 1000 --users 10000000 --region us-east-1 --json
    python -m infra cost --users 50000 --budget-tokens-per-day 20000000 --lanes 10 --habit likes=20

What each thing uses stands in `docs/figures.json`, where `make bench` puts it; what it costs in a file a region beside
this one, with a date and a source. What viewers do is assumed: `--habit` says otherwise. `--readme` writes table and
plot anew.
"""

import argparse
import json
import sys
from pathlib import Path

import msgspec

from infra.operator.cost.bill import bill
from infra.operator.cost.choices import changes
from infra.operator.cost.drawing import drawing
from infra.operator.cost.figures import FIGURES, FigureMissingError, figures_of, units_of
from infra.operator.cost.month import Choices, Habits, choices_of_the_stack, month
from infra.operator.cost.prices import PriceUnknownError, prices_of, regions
from infra.operator.cost.shown import changed, heading, markdown, plain, table, write_readme

SIZES = (1_000, 100_000, 10_000_000)
USERS_MAX = 1_000_000_000
NOT_DONE = 1
ROOT = Path(__file__).parent.parent.parent.parent
README, PLOT = ROOT / "README.md", ROOT / "docs" / "cost.svg"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Size, place, and what differs from the stack's defaults."""
    given = choices_of_the_stack()
    parser.add_argument("--users", type=_users, action="append", help="viewers a month; again for another size")
    parser.add_argument("--region", default="eu-central-1", help=f"one of {', '.join(regions())}")
    parser.add_argument("--budget-tokens-per-day", type=_whole, default=given.budget_tokens_per_day)
    parser.add_argument("--roubles-per-million-tokens", type=_amount, default=given.roubles_per_million_tokens)
    parser.add_argument("--cooldown-seconds", type=_positive, default=given.cooldown_seconds)
    parser.add_argument("--lanes", type=_positive, default=given.lanes, help="GigachatParallel")
    parser.add_argument("--exports-per-month", type=_amount, default=given.exports_per_month)
    parser.add_argument("--memory-factor", type=_factor, default=given.memory_factor, help="0.5: half the memory")
    parser.add_argument("--opensearch-nodes", type=_whole, default=given.opensearch_nodes)
    parser.add_argument("--films", type=_whole, default=given.films, help="that the catalogue holds")
    parser.add_argument("--meaning-percent", type=_whole, default=given.meaning_percent, help="MeaningPercent")
    parser.add_argument(
        "--weekly-share", type=_amount, default=given.weekly_share, help="who get the weekly letter: 0.1 is a tenth"
    )
    parser.add_argument("--unprotected", action="store_true", help="Protect=false")
    names = ", ".join(f"{name}={value:g}" for name, value in Habits()._asdict().items())
    parser.add_argument("--habit", type=_habit, action="append", default=[], help=f"of a viewer in a month: {names}")
    parser.add_argument("--figures", type=Path, default=FIGURES, help="measured units: docs/figures.json")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--svg", type=Path, help="draws the bills into this file")
    parser.add_argument("--readme", action="store_true", help="writes README.md and docs/cost.svg anew")


def run(given: argparse.Namespace) -> int:
    """Prints the bills. The exit code is 1 when there are no prices or no figures."""
    try:
        prices, figures = prices_of(given.region), figures_of(given.figures)
        units = units_of(figures)
    except (PriceUnknownError, FigureMissingError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return NOT_DONE
    habits, chosen = Habits(**dict(given.habit)), _choices(given)
    sizes = sorted(set(given.users or SIZES))
    months = {users: month(users, units, habits, chosen) for users in sizes}
    bills = {users: bill(needed, prices, chosen) for users, needed in months.items()}
    title = f"A month in {prices.region}: where the money goes"
    if given.svg:
        given.svg.write_text(drawing(bills, title), encoding="utf-8")
    if given.readme:
        write_readme(README, markdown(bills, months, changes(max(sizes), units, habits, chosen, prices), prices))
        PLOT.write_text(drawing(bills, title), encoding="utf-8")
        return 0
    if given.json:
        print(json.dumps(plain(bills, months, prices)))
        return 0
    print("\n".join(heading(prices, figures, habits)))
    for users in sizes:
        print("\n".join(["", *table(users, bills[users], months[users]), ""]))
        print("\n".join(changed(changes(users, units, habits, chosen, prices))))
    return 0


def _choices(given: argparse.Namespace) -> Choices:
    return Choices(
        budget_tokens_per_day=given.budget_tokens_per_day,
        roubles_per_million_tokens=given.roubles_per_million_tokens,
        cooldown_seconds=given.cooldown_seconds,
        lanes=given.lanes,
        exports_per_month=given.exports_per_month,
        memory_factor=given.memory_factor,
        opensearch_nodes=given.opensearch_nodes,
        protect=not given.unprotected,
        films=given.films,
        meaning_percent=given.meaning_percent,
        weekly_share=given.weekly_share,
    )


def _users(text: str) -> int:
    number = _positive(text)
    if number > USERS_MAX:
        raise argparse.ArgumentTypeError(f"{number:,} viewers are more than there are people with a screen")
    return number


def _positive(text: str) -> int:
    if (number := _whole(text)) < 1:
        raise argparse.ArgumentTypeError(f"{text} has to be 1 or more")
    return number


def _whole(text: str) -> int:
    try:
        number = int(text.replace("_", ""))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is less than nothing")
    return number


def _amount(text: str) -> float:
    try:
        number = msgspec.json.decode(text, type=float)  # no nan, no inf
    except msgspec.MsgspecError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is less than nothing")
    return number


def _factor(text: str) -> float:
    if (number := _amount(text)) == 0:
        raise argparse.ArgumentTypeError("nothing runs without memory")
    return number


def _habit(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    if name not in Habits._fields:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(Habits._fields)}")
    return name, _amount(value)
