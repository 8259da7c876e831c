"""Queues, each with a dead-letter queue, from the declarations of the functions that they wake."""

from infra.deploy.declaration import STREAM_FAILURES, Queue
from infra.deploy.functions import FUNCTIONS

FOURTEEN_DAYS = 1_209_600


def queues() -> dict[str, object]:
    """Every queue of the stack by logical id."""
    made: dict[str, object] = {}
    for function in FUNCTIONS:
        if isinstance(function.source, Queue):
            made |= with_dead_letters(function.source, function.timeout_seconds)
    return made | {STREAM_FAILURES: {"Type": "AWS::SQS::Queue", "Properties": _kept(FOURTEEN_DAYS)}}


def with_dead_letters(queue: Queue, timeout_seconds: int) -> dict[str, object]:
    """The queue and the one for what it could not get done; `timeout_seconds` is the function's."""
    kind = {"FifoQueue": True} if queue.fifo else {}
    return {
        queue.dead_letters_id: {"Type": "AWS::SQS::Queue", "Properties": _kept(FOURTEEN_DAYS) | kind},
        queue.id: {
            "Type": "AWS::SQS::Queue",
            "Properties": _kept(4 * 86_400)
            | kind
            | {
                "VisibilityTimeout": queue.visibility_seconds or 6 * timeout_seconds,
                "RedrivePolicy": {
                    "deadLetterTargetArn": {"Fn::GetAtt": [queue.dead_letters_id, "Arn"]},
                    "maxReceiveCount": queue.receives,
                },
            },
        },
    }


def _kept(seconds: int) -> dict[str, object]:
    return {"MessageRetentionPeriod": seconds, "SqsManagedSseEnabled": True}
