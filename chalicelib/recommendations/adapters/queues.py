"""Sends messages through SQS."""

import hashlib
import logging
from collections.abc import Sequence
from itertools import batched
from typing import TYPE_CHECKING, Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import UnavailableError
from chalicelib.recommendations.messages import Ask, Rebuild

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

log = logging.getLogger(__name__)

REASON_CHARACTERS_MAX = 1_000
AT_ONCE = 10  # SendMessageBatch takes no more


class MessageNotSentError(UnavailableError):
    """SQS refused some messages of a batch; the caller's own delivery is repeated."""


class SqsOutbox:
    """`Outbox` on two queues."""

    def __init__(self, sqs: "SQSClient", rebuild_queue_url: str, ask_queue_url: str, lanes: int) -> None:
        self.sqs = sqs
        self.rebuild_queue_url = rebuild_queue_url
        self.ask_queue_url = ask_queue_url
        self.lanes = lanes

    def send_rebuilds(self, messages: Sequence[Rebuild], delay_seconds: int = 0) -> None:
        """One request for ten messages."""
        entries: list[dict[str, Any]] = [{"MessageBody": msgspec.json.encode(one).decode()} for one in messages]
        if delay_seconds:
            entries = [entry | {"DelaySeconds": delay_seconds} for entry in entries]
        self._send(self.rebuild_queue_url, entries)

    def send_asks(self, messages: Sequence[Ask]) -> None:
        """One request for ten messages, each in its user's lane."""
        entries = [
            {
                "MessageBody": msgspec.json.encode(one).decode(),
                "MessageGroupId": one.lane(self.lanes),
                "MessageDeduplicationId": one.deduplication_id(),
            }
            for one in messages
        ]
        self._send(self.ask_queue_url, entries)

    def bury(self, dead_letters_url: str, body: str, reason: str) -> None:
        """One request. A FIFO queue gets a group for each: dead letters wait for nobody."""
        once = hashlib.sha256(body.encode()).hexdigest()
        fifo = {"MessageGroupId": once, "MessageDeduplicationId": once} if dead_letters_url.endswith(".fifo") else {}
        told: Any = {"reason": {"DataType": "String", "StringValue": reason[:REASON_CHARACTERS_MAX] or "?"}}
        self.sqs.send_message(QueueUrl=dead_letters_url, MessageBody=body, MessageAttributes=told, **fifo)  # type: ignore[arg-type]

    def deliver_again_in(self, queue_url: str, receipt: str, seconds: int) -> None:
        """One request; a message that is gone meanwhile is nobody's loss."""
        try:
            self.sqs.change_message_visibility(QueueUrl=queue_url, ReceiptHandle=receipt, VisibilityTimeout=seconds)
        except (ClientError, BotoCoreError):  # refused, or the network is away
            log.exception("could not shorten the rest of a failed message")

    def _send(self, queue_url: str, entries: list[dict[str, Any]]) -> None:
        for batch in batched(entries, AT_ONCE, strict=False):
            numbered: list[Any] = [entry | {"Id": str(number)} for number, entry in enumerate(batch)]
            answer = self.sqs.send_message_batch(QueueUrl=queue_url, Entries=numbered)
            if answer.get("Failed"):
                raise MessageNotSentError(f"{len(answer['Failed'])} of {len(numbered)} messages were refused")
