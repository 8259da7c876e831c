"""What the fault tests look at besides HTTP: the ledger, the stand-in's books, the queues."""

from collections.abc import Iterator
from typing import Any

import boto3
import msgspec
import pytest

from chalicelib.recommendations.messages import Ask
from tests.deployed import Stack, Viewer, wait_for

QUEUES = ("RebuildQueue", "AskQueue")
SETTLED_SECONDS = 300.0  # a message that has failed often rests for up to four minutes
VISIBILITY_SECONDS = 15  # instead of 90: a dead worker's message comes back sooner, and the test is over sooner


class Trouble:
    """The deployed stack while GigaChat is in trouble."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    def bill(self) -> dict[str, Any]:
        bill: dict[str, Any] = self.stack.gigachat("GET", "bill")
        return bill

    def start(self, kind: str, count: int | None = None, **more: Any) -> None:
        """The service fails from now on; `count` None: until the test's end."""
        self.stack.gigachat("POST", "fault", kind=kind, **({"count": count} if count else {}), **more)

    def end(self) -> None:
        self.stack.gigachat("DELETE", "fault")

    def acted(self, kind: str) -> int:
        """How often a fault of the kind was acted out so far."""
        return int(self.bill()["faults"].get(kind, 0))

    def wait_until_quiet(self, seconds: float = SETTLED_SECONDS) -> None:
        """Until no message waits or is being worked on."""
        wait_for(lambda: not any(self.stack.waiting(queue) for queue in QUEUES), seconds, self.queues)

    def queues(self) -> dict[str, int]:
        names = [*QUEUES, *(f"{queue}DeadLetters" for queue in QUEUES)]
        return {name: self.stack.waiting(name) for name in names}

    def dead_letters(self) -> int:
        return sum(self.stack.waiting(f"{queue}DeadLetters") for queue in QUEUES)

    def ask_again(self, viewer: Viewer, times: int) -> None:
        """Delivers a question about the viewer that many times, each as a message of its own."""
        sqs = boto3.client("sqs")
        for window in range(times):
            message = Ask(user_id=viewer.user_id, taste_hash="", window=-window - 1)
            sqs.send_message(
                QueueUrl=self.stack.outputs["AskQueue"],
                MessageBody=msgspec.json.encode(message).decode(),
                MessageGroupId=message.lane(1),
                MessageDeduplicationId=message.deduplication_id(),
            )

    def forget_who_waits(self) -> None:
        """Takes other tests' viewers out of the sweep's sight: their questions would come in the middle of this one."""
        table = boto3.resource("dynamodb").Table(self.stack.outputs["RecommendationsTable"])
        for item in table.scan(FilterExpression="attribute_exists(stale_shard)")["Items"]:
            key = {name: item[name] for name in ("user_id", "item")}
            table.update_item(Key=key, UpdateExpression="REMOVE stale_shard, due_at")

    def ledger(self) -> list[dict[str, Any]]:
        """Every item of the token ledger."""
        table = boto3.resource("dynamodb").Table(self.stack.outputs["BudgetTable"])
        return table.scan(ConsistentRead=True)["Items"]

    def spent_tokens(self) -> int:
        return sum(int(item["tokens"]) for item in self.ledger() if item["pk"].startswith("day#"))

    def billed_tokens(self) -> int:
        bill = self.bill()
        return int(bill["prompt_tokens"]) + int(bill["completion_tokens"])

    def lost_tokens(self) -> int:
        """Reservations of calls that brought nothing, those included whose worker died over them."""
        questions = [item for item in self.ledger() if item["pk"].startswith("question#")]
        open_ = sum(int(item["reserved_tokens"]) for item in questions if item["state"] == "reserved")
        return open_ + sum(int(item["lost_tokens"]) for item in questions)


@pytest.fixture
def trouble(stack: Stack) -> Iterator[Trouble]:
    """Nothing left over from another test before; afterwards no fault in force, and no breaker open for whoever has the
    stack next."""
    found = Trouble(stack)
    found.end()
    found.forget_who_waits()
    found.wait_until_quiet()
    stack.close_breaker()
    for queue in QUEUES:
        boto3.client("sqs").purge_queue(QueueUrl=stack.outputs[f"{queue}DeadLetters"])
    yield found
    stack.end_faults()


@pytest.fixture
def impatient_queue(stack: Stack) -> Iterator[None]:
    """The ask queue gives a dead worker's message to another one soon."""
    sqs, url = boto3.client("sqs"), stack.outputs["AskQueue"]
    usual = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(VISIBILITY_SECONDS)})
    yield
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": usual["VisibilityTimeout"]})
