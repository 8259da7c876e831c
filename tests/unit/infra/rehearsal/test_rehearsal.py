"""What a rehearsal names. The whole command runs in `make check`; here its parts, on templates that are wrong."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.deploy.functions import FUNCTIONS
from infra.deploy.template import render
from infra.rehearsal import addresses, permissions
from infra.rehearsal.calls import Held, Need, needs_of
from infra.rehearsal.reach import Sources
from infra.rehearsal.resolve import Template

ROOT = Path(__file__).parent.parent.parent.parent.parent
SOURCES = Sources(ROOT)
DOCUMENT: Any = render()
FOR_ROLES = {one.id: one for one in FUNCTIONS}


def template(given: dict[str, str] | None = None, drop: tuple[str, str] = ("", ""), name: str = "") -> Template:
    """The rendered parts, with a `Type` where Chalice writes it. `drop` takes an action from a function's policy,
    `name` puts another in its place."""
    document = copy.deepcopy(DOCUMENT)
    for function in FOR_ROLES.values():
        document["Resources"][function.id] |= {"Type": "AWS::Serverless::Function"}
        document["Resources"][function.id]["Properties"]["Role"] = {"Fn::GetAtt": [function.role_id, "Arn"]}
        (policy,) = document["Resources"][function.role_id]["Properties"]["Policies"]
        if function.id == drop[0]:
            for statement in [one.get("Fn::If", ["", one])[1] for one in policy["PolicyDocument"]["Statement"]]:
                kept = [
                    name if one == drop[1] and name else one for one in statement["Action"] if one != drop[1] or name
                ]
                statement["Action"] = kept
    for role in (one.role_id for one in FUNCTIONS):
        document["Resources"][role]["Type"] = "AWS::IAM::Role"
    document["Resources"]["RestAPI"]["Type"] = "AWS::Serverless::Api"
    return Template(document, given or {})


def needs(function: str) -> list[Need]:
    """With nothing opened: which table is meant stays open, but the actions do not depend on that for clients."""
    handlers = {"Sweep": "chalicelib.recommendations.events.sweep", "Plan": "chalicelib.recommendations.events.plan"}
    known = template()
    store = "chalicelib.recommendations.adapters.store.DynamoRecommendationStore"
    queues = "chalicelib.recommendations.adapters.queues.SqsOutbox"
    environment = known.environment(function)
    table = {"table": environment["RECOMMENDATIONS_TABLE"], "attributes": {"stale": "stale"}}
    urls = {"rebuild_queue_url": environment["REBUILD_QUEUE_URL"], "ask_queue_url": environment["ASK_QUEUE_URL"]}
    ledger = "chalicelib.recommendations.llm.adapters.store.DynamoBudget"
    budget = {"table": environment["BUDGET_TABLE"], "attributes": {}}
    feedback = "chalicelib.feedback.adapters.store.DynamoFeedbackStore"
    said = {"table": environment["FEEDBACK_TABLE"], "attributes": {}}
    opened: dict[str, Any] = {
        store: [{"items": table}],
        feedback: [{"items": said}],
        queues: [urls],
        ledger: [{"_items": budget}],
    }
    held = Held(opened, environment)
    return needs_of(SOURCES.reached_from(handlers[function]), held)


def test_the_policies_are_right_as_they_are() -> None:
    known = template()
    assert list(permissions.problems_of(known, "Sweep", needs("Sweep"))) == []
    assert list(permissions.problems_of(known, "Plan", needs("Plan"))) == []


def granted(function: str) -> Iterator[str]:
    for actions, _ in template().statements(function):
        yield from actions


@pytest.mark.parametrize(("function", "action"), [(f, a) for f in ("Sweep", "Plan") for a in dict.fromkeys(granted(f))])
def test_an_action_is_named_when_it_is_taken_away(function: str, action: str) -> None:
    (problem, *_) = permissions.problems_of(template(drop=(function, action)), function, needs(function))
    assert f"{function}: its policy lacks {action}" in problem


def test_an_action_is_named_when_it_is_misspelt() -> None:
    wrong = template(drop=("Sweep", "sqs:SendMessage"), name="sqs:SendMessages")
    said = list(permissions.problems_of(wrong, "Sweep", needs("Sweep")))
    assert "Sweep: its policy names sqs:SendMessages, which is no IAM action" in said


def test_an_action_is_named_when_nothing_asks_for_it() -> None:
    """The index is what the sweep queries and items are what it writes; the table itself it does neither with."""
    known = template()
    (policy,) = known.resources["SweepRole"]["Properties"]["Policies"]
    table = {"Fn::GetAtt": ["RecommendationsTable", "Arn"]}
    policy["PolicyDocument"]["Statement"].append(
        {"Action": ["dynamodb:Query", "dynamodb:DeleteItem"], "Resource": table}
    )
    assert list(permissions.problems_of(known, "Sweep", needs("Sweep"))) == [
        f"Sweep: its policy grants dynamodb:{action} on RecommendationsTable, which nothing asks for"
        for action in ("Query", "DeleteItem")
    ]


def test_an_action_is_named_when_another_statement_grants_it_too() -> None:
    known = template()
    (policy,) = known.resources["PlanRole"]["Properties"]["Policies"]
    policy["PolicyDocument"]["Statement"].append({"Action": ["sqs:SendMessage"], "Resource": "*"})
    assert "Plan: its policy grants sqs:SendMessage on *, which nothing asks for" in list(
        permissions.problems_of(known, "Plan", needs("Plan"))
    )


def needs_by_source(handler: str, by_class: dict[str, list[Any]]) -> set[tuple[str, str]]:
    known = template()
    held = Held(by_class, known.environment("Rebuild"))
    return {(one.action, known.logical_id(one.on)) for one in needs_of(SOURCES.reached_from(handler), held)}


def test_a_handler_that_buries_messages_sends_to_the_dead_letters_of_its_own_queue() -> None:
    """The address comes by way of two functions and a text put together."""
    found = needs_by_source("chalicelib.recommendations.events.rebuild", {})
    assert ("sqs:SendMessage", "RebuildQueueDeadLetters") in found
    assert ("sqs:ChangeMessageVisibility", "RebuildQueue") in found
    assert ("sqs:SendMessage", "AskQueueDeadLetters") not in found


def test_a_batch_is_written_to_the_table_of_its_model() -> None:
    """And deleting in it is no deletion of single items."""
    store = "chalicelib.feedback.adapters.store.DynamoFeedbackStore"
    held = {store: [{"items": {"table": "kinosovet-FeedbackTable", "attributes": {}}}]}
    found = needs_by_source("chalicelib.auth.events.erase", held)
    assert ("dynamodb:BatchWriteItem", "FeedbackTable") in found
    assert ("dynamodb:DeleteItem", "FeedbackTable") not in found


@pytest.mark.parametrize("action", ["sqs:SendMessageBatch", "dynamodb:TransactWriteItems", "s3:HeadObject"])
def test_an_operation_that_is_no_action_is_named(action: str) -> None:
    wrong = template(drop=("Plan", "sqs:SendMessage"), name=action)
    assert f"Plan: its policy names {action}, which is no IAM action" in list(
        permissions.problems_of(wrong, "Plan", [])
    )


def test_the_index_that_is_asked_is_what_the_policy_has_to_name() -> None:
    assert Need("dynamodb:Query", "kinosovet-RecommendationsTable/index/stale", "x")[:2] in [
        one[:2] for one in needs("Sweep")
    ]


def test_a_paged_scan_is_a_scan() -> None:
    units = SOURCES.reached_from("chalicelib.recommendations.events.learn")
    assert "dynamodb:Scan" in {one.action for one in needs_of(units, Held({}, {}))}


def test_nothing_is_wrong_with_the_defaults() -> None:
    assert list(addresses.problems_of_environment(template())) == []
    assert list(addresses.problems_of_parameters(template())) == []


def test_an_empty_address_is_named_with_its_parameter() -> None:
    (problem,) = addresses.problems_of_environment(template({"GigachatBaseUrl": ""}))
    assert problem == "the variable LLM_BASE_URL is empty (parameter GigachatBaseUrl)"


def test_an_unknown_parameter_is_named() -> None:
    (problem,) = addresses.problems_of_parameters(template({"Gigachat": "1"}))
    assert problem.startswith("the template has no parameter Gigachat; it has ")


@pytest.mark.parametrize(
    "name", ["GIGACHAT_BASE_URL", "AWS_ENDPOINT_URL_S3", "HTTPS_PROXY", "no_proxy", "SSL_CERT_FILE"]
)
def test_a_variable_that_a_library_reads_by_itself_is_named(name: str) -> None:
    known = template()
    known.resources["Ask"]["Properties"]["Environment"] = {"Variables": {name: "https://example.com"}}
    (problem,) = addresses.problems_of_environment(known)
    assert name in problem


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:4566/",
        "https://localhost:9200",
        "http://[::1]/",
        "",
        "v1",
        "https://a.localhost.localstack.cloud/",
    ],
)
def test_an_address_that_no_deployed_function_may_call_is_named(url: str) -> None:
    assert len(list(addresses.problems_of_urls("Ask", [url]))) == 1


def test_the_services_own_addresses_are_fine() -> None:
    urls = [
        "https://api.giga.chat/v1",
        "https://sqs.eu-central-1.amazonaws.com/1/q",
        "https://ngw.devices.sberbank.ru:9443/api",
    ]
    assert list(addresses.problems_of_urls("Ask", urls)) == []
