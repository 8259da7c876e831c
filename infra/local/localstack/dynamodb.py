"""DynamoDB and its streams from moto, in LocalStack's own memory; as shipped it downloads a Java program for them.

A provider that implements nothing leaves every operation to the dispatcher's fallback, and that asks moto.
"""

from threading import RLock
from typing import Any

from localstack.aws.api.dynamodb import DynamodbApi
from localstack.aws.api.dynamodbstreams import DynamodbstreamsApi
from localstack.services.moto import MotoFallbackDispatcher, call_moto
from localstack.services.plugins import Service, aws_provider


class MotoStreams(DynamodbstreamsApi):
    """moto sends an empty image where AWS leaves it out, as in a stream of keys alone."""

    def get_records(self, context: Any, *_: object, **__: object) -> Any:
        """See the AWS API. The arguments are read again by moto, from the request itself."""
        answer = call_moto(context)
        for record in answer["Records"]:
            changed = record["dynamodb"]
            for image in [name for name in ("OldImage", "NewImage") if changed.get(name) == {}]:
                del changed[image]
        return answer


def one_at_a_time(provider: Any) -> Any:
    """A dispatch table whose handlers wait for each other: DynamoDB does each request as a whole; moto, called from
    several threads, lets two transactions write what only one of them may."""
    lock = RLock()

    def alone(handler: Any) -> Any:
        def handle(*given: Any) -> Any:
            with lock:
                return handler(*given)

        return handle

    return {operation: alone(handler) for operation, handler in MotoFallbackDispatcher(provider).items()}


@aws_provider(api="dynamodb", name="moto")
def dynamodb() -> Any:
    """The tables."""
    return Service.for_provider(DynamodbApi(), dispatch_table_factory=one_at_a_time)


@aws_provider(api="dynamodbstreams", name="moto")
def dynamodbstreams() -> Any:
    """Their streams."""
    return Service.for_provider(MotoStreams(), dispatch_table_factory=MotoFallbackDispatcher)
