"""What wakes the functions, as the template says it: emulators let much of it pass unnoticed."""

import json
from typing import Any

import pytest

from infra.deploy.template import render
from infra.deploy.template.functions import RESOURCE_OF, TIMEOUT_SECONDS

RESOURCES: dict[str, Any] = render()["Resources"]  # type: ignore[assignment]
STREAMS = {"Plan": "FeedbackTable", "Erase": "AccountsTable"}
QUEUES = {"Rebuild": "RebuildQueue", "Ask": "AskQueue", "PurgeAgain": "ErasureQueue"}
NAME_OF = {resource: name for name, resource in RESOURCE_OF.items()}


def event_of(function: str) -> dict[str, Any]:
    (event,) = RESOURCES[function]["Properties"]["Events"].values()
    properties: dict[str, Any] = event["Properties"]
    return properties


@pytest.mark.parametrize(("function", "table"), STREAMS.items())
def test_failing_stream_batch_is_split_and_ends_in_a_queue_when_retries_are_used_up(function: str, table: str) -> None:
    event = event_of(function)
    assert event["Stream"] == {"Fn::GetAtt": [table, "StreamArn"]}
    assert event["StartingPosition"] == "TRIM_HORIZON"
    assert 1 <= event["MaximumRetryAttempts"] <= 100
    assert event["BisectBatchOnFunctionError"] is True
    assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    failures = event["DestinationConfig"]["OnFailure"]
    assert failures == {"Type": "SQS", "Destination": {"Fn::GetAtt": ["StreamFailures", "Arn"]}}
    assert "StreamSpecification" in RESOURCES[table]["Properties"]


@pytest.mark.parametrize(("function", "queue"), QUEUES.items())
def test_failed_messages_alone_come_again_when_a_batch_fails_in_part(function: str, queue: str) -> None:
    event = event_of(function)
    assert event["Queue"] == {"Fn::GetAtt": [queue, "Arn"]}
    assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize(("function", "queue"), QUEUES.items())
def test_message_ends_in_a_dead_letter_queue_of_its_own_when_it_keeps_failing(function: str, queue: str) -> None:
    properties = RESOURCES[queue]["Properties"]
    redrive = properties["RedrivePolicy"]
    assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": [f"{queue}DeadLetters", "Arn"]}
    assert 2 <= redrive["maxReceiveCount"] <= 10
    dead = RESOURCES[f"{queue}DeadLetters"]["Properties"]
    assert dead["MessageRetentionPeriod"] == 14 * 86_400
    assert dead["MessageRetentionPeriod"] > properties["MessageRetentionPeriod"]
    # Lambda refuses a queue that shows a message again while its function may still be running.
    assert properties["VisibilityTimeout"] > TIMEOUT_SECONDS[NAME_OF[function]]
    assert f"{queue}DeadLettersAlarm" in RESOURCES


def test_erasure_wakes_for_new_tombstones_alone() -> None:
    (source,) = RESOURCES["Erase"]["Properties"]["Events"].values()
    (wanted,) = source["Properties"]["FilterCriteria"]["Filters"]
    assert json.loads(wanted["Pattern"])["dynamodb"]["Keys"]["pk"]["S"] == [{"prefix": "erased#"}]


def test_only_questions_are_in_lanes_and_their_dead_letters_too() -> None:
    fifo = {name for name, one in RESOURCES.items() if one.get("Properties", {}).get("FifoQueue")}
    assert fifo == {"AskQueue", "AskQueueDeadLetters"}
    # Deduplication ids are ours: by content it would depend on how a message is written.
    assert "ContentBasedDeduplication" not in RESOURCES["AskQueue"]["Properties"]


def test_every_function_has_logs_that_end_and_a_timeout() -> None:
    assert set(RESOURCE_OF) == set(TIMEOUT_SECONDS)
    for resource in RESOURCE_OF.values():
        properties = RESOURCES[resource]["Properties"]
        assert properties["LoggingConfig"]["LogGroup"] == {"Ref": f"{resource}Logs"}
        assert properties["LoggingConfig"]["ApplicationLogLevel"] == "INFO"  # sign-ins and outcomes are logged at that
        assert RESOURCES[f"{resource}Logs"]["Properties"]["RetentionInDays"] == 30


def test_every_function_but_the_authorizer_raises_an_alarm_when_it_fails() -> None:
    expected = {f"{resource}ErrorsAlarm" for resource in RESOURCE_OF.values()} - {"AuthorizeErrorsAlarm"}
    assert {name for name in RESOURCES if name.endswith("ErrorsAlarm")} == expected
