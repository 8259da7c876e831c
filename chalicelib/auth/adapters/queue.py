"""The queues that second purges and wishes for letters wait in."""

from typing import TYPE_CHECKING

import msgspec

from chalicelib.auth.leaving.erasure import PurgeAgain
from chalicelib.auth.letters.port import LetterWanted

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsErasureQueue:
    """A standard queue: a purge may run twice."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client, self._url = client, url

    def send(self, message: PurgeAgain, delay_seconds: int) -> None:
        body = msgspec.json.encode(message).decode()
        self._client.send_message(QueueUrl=self._url, MessageBody=body, DelaySeconds=delay_seconds)


class SqsLetterQueue:
    """A standard queue: a letter may come twice."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client, self._url = client, url

    def send(self, message: LetterWanted) -> None:
        self._client.send_message(QueueUrl=self._url, MessageBody=msgspec.json.encode(message).decode())
