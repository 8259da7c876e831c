"""What wakes the functions, as the template says it: emulators let much of it pass unnoticed.

What is asked here is asked of every function that the template holds, so that a new one is covered by being declared.
"""

import json
from typing import Any

import pytest

from infra.deploy.template import render

RENDERED: Any = render()
RESOURCES: dict[str, Any] = RENDERED["Resources"]
FUNCTIONS = {name: one["Properties"] for name, one in RESOURCES.items() if "LoggingConfig" in one.get("Properties", {})}


def event_of(function: str) -> dict[str, Any]:
    (event,) = FUNCTIONS[function]["Events"].values()
    properties: dict[str, Any] = event["Properties"]
    return properties


def woken_by(kind: str) -> dict[str, str]:
    """Functions with the stream's table or the queue that wakes them, by logical ids."""
    woken = {name: event_of(name) for name, one in FUNCTIONS.items() if "Events" in one}
    return {name: event[kind]["Fn::GetAtt"][0] for name, event in woken.items() if kind in event}


STREAMS = woken_by("Stream")
QUEUES = woken_by("Queue")


def test_each_step_is_woken_by_what_the_architecture_says() -> None:
    assert {"Plan": "FeedbackTable", "Erase": "AccountsTable"}.items() <= STREAMS.items()
    assert {"Rebuild": "RebuildQueue", "Ask": "AskQueue", "PurgeAgain": "ErasureQueue"}.items() <= QUEUES.items()
    assert len(set(QUEUES.values())) == len(QUEUES), "two functions would take each other's messages"
    assert (event_of("Sweep"), event_of("Learn")) == (
        {"Schedule": {"Ref": "SweepSchedule"}},
        {"Schedule": "rate(1 hour)"},
    )


@pytest.mark.parametrize(("function", "table"), STREAMS.items())
def test_failing_stream_batch_is_split_and_ends_in_a_queue_when_its_records_are_gone(function: str, table: str) -> None:
    event = event_of(function)
    assert event["Stream"] == {"Fn::GetAtt": [table, "StreamArn"]}
    assert event["StartingPosition"] == "TRIM_HORIZON"
    assert event["MaximumRetryAttempts"] == -1, "until the record is gone from the stream, after 24 hours"
    assert event["BisectBatchOnFunctionError"] is True
    assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    failures = event["DestinationConfig"]["OnFailure"]
    assert failures == {"Type": "SQS", "Destination": {"Fn::GetAtt": ["StreamFailures", "Arn"]}}
    assert "StreamSpecification" in RESOURCES[table]["Properties"]
    assert "StreamFailuresAlarm" in RESOURCES


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
    # What passes is waited for: no message dies of an outage of some minutes. Poison is buried by its handler.
    assert 8 <= redrive["maxReceiveCount"] <= 1_000, "SQS takes no more than 1,000"
    dead = RESOURCES[f"{queue}DeadLetters"]["Properties"]
    assert dead["MessageRetentionPeriod"] == 14 * 86_400
    assert dead["MessageRetentionPeriod"] > properties["MessageRetentionPeriod"]
    # SQS refuses a dead-letter queue of another kind.
    assert dead.get("FifoQueue") == properties.get("FifoQueue")
    # Lambda refuses a queue that shows a message again while its function may still be running.
    assert properties["VisibilityTimeout"] > FUNCTIONS[function]["Timeout"]
    assert f"{queue}DeadLettersAlarm" in RESOURCES


def test_operators_see_every_queue_and_function_without_a_list_of_their_own() -> None:
    board = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    waiting = {f"{queue}{suffix}" for queue in QUEUES.values() for suffix in ("", "DeadLetters")} | {"StreamFailures"}
    assert waiting <= set(RENDERED["Outputs"])  # `dead-letters` finds them there
    assert [name for name in waiting if f"${{{name}.QueueName}}" not in board] == []
    assert [name for name in FUNCTIONS if f"${{{name}}}" not in board] == []
    assert len(json.loads(board)["widgets"]) == 4


def test_erasure_wakes_for_new_tombstones_alone() -> None:
    (source,) = RESOURCES["Erase"]["Properties"]["Events"].values()
    (wanted,) = source["Properties"]["FilterCriteria"]["Filters"]
    assert json.loads(wanted["Pattern"])["dynamodb"]["Keys"]["pk"]["S"] == [{"prefix": "erased#"}]


def test_questions_are_in_lanes_and_rebuilds_are_not() -> None:
    fifo = {name for name, one in RESOURCES.items() if one.get("Properties", {}).get("FifoQueue")}
    assert {"AskQueue", "AskQueueDeadLetters"} <= fifo
    assert not {"RebuildQueue", "ErasureQueue"} & fifo  # deduplicating them would drop likes, and erasures
    # Deduplication ids are ours: by content they would depend on how a message is written.
    assert not [name for name in fifo if "ContentBasedDeduplication" in RESOURCES[name]["Properties"]]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_has_logs_that_end_and_a_timeout(function: str) -> None:
    properties = FUNCTIONS[function]
    assert 1 <= properties["Timeout"] <= 900
    assert properties["LoggingConfig"]["LogGroup"] == {"Ref": f"{function}Logs"}
    assert properties["LoggingConfig"]["ApplicationLogLevel"] == "INFO"  # sign-ins and outcomes are logged at that
    assert RESOURCES[f"{function}Logs"]["Properties"]["RetentionInDays"] == 30


def test_every_function_but_the_authorizer_raises_an_alarm_when_it_fails() -> None:
    expected = {f"{function}ErrorsAlarm" for function in FUNCTIONS} - {"AuthorizeErrorsAlarm"}
    assert {name for name in RESOURCES if name.endswith("ErrorsAlarm")} == expected
