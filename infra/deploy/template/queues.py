"""Queues, each with a dead-letter queue; visibility is six times the function's time-out, as Lambda's guide asks:
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"""

from infra.deploy.template.functions import TIMEOUT_SECONDS

FOURTEEN_DAYS = 1_209_600


def queues() -> dict[str, object]:
    """Every queue of the stack by logical id."""
    return {
        **_with_dead_letters("RebuildQueue", 6 * TIMEOUT_SECONDS["rebuild"], receives=5),
        # A retryable model fault ends its message and marks the user stale, so a second delivery means a crash.
        # Six times would be right for a queue that Lambda throttles; here it would keep a whole lane waiting when a
        # worker is killed, and lanes are what keeps Lambda from being throttled.
        **_with_dead_letters("AskQueue", TIMEOUT_SECONDS["ask"] + 30, receives=3, fifo=True),
        **_with_dead_letters("ErasureQueue", 6 * TIMEOUT_SECONDS["purge_again"], receives=10),
        # Where Lambda puts the position of stream records that it gave up on.
        "StreamFailures": {"Type": "AWS::SQS::Queue", "Properties": _kept(FOURTEEN_DAYS)},
    }


def _with_dead_letters(name: str, visibility_seconds: int, receives: int, fifo: bool = False) -> dict[str, object]:
    kind = {"FifoQueue": True} if fifo else {}
    dead = f"{name}DeadLetters"
    return {
        dead: {"Type": "AWS::SQS::Queue", "Properties": _kept(FOURTEEN_DAYS) | kind},
        name: {
            "Type": "AWS::SQS::Queue",
            "Properties": _kept(4 * 86_400)
            | kind
            | {
                "VisibilityTimeout": visibility_seconds,
                "RedrivePolicy": {
                    "deadLetterTargetArn": {"Fn::GetAtt": [dead, "Arn"]},
                    "maxReceiveCount": receives,
                },
            },
        },
    }


def _kept(seconds: int) -> dict[str, object]:
    return {"MessageRetentionPeriod": seconds, "SqsManagedSseEnabled": True}
