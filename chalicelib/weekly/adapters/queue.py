"""The queue of an issue."""

from collections.abc import Sequence
from itertools import batched
from typing import TYPE_CHECKING

import msgspec

from chalicelib.errors import UnavailableError
from chalicelib.weekly.model import Due

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

AT_ONCE = 10  # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html


class SqsDueQueue:
    """A standard queue: a message may come twice."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client, self._url = client, url

    def send(self, due: Sequence[Due]) -> None:
        for some in batched(due, AT_ONCE, strict=False):
            entries = [
                {"Id": str(place), "MessageBody": msgspec.json.encode(one).decode()} for place, one in enumerate(some)
            ]
            answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)  # type: ignore[arg-type]
            if refused := answer.get("Failed"):
                raise UnavailableError(f"{len(refused)} messages were not taken: {refused[0].get('Code')}")
