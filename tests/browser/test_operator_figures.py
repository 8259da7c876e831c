"""Every figure of the operator's page on the deployed stack, against the stand-in's bill, the queues and the tables."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from playwright.sync_api import Browser, expect

from chalicelib import resources
from chalicelib.outcomes.adapters.store import DynamoOutcomes
from chalicelib.outcomes.model import Cell, Counted
from infra.__main__ import main
from infra.local.up import STACK
from tests.browser.viewer import Cinema, Viewer, cinema_at
from tests.deployed import Stack, registered, wait_for

ROUBLES_PER_TOKEN = 65 / 1e6
BUDGET_TOKENS = 1_000_000
PERSONS = 3
PAIRS = """(panel) => {
  const lines = [...panel.querySelectorAll("dl > div, tbody tr")];
  return Object.fromEntries(lines.map(({ children: [word, value] }) => [word.textContent, value.textContent]));
}"""
ENDINGS = ("answered", "failed", "of no use", "GigaChat is off", "breaker open", "budget spent", "no catalogue")
CELLS = (Cell("gigachat", 1, "home", "", 40, 12, 5, 4, 8, 1), Cell("top", 2, "search", "", 60, 6, 1, 0, 3, 2))


@pytest.fixture
def house(browser: Browser, stack: Stack) -> Iterator[Cinema]:
    """The deployed stack with its doors open."""
    with cinema_at(browser, stack.url) as cinema:
        yield cinema


def figures(viewer: Viewer, panel: str) -> dict[str, str]:
    """What a panel says, by its words: facts, and the table behind its plot."""
    found: dict[str, str] = viewer.page.locator(f".panel:has({panel})").evaluate(PAIRS)
    return found


def number(text: str) -> float:
    """As English writes it, a currency or a unit beside it."""
    return float(re.sub(r"[^\d.]", "", text))


def listed(stack: Stack) -> dict[str, int]:
    """Viewers' lists, as many as the table holds: their items, without cards and markers."""
    table = boto3.resource("dynamodb").Table(stack.outputs["RecommendationsTable"])
    rows = [row for row in table.scan(ConsistentRead=True)["Items"] if row["item"] == "list" and not row.get("erased")]
    return {"lists": len(rows)}


def an_operator(house: Cinema) -> Viewer:
    viewer = house.viewer("en")
    viewer.register()
    assert main(["roles", "grant", viewer.email, "operator", "--stack", STACK]) == 0
    viewer.page.reload()
    expect(viewer.page.locator('.sections a[href="#/operator"]')).to_be_visible(timeout=40_000)
    return viewer


def opened(viewer: Viewer, view: str, ready: str) -> None:
    """A view with figures of this moment. The role holds within half a minute; until then the page says it did not."""
    viewer.open(f"#/operator/{view}")

    def is_there() -> bool:
        if viewer.page.locator(ready).count():
            return True
        if viewer.page.locator(".notice .button").count():
            viewer.page.locator(".notice .button").click()
        viewer.page.wait_for_timeout(500)
        return False

    wait_for(is_there, 60)


def test_every_figure_is_the_bills_the_queues_and_the_tables(house: Cinema, stack: Stack) -> None:
    people = [registered(stack, "en") for _ in range(PERSONS)]
    for person in people:
        person.like(*person.films("Matrix", "Alien", "Terminator"))
    pages = [person.home_when(lambda page: page["source"] == "gigachat") for person in people]
    letters_lost = stack.outputs["LettersQueueDeadLetters"]
    for place in range(3):
        boto3.client("sqs").send_message(QueueUrl=letters_lost, MessageBody=f'{{"purpose": "none {place}"}}')
    DynamoOutcomes(stack.outputs["OutcomesTable"]).put_day(datetime.now(UTC).date(), Counted("figures", CELLS))
    wait_for(lambda: not any(stack.waiting(one) for one in ("RebuildQueue", "AskQueue")), 60)

    viewer = an_operator(house)
    opened(viewer, "today", "#op-tokens")
    bill: Any = stack.gigachat("GET", "bill")
    billed = bill["prompt_tokens"] + bill["completion_tokens"]
    tokens, asked, lists = (figures(viewer, panel) for panel in ("#op-tokens", "#op-questions", "#op-lists"))
    assert number(tokens["for answers"]) == billed
    assert number(tokens["Spent today"]) == pytest.approx(billed * ROUBLES_PER_TOKEN, rel=0.05, abs=0.005)
    assert number(tokens["Budget of the day"]) == BUDGET_TOKENS
    parts = [number(tokens[one]) for one in ("for answers", "for calls without an answer", "reserved", "left")]
    assert sum(parts) == BUDGET_TOKENS
    assert number(asked["answered"]) == bill["answers"]
    assert number(asked["Today"]) == sum(number(asked[one]) for one in asked if one in ENDINGS)
    assert number(asked["Queued or running"]) == 0
    by_source = sum(number(lists[one]) for one in ("GigaChat", "by likes", "top list"))
    assert (by_source, number(lists["GigaChat"]) >= PERSONS) == (listed(stack)["lists"], True)

    opened(viewer, "outcomes", "table")
    rows = viewer.page.locator("tbody tr").all_inner_texts()
    assert [[cell.strip() for cell in row.split("\t")][:8] for row in rows] == [
        ["top list", "60", "3", "6", "1", "0", "2", "5%"],
        ["GigaChat", "40", "8", "12", "5", "4", "1", "20%"],
    ]

    opened(viewer, "queues", ".op-queue")
    letters = viewer.page.locator("[data-queue=letters]")
    assert number(letters.locator("dd").last.inner_text()) == stack.waiting("LettersQueueDeadLetters")
    for queue in ("rebuild", "ask", "imports", "erasure"):
        shown = viewer.page.locator(f"[data-queue={queue}] dd")
        waiting, dead = (stack.waiting(f"{queue.capitalize()}Queue{one}") for one in ("", "DeadLetters"))
        assert (number(shown.first.inner_text()), number(shown.last.inner_text())) == (waiting, dead)
    letters.get_by_role("button", name="Look").click()
    expect(letters.locator(".op-letters li")).to_have_count(3)
    letters.get_by_role("button", name="Send again").click()
    expect(viewer.page.locator(".message")).to_contain_text("3 messages")
    wait_for(lambda: stack.waiting("LettersQueueDeadLetters") == 0 or None, 30)

    opened(viewer, "learning", "#op-catalogue")
    held = resources.open_catalog(stack.outputs["Catalog"]).facts()
    catalogue = figures(viewer, "#op-catalogue")
    assert (number(catalogue["Films"]), number(catalogue["Withdrawn since"])) == (held.films, held.withdrawn)

    opened(viewer, "viewers", "#who")
    viewer.page.locator("#who").fill(people[0].email)
    viewer.page.locator("#who").press("Enter")
    expect(viewer.page.locator("#op-places")).to_be_visible()
    told = viewer.page.locator("tbody tr").all_inner_texts()
    named = [re.sub(r"\s+\d{4}$", "", row.split("\t")[1]) for row in told]
    assert {film["title"] for film in pages[0]["films"]} <= set(named)
    assert any("GigaChat’s pick" in row for row in told)
    words = viewer.page.locator(".op-words")
    assert "Matrix" in (words.nth(0).text_content() or "") or "Матрица" in (words.nth(0).text_content() or "")
    assert "picks" in (words.nth(1).text_content() or "")
    assert number(figures(viewer, "#op-question")["Tokens"]) > 0
