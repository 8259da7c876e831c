"""What the lanes rely on of SQS: groups, deduplication, and that a refused message is never lost in silence."""

from collections.abc import Iterator
from typing import Any

import boto3
import msgspec
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from chalicelib.recommendations.adapters.queues import AT_ONCE, MessageNotSentError, SqsOutbox
from chalicelib.recommendations.messages import Ask, Rebuild
from tests.aws import nobodys_account
from tests.factories import NOW

LANES = 3


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    nobodys_account(monkeypatch)
    with mock_aws():
        yield boto3.client("sqs")


@pytest.fixture
def outbox(sqs: Any) -> SqsOutbox:
    rebuild = sqs.create_queue(QueueName="rebuild")["QueueUrl"]
    ask = sqs.create_queue(QueueName="ask.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    return SqsOutbox(sqs, rebuild, ask, LANES)


class RefusingSqs:
    """Takes each batch but refuses its last message, as SQS does: in an answer that is no error."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: ARG002, N803
        self.batches.append(len(Entries))
        return {"Successful": Entries[:-1], "Failed": [{"Id": Entries[-1]["Id"], "Code": "InternalError"}]}


class TakingSqs:
    """Takes everything."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: ARG002, N803
        self.entries += Entries
        return {"Successful": Entries}


def received(sqs: Any, queue_url: str, *, done: bool = False) -> list[Any]:
    """All that can be had now; when `done`, each batch is deleted, so that its lanes go on."""
    messages: list[Any] = []
    while batch := sqs.receive_message(
        QueueUrl=queue_url, MaxNumberOfMessages=10, VisibilityTimeout=600, MessageSystemAttributeNames=["All"]
    ).get("Messages"):
        messages += batch
        for one in batch if done else ():
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=one["ReceiptHandle"])
    return messages


def rebuilds(count: int) -> list[Rebuild]:
    return [Rebuild(user_id=f"user {number}", changed_at=NOW) for number in range(count)]


def question(user_id: str, taste_hash: str = "taste", window: int = 1) -> Ask:
    return Ask(user_id=user_id, taste_hash=taste_hash, window=window)


def test_every_message_arrives_as_it_was_when_there_are_more_than_a_batch_holds(sqs: Any, outbox: SqsOutbox) -> None:
    sent = rebuilds(2 * AT_ONCE + 3)
    outbox.send_rebuilds(sent)
    got = [msgspec.json.decode(one["Body"], type=Rebuild) for one in received(sqs, outbox.rebuild_queue_url)]
    assert sorted(got, key=lambda one: one.user_id) == sorted(sent, key=lambda one: one.user_id)


@pytest.mark.parametrize("seconds", [0, 600])
def test_messages_come_when_their_delay_is_over_and_as_they_were(seconds: int) -> None:
    sqs = TakingSqs()
    SqsOutbox(sqs, "rebuild", "ask", LANES).send_rebuilds(rebuilds(2), seconds)  # type: ignore[arg-type]
    assert [msgspec.json.decode(one["MessageBody"], type=Rebuild) for one in sqs.entries] == rebuilds(2)
    assert {one.get("DelaySeconds", 0) for one in sqs.entries} == {seconds}


def test_the_sender_is_told_when_sqs_refuses_a_message_of_a_batch() -> None:
    refusing = RefusingSqs()
    outbox = SqsOutbox(refusing, "rebuild", "ask", LANES)  # type: ignore[arg-type]
    with pytest.raises(MessageNotSentError, match="1 of 2"):
        outbox.send_rebuilds(rebuilds(2))
    with pytest.raises(MessageNotSentError, match="1 of 1"):
        outbox.send_asks([question("user")])
    assert refusing.batches == [2, 1]


def test_later_batches_wait_when_an_earlier_one_was_refused() -> None:
    refusing = RefusingSqs()
    with pytest.raises(MessageNotSentError):
        SqsOutbox(refusing, "rebuild", "ask", LANES).send_rebuilds(rebuilds(25))  # type: ignore[arg-type]
    assert refusing.batches == [AT_ONCE], "the whole delivery is repeated, so the rest would only be sent twice"


def test_a_user_stays_in_one_lane_and_all_lanes_are_used_when_many_ask(sqs: Any, outbox: SqsOutbox) -> None:
    outbox.send_asks([question(f"user {number}") for number in range(30)])
    got = received(sqs, outbox.ask_queue_url, done=True)
    lanes = {msgspec.json.decode(one["Body"], type=Ask).user_id: one["Attributes"]["MessageGroupId"] for one in got}
    assert lanes == {f"user {number}": question(f"user {number}").lane(LANES) for number in range(30)}
    assert set(lanes.values()) == {f"lane-{number}" for number in range(LANES)}


def test_one_question_is_queued_when_it_is_sent_twice(sqs: Any, outbox: SqsOutbox) -> None:
    outbox.send_asks([question("user")])
    outbox.send_asks([question("user")])
    assert len(received(sqs, outbox.ask_queue_url)) == 1


@pytest.mark.parametrize("other", [question("user", taste_hash="newer"), question("user", window=2), question("other")])
def test_both_are_queued_when_taste_window_or_user_differ(sqs: Any, outbox: SqsOutbox, other: Ask) -> None:
    outbox.send_asks([question("user"), other])
    assert len({one["Body"] for one in received(sqs, outbox.ask_queue_url)}) == 2


def test_a_failed_message_comes_again_at_once_when_its_rest_is_shortened(sqs: Any, outbox: SqsOutbox) -> None:
    outbox.send_rebuilds(rebuilds(1))
    (first,) = received(sqs, outbox.rebuild_queue_url)
    assert received(sqs, outbox.rebuild_queue_url) == []
    outbox.deliver_again_in(outbox.rebuild_queue_url, first["ReceiptHandle"], 0)
    assert [one["MessageId"] for one in received(sqs, outbox.rebuild_queue_url)] == [first["MessageId"]]


def test_nothing_happens_when_the_failed_message_is_gone(sqs: Any, outbox: SqsOutbox) -> None:
    outbox.send_rebuilds(rebuilds(1))
    (first,) = received(sqs, outbox.rebuild_queue_url)
    sqs.delete_queue(QueueUrl=outbox.rebuild_queue_url)
    outbox.deliver_again_in(outbox.rebuild_queue_url, first["ReceiptHandle"], 5)


def test_nothing_happens_when_the_network_to_sqs_is_away() -> None:
    class Unreachable:
        def change_message_visibility(self, **_: Any) -> None:
            raise EndpointConnectionError(endpoint_url="https://sqs")

    outbox = SqsOutbox(Unreachable(), "rebuild", "ask", LANES)  # type: ignore[arg-type]
    outbox.deliver_again_in("rebuild", "receipt", 5)
