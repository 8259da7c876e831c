"""The queue that second purges wait in."""

from typing import TYPE_CHECKING

import msgspec

from chalicelib.auth.erasure import PurgeAgain

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsErasureQueue:
    """A standard queue: a purge may run twice."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client, self._url = client, url

    def send(self, message: PurgeAgain, delay_seconds: int) -> None:
        body = msgspec.json.encode(message).decode()
        self._client.send_message(QueueUrl=self._url, MessageBody=body, DelaySeconds=delay_seconds)
