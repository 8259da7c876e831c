"""A text that the rules do not understand is answered by them at once and by the model's plan afterwards, for everybody
who types it, at one call; on the deployed package."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import boto3

from chalicelib.recommendations.adapters.store import DynamoRecommendationStore
from chalicelib.recommendations.llm.adapters.store import DynamoBudget
from chalicelib.recommendations.wishes.texts import subject_of
from tests.deployed import SCHEDULED, Stack, Viewer, wait_for


def test_rules_answer_at_once_and_the_models_plan_afterwards_at_one_call(
    stack: Stack, viewer: Viewer, new_viewer: Callable[..., Viewer]
) -> None:
    nonce = uuid4().hex[:8].translate(str.maketrans("0123456789", "ghijklmnop"))  # digits may be a telephone's
    text = f"Хочу поплакать над {nonce}, ничего после 1990"
    asked_before = stack.gigachat("GET", "/bill")["requests"]

    first = viewer.ok("POST", "v1/ask", {"text": text})
    assert first["source"] == "search"
    assert first["state"] in ("updating", "waiting")

    def better(of: Viewer, said: str) -> Any:
        found = of.ok("POST", "v1/ask", {"text": said})
        if found["state"] == "waiting":
            stack.invoke("Sweep", SCHEDULED)
        return found if found["source"] == "gigachat" else None

    planned = wait_for(lambda: better(viewer, text), 90)
    assert planned["state"] == "fresh"
    assert {("genre", "Drama"), ("year_to", 1990)} <= {(one["kind"], one["value"]) for one in planned["understood"]}
    assert planned["films"]
    assert all(film["year"] <= 1990 for film in planned["films"])

    second = new_viewer("en")
    shared = second.ok("POST", "v1/ask", {"text": f"  {text.upper()}"})
    assert (shared["source"], shared["understood"]) == ("gigachat", planned["understood"])

    store = DynamoRecommendationStore(stack.outputs["RecommendationsTable"], 12_288, 8)
    record = store.read(subject_of(text))
    assert record.raw is not None
    entry = DynamoBudget(stack.outputs["BudgetTable"], 10**6, 10**6).find_question(record.raw.question_key)
    assert entry is not None
    assert (entry.tries, entry.state, entry.tokens) == (1, "settled", record.raw.tokens)
    assert stack.gigachat("GET", "/bill")["requests"] > asked_before
    assert wait_for(lambda: store.read(subject_of(text)).state.asked_hash, 30), "it is ended for good"
    rows = boto3.client("dynamodb").query(
        TableName=stack.outputs["RecommendationsTable"],
        KeyConditionExpression="user_id = :subject",
        ExpressionAttributeValues={":subject": {"S": subject_of(text)}},
    )["Items"]
    assert all("expires_at" in row for row in rows), "all of it is forgotten"
    assert not [line for line in stack.log_lines() if nonce in line], "no log holds what a viewer types"


def test_what_the_rules_understand_asks_nobody(stack: Stack, viewer: Viewer) -> None:
    answer = viewer.ok("POST", "v1/ask", {"text": "комедия 80-х"})
    assert (answer["source"], answer["state"]) == ("search", "fresh")
    assert (
        DynamoRecommendationStore(stack.outputs["RecommendationsTable"], 12_288, 8)
        .texts.known_text(subject_of("комедия 80-х"))
        .state.version
        == 0
    )
