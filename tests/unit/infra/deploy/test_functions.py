"""A declaration is all that a function costs: what is rendered from it, and what happens when one is forgotten."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from chalice.app import DynamoDBEventConfig, ScheduledEventConfig, SQSEventConfig

from app import app
from infra.deploy.declaration import (
    STREAM_FAILURES,
    Authorizer,
    Function,
    Http,
    Queue,
    Schedule,
    Source,
    Stream,
    sends,
    tends,
)
from infra.deploy.functions import FUNCTIONS, QUEUES
from infra.deploy.grants import EVERYTHING, FEEDBACK, reads
from infra.deploy.template import render
from infra.deploy.template.functions import function_globals, function_properties
from infra.deploy.template.parameters import conditions, parameters
from infra.deploy.template.policies import policy
from infra.deploy.template.queues import with_dead_letters
from infra.local.ministack.host import CONCURRENT_EXECUTIONS
from infra.operator import dead_letters

ROOT = Path(__file__).parent.parent.parent.parent.parent
RESOURCES: Any = render()["Resources"]
KIND_OF: dict[type, type] = {DynamoDBEventConfig: Stream, SQSEventConfig: Queue, ScheduledEventConfig: Schedule}
NOTES = Queue(name="notes", receives=4, batch=5)
WRITE_NOTES = Function(
    name="write_notes", source=NOTES, timeout_seconds=20, memory_mb=256, may=[reads(FEEDBACK, "GetItem")]
)


def test_every_handler_is_declared_and_woken_by_what_its_decorator_says() -> None:
    woken: dict[str, type[Source]] = {one.name: KIND_OF[type(one)] for one in app.event_sources}
    woken |= dict.fromkeys((one.name for one in app.builtin_auth_handlers), Authorizer)
    assert {one.name: type(one.source) for one in FUNCTIONS} == woken | {"api": Http}


def test_no_decorator_says_what_the_declaration_says() -> None:
    """It would be overridden without a word."""
    for path in (ROOT / "chalicelib").rglob("events.py"):
        for decorator in re.findall(r"@bp\.(?:on_|schedule).*", path.read_text()):
            assert re.fullmatch(r"@bp\.\w+\((?:\w+=)?PLACEHOLDER, name=\"\w+\"\)", decorator), decorator


def test_every_queue_that_the_code_names_is_declared() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "chalicelib").rglob("*.py"))
    named = set(re.findall(r'queue_url\("(\w+)"\)', sources))
    assert {"rebuild", "ask", "erasure"} <= named <= {queue.name for queue in QUEUES}


def test_every_functions_environment_names_every_queue() -> None:
    variables: Any = msgspec.to_builtins(function_globals())
    for queue in QUEUES:
        assert variables["Environment"]["Variables"][f"{queue.name.upper()}_QUEUE_URL"] == {"Ref": queue.id}


def test_dead_letters_of_every_queue_are_shown() -> None:
    assert (*(queue.id for queue in QUEUES), STREAM_FAILURES) == dead_letters.QUEUES


def test_queue_rests_six_times_the_functions_timeout_when_nothing_else_is_said() -> None:
    made: Any = with_dead_letters(NOTES, WRITE_NOTES.timeout_seconds)
    assert set(made) == {"NotesQueue", "NotesQueueDeadLetters"}
    assert made["NotesQueue"]["Properties"]["VisibilityTimeout"] == 120
    assert made["NotesQueue"]["Properties"]["RedrivePolicy"]["maxReceiveCount"] == 4
    patient = msgspec.structs.replace(NOTES, visibility_seconds=50)
    assert with_dead_letters(patient, 20)["NotesQueue"]["Properties"]["VisibilityTimeout"] == 50  # type: ignore[index]


def test_limits_are_in_the_template_when_they_are_declared() -> None:
    plain: Any = function_properties(WRITE_NOTES)
    assert (plain["Timeout"], plain["MemorySize"]) == (20, 256)
    reserved = {"Fn::If": ["WriteNotesReserved", {"Ref": "WriteNotesReserved"}, {"Ref": "AWS::NoValue"}]}
    assert plain["ReservedConcurrentExecutions"] == reserved
    assert plain["Events"]["WriteNotesSqsEventSource"]["Properties"]["BatchSize"] == 5
    assert "ScalingConfig" not in plain["Events"]["WriteNotesSqsEventSource"]["Properties"]
    busy = msgspec.structs.replace(NOTES, functions_at_once_max=2)
    bounded: Any = function_properties(msgspec.structs.replace(WRITE_NOTES, source=busy))
    scaling = bounded["Events"]["WriteNotesSqsEventSource"]["Properties"]["ScalingConfig"]
    assert scaling == {"MaximumConcurrency": {"Ref": "WriteNotesAtOnce"}}


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_an_operator_says_how_many_run_at_once_and_a_new_account_is_asked_for_none(function: Function) -> None:
    known: Any = parameters()
    assert (known[function.reserved_parameter]["Default"], known[function.reserved_parameter]["MinValue"]) == (0, 0)
    condition = {"Fn::Not": [{"Fn::Equals": [{"Ref": function.reserved_parameter}, 0]}]}
    assert conditions()[function.reserved_parameter] == condition
    if isinstance(function.source, Queue) and not function.source.fifo:
        bound = known[function.at_once_parameter]
        assert bound["Default"] >= bound["MinValue"] == 2
    else:  # lanes bound the one that is FIFO, shards and the clock the others
        assert function.at_once_parameter not in known


def test_a_burst_of_likes_leaves_executions_of_a_new_account_to_sign_in() -> None:
    known: Any = parameters()
    taken = known["RebuildAtOnce"]["Default"] + known["GigachatParallel"]["Default"] + 1  # and the stream's
    assert CONCURRENT_EXECUTIONS - taken >= 5


@pytest.mark.parametrize("queue", QUEUES, ids=lambda queue: queue.name)
def test_no_queue_asks_for_fewer_functions_than_lambda_takes(queue: Queue) -> None:
    assert queue.functions_at_once_max is None or queue.functions_at_once_max >= 2


def test_function_may_do_what_its_declaration_says_and_nothing_else() -> None:
    assert statements(WRITE_NOTES) == [
        (["logs:CreateLogStream", "logs:PutLogEvents"], {"Fn::GetAtt": ["WriteNotesLogs", "Arn"]}),
        (
            ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
            {"Fn::GetAtt": ["NotesQueue", "Arn"]},
        ),
        (["dynamodb:GetItem"], {"Fn::GetAtt": ["FeedbackTable", "Arn"]}),
    ]


def test_handler_that_tends_its_queue_may_postpone_and_bury_messages() -> None:
    *_, postponed, buried = statements(msgspec.structs.replace(WRITE_NOTES, may=[tends(NOTES)]))
    assert "sqs:ChangeMessageVisibility" in postponed[0]
    assert postponed[1] == {"Fn::GetAtt": ["NotesQueue", "Arn"]}
    assert buried == (["sqs:SendMessage"], {"Fn::GetAtt": ["NotesQueueDeadLetters", "Arn"]})


def test_actions_on_one_resource_are_one_statement_when_several_grants_name_it() -> None:
    function = msgspec.structs.replace(
        WRITE_NOTES,
        source=Schedule("rate(1 day)"),
        may=[reads(FEEDBACK, "Query"), sends(NOTES), reads(FEEDBACK, "Query", "GetItem")],
    )
    _, feedback, _ = statements(function)
    assert feedback == (["dynamodb:Query", "dynamodb:GetItem"], {"Fn::GetAtt": ["FeedbackTable", "Arn"]})


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_policy_names_whole_actions_on_resources_of_the_stack(function: Function) -> None:
    for actions, resource in statements(function):
        assert actions
        assert not [action for action in actions if "*" in action]
        if resource == EVERYTHING:
            # IAM grants these on * alone, or on what has no name before it is there.
            assert all(
                one in ("dynamodb:ListStreams", "cloudwatch:GetMetricData")
                or re.match("ec2:.*(Interface|Subnets|Addresses)", one)
                for one in actions
            )
            continue
        for one in resource if isinstance(resource, list) else [resource]:
            named = {one["Fn::GetAtt"][0]} if "Fn::GetAtt" in one else set(re.findall(r"\$\{(\w+)[.}]", one["Fn::Sub"]))
            assert named <= {*RESOURCES, "CatalogDomain", "MailIdentity"}, one
            assert named or "*" not in json.dumps(one), one


def test_function_may_do_nothing_when_its_declaration_is_forgotten() -> None:
    """Chalice gives it this policy; nothing replaces it then."""
    config = json.loads((ROOT / ".chalice/config.json").read_text())["stages"]["api"]
    assert (config["autogen_policy"], config["iam_policy_file"]) == (False, "policy.json")
    assert json.loads((ROOT / ".chalice/policy.json").read_text())["Statement"] == []


def statements(function: Function) -> list[tuple[list[str], Any]]:
    document: Any = policy(function)
    made = [one["Fn::If"][1] if "Fn::If" in one else one for one in document["Statement"]]
    assert {one["Effect"] for one in made} == {"Allow"}
    return [(one["Action"], one["Resource"]) for one in made]
