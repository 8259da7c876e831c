"""Dead letters in SQS."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from chalicelib.errors import NotFoundError
from chalicelib.operator.dead_letters import DeadLetter, fifo_arguments

HELD_SECONDS = 30  # what is being looked at is out of sight for others that long, unless it is let go
AT_ONCE = 10  # ReceiveMessage brings no more


class SqsDeadLetters:
    """`DeadLetterQueues` of a stack. `urls` by name: the queue's and that of its dead letters."""

    def __init__(self, sqs: Any, urls: Mapping[str, tuple[str, str]]) -> None:
        self._sqs, self._urls = sqs, urls

    def look(self, queue: str, most: int) -> Sequence[DeadLetter]:
        """One or two requests, and one for each letter to let it go again."""
        _, dead = self._named(queue)
        found = list(self._received(dead, most))
        for message in found:
            self._sqs.change_message_visibility(
                QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )
        return [_letter(message) for message in found]

    def send_again(self, queue: str, most: int, now: datetime) -> int:
        """Two requests a letter, and one for ten of them."""
        to, dead = self._named(queue)
        sent = 0
        for message in self._received(dead, most):
            fifo = fifo_arguments(message["MessageId"], message["Attributes"].get("MessageGroupId"), now)
            self._sqs.send_message(QueueUrl=to, MessageBody=message["Body"], **fifo)
            self._sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
            sent += 1
        return sent

    def _named(self, queue: str) -> tuple[str, str]:
        if queue not in self._urls:
            raise NotFoundError("There is no such queue.")
        return self._urls[queue]

    def _received(self, url: str, most: int) -> Iterator[Any]:
        """Each once: one that shows up again has been let go by somebody else."""
        seen: set[str] = set()
        while len(seen) < most:
            got = self._sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=min(AT_ONCE, most - len(seen)),
                VisibilityTimeout=HELD_SECONDS,
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["reason"],
            ).get("Messages", [])
            fresh = [message for message in got if message["MessageId"] not in seen]
            if not fresh:
                return
            seen |= {message["MessageId"] for message in fresh}
            yield from fresh


def _letter(message: Mapping[str, Any]) -> DeadLetter:
    told = message.get("Attributes", {})
    reason = message.get("MessageAttributes", {}).get("reason", {}).get("StringValue", "")
    kind = re.match(r"[A-Za-z_.]+", reason)  # what follows may hold what the message held
    return DeadLetter(
        message_id=message["MessageId"],
        sent_at=datetime.fromtimestamp(int(told.get("SentTimestamp", 0)) / 1000, UTC),
        receives=int(told.get("ApproximateReceiveCount", 0)),
        reason=kind[0] if kind else None,
    )
