"""Bills as people, programs and the README read them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.operator.cost.bill import LINES, Bill, is_worth_a_line
from infra.operator.cost.choices import Change
from infra.operator.cost.figures import Figures
from infra.operator.cost.month import Habits, Month
from infra.operator.cost.prices import Prices

BEGINS, ENDS = "<!-- python -m infra cost --readme -->\n", "<!-- until here -->\n"


def heading(prices: Prices, figures: Figures, habits: Habits) -> list[str]:
    """What all the bills stand on."""
    done = ", ".join(f"{name} {value:g}" for name, value in habits._asdict().items())
    return [
        f"Prices of {prices.region} in {prices.currency}, written down on {prices.stated}:",
        *(f"  {source}: {told}" for source, told in prices.sources.items()),
        f"Units measured on {figures.measured}, on {figures.machine}.",
        f"Viewers are assumed to do in a month: {done}.",
    ]


def table(users: int, one: Bill, needed: Month) -> list[str]:
    """One bill, line by line, each with what it is for."""
    lines = [f"{users:,} viewers a month"]
    for line in one.lines:
        needs = ", ".join(f"{_short(quantity)} × {unit}" for quantity, unit in line.needs if quantity)
        lines.append(f"  {line.name:33}{line.dollars:14,.2f} $  {needs}")
    lines.append(f"  {'AWS':33}{one.dollars:14,.2f} $  {1_000 * one.dollars / users:,.2f} $ for a thousand viewers")
    asked = (
        f"{_short(needed.tokens)} tokens: {needed.questions:,.0f} questions of {needed.questions_wanted:,.0f} wanted"
    )
    embedded = f"{_short(needed.vector_tokens)} tokens, in the month in which all films' vectors are made"
    return [
        *lines,
        f"  {'GigaChat':33}{one.roubles:14,.2f} ₽  {asked}",
        f"  {'GigaChat, vectors, once':33}{one.roubles_for_vectors:14,.2f} ₽  {embedded}",
    ]


def changed(found: Sequence[Change]) -> list[str]:
    """Each choice in a line."""
    lines = ["What another choice would change, each alone:"]
    for one in found:
        lines.append(
            f"  {one.name:76}{one.dollars:+14,.2f} $ {one.roubles:+16,.2f} ₽ {one.questions:+14,.0f} questions"
        )
    return lines


def _short(quantity: float) -> str:
    for size, sign in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if quantity >= size:
            return f"{quantity / size:.3g}{sign}"
    return f"{quantity:.3g}"


def plain(bills: Mapping[int, Bill], months: Mapping[int, Month], prices: Prices) -> object:
    """For programs."""
    return {
        "region": prices.region,
        "prices_stated": prices.stated,
        "bills": [
            {
                "users": users,
                "dollars": round(one.dollars, 2),
                "roubles": round(one.roubles, 2),
                "roubles_for_vectors": round(one.roubles_for_vectors, 2),
                "lines": {line.name: round(line.dollars, 2) for line in one.lines},
                "quantities": dict(months[users].quantities),
                "questions": round(months[users].questions),
                "questions_wanted": round(months[users].questions_wanted),
            }
            for users, one in bills.items()
        ],
    }


def markdown(bills: Mapping[int, Bill], months: Mapping[int, Month], found: Sequence[Change], prices: Prices) -> str:
    """The tables of the README."""
    rows = [
        f"| $ a month, {prices.region} | " + " | ".join(f"{users:,} viewers" for users in bills) + " |",
        "|---|" + "---:|" * len(bills),
    ]
    for name, _ in LINES:
        if is_worth_a_line(list(bills.values()), name):
            rows.append(f"| {name} | " + " | ".join(f"{one.of(name):,.2f}" for one in bills.values()) + " |")
    rows.append("| **AWS** | " + " | ".join(f"**{one.dollars:,.2f}**" for one in bills.values()) + " |")
    rows.append("| **GigaChat, ₽** | " + " | ".join(f"**{one.roubles:,.0f}**" for one in bills.values()) + " |")
    once = (f"{one.roubles_for_vectors:,.0f}" for one in bills.values())
    rows.append("| GigaChat, ₽, once: vectors of all films | " + " | ".join(once) + " |")
    asked = (f"{one.questions:,.0f} of {one.questions_wanted:,.0f}" for one in months.values())
    rows += ["| questions asked, of those wanted | " + " | ".join(asked) + " |", ""]
    rows += [f"| with {max(bills):,} viewers, another choice | $ | ₽ | questions |", "|---|---:|---:|---:|"]
    rows += [f"| {one.name} | {one.dollars:+,.0f} | {one.roubles:+,.0f} | {one.questions:+,.0f} |" for one in found]
    return "\n".join(rows) + "\n"


def write_readme(readme: Path, table: str) -> None:
    """Puts the table between its marks. Raises ValueError: there are no marks."""
    text = readme.read_text(encoding="utf-8")
    before, begun, rest = text.partition(BEGINS)
    _, ended, after = rest.partition(ENDS)
    if not (begun and ended):
        raise ValueError(f"{readme} has no marks {BEGINS.strip()} and {ENDS.strip()}")
    readme.write_text(before + BEGINS + table + ENDS + after, encoding="utf-8")
