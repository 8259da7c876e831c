"""The queue of what was told."""

from typing import TYPE_CHECKING

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import UnavailableError
from chalicelib.outcomes.model import ToldBatch

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsTelling:
    """`Telling` on a standard queue: a message may come twice, and is counted once."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client, self._url = client, url

    def tell(self, batch: ToldBatch) -> None:
        """One request: 64 KB of it cost as much as one byte, a hundred events are some 12 KB."""
        try:
            self._client.send_message(QueueUrl=self._url, MessageBody=msgspec.json.encode(batch).decode())
        except (ClientError, BotoCoreError) as error:
            raise UnavailableError("What was told could not be taken. Tell it again soon.") from error
