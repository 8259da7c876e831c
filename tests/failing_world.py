"""The product on an AWS that fails: real stores, queues and handlers, the template's tables, a clock moved by hand.

Catalogue and model are fakes: they are no AWS. A message is delivered until its handler has said that it is done.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.sqs.models import sqs_backends

from chalicelib import resources
from chalicelib.auth import events as auth_events
from chalicelib.auth.leaving.erasure import erase_account
from chalicelib.auth.model import Account, Session
from chalicelib.auth.sessions import TokenPair
from chalicelib.recommendations import events
from chalicelib.recommendations.adapters.cards import Cards
from chalicelib.recommendations.ask import AskDependencies
from tests.aws import aws_in_memory
from tests.factories import NOW, feedback
from tests.failing_aws import Death, FailingAws, failing_aws
from tests.fake_model import FakeModel
from tests.fakes import FakeCatalog
from tests.lanes import some_films

REGION = "eu-central-1"
QUEUES = {
    "rebuild": "rebuild",
    "ask": "ask.fifo",
    "rebuild_dead_letters": "rebuild-dead-letters",
    "ask_dead_letters": "ask-dead-letters.fifo",
}
HANDLERS: dict[str, Callable[..., Any]] = {
    "rebuild": events.rebuild,
    "ask": events.ask,
    "erasure": auth_events.purge_again,
}
LATER = timedelta(minutes=16)  # a lease, and a mark's first rest


class Failed(Exception):  # noqa: N818 - what its caller sees of a handler, no error of ours
    """A handler has said, or shown by dying, that something has to come again."""


class Context:
    """What Lambda hands over beside the event."""

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


class World:
    """What a case works with. `now` is every handler's clock."""

    def __init__(self, aws: FailingAws) -> None:
        self.aws = aws
        self.now = NOW
        self.films = some_films(30)
        self.catalog, self.model = FakeCatalog(self.films), FakeModel()
        self.pair: TokenPair | None = None
        self._tables = boto3.resource("dynamodb")

    def reset(self) -> None:
        """As new: what a fault has left behind is nobody's."""
        for one in dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables.values():
            one.items.clear()
        for queue in self._queues().values():
            queue._messages, queue._pending_messages = [], set()
        lists: Any = resources.recommendation_store()
        lists.cards = Cards(lists.items)  # what a worker knows to be stored is gone with the rest
        resources.token_keys()._keys = ()  # or its age, by the real clock, would say which run reads them
        self.now, self.model = NOW, FakeModel()

    def messages(self, queue: str) -> list[str]:
        """Bodies of what waits in a queue, for now or for later."""
        return [message.body for message in self._queues()[QUEUES.get(queue, queue)]._messages]

    def deliver(self, queue: str) -> None:
        """One delivery of all that waits, in batches of ten. Raises `Failed` when something has to come again."""
        held = self._queues()[QUEUES.get(queue, queue)]
        for message in list(held._messages):
            message.mark_received(visibility_timeout=60_000)
            record = {
                "messageId": message.id,
                "body": message.body,
                "receiptHandle": message.receipt_handle,
                "attributes": {"ApproximateReceiveCount": str(message.approximate_receive_count)},
            }
            answer = HANDLERS[queue]({"Records": [record]}, Context())
            if answer["batchItemFailures"]:
                raise Failed(queue)
            held._messages.remove(message)

    def like(self, user_id: str, count: int = 3) -> None:
        """The viewer likes the first films; nobody has noticed yet."""
        for place, film in enumerate(self.films[:count]):
            item = feedback(film.titles.main, year=film.year, updated_at=self.now - timedelta(minutes=count - place))
            resources.feedback_store().put(user_id, item, None)

    def plan(self, *user_ids: str) -> None:
        """The feedback stream's handler."""
        records = [
            _record({"user_id": {"S": user_id}, "film_id": {"S": self.films[0].film_id}}) for user_id in user_ids
        ]
        events.plan({"Records": records}, Context())

    def erase(self, user_id: str) -> None:
        """The accounts stream's handler."""
        answer = auth_events.erase({"Records": [_record({"pk": {"S": f"erased#{user_id}"}})]}, Context())
        if answer["batchItemFailures"]:
            raise Failed("erase")

    def lose(self, queue: str) -> None:
        """All that waits in a queue is lost."""
        self._queues()[QUEUES.get(queue, queue)]._messages = []

    def open_session(self, user_id: str) -> None:
        """The viewer has an account and is signed in."""
        account = Account(user_id=user_id, email=f"{user_id}@example.com", password_hash="hash", created_at=NOW)
        resources.account_store().add(account)
        end = datetime.now(UTC) + timedelta(days=30)
        session = Session(user_id=user_id, session_id="s", current_hash="h", started_at=NOW, expires_at=end)
        assert resources.session_store().start(session, "hash")

    def delete_account(self, user_id: str) -> None:
        """As the route does it."""
        erase_account(user_id, resources.account_store(), self.now)

    def sweep(self) -> None:
        """The schedule's handler, a minute later."""
        self.now += timedelta(minutes=1)
        said = dict.fromkeys(("id", "detail-type", "source", "account", "time", "region", "version"), "")
        events.sweep({**said, "detail": {}, "resources": []}, Context())

    def settle(self) -> None:
        """Nothing fails any more: what waits is delivered, and who waits is looked at, as long as there is anybody."""
        for _ in range(4):
            for queue in ("rebuild", "ask", "rebuild"):
                self.deliver(queue)
            if not any("stale_shard" in row for row in self.rows("RecommendationsTable")):
                return
            self.now += LATER
            self.sweep()

    def rows(self, table: str) -> list[Any]:
        """Every item of a table, as boto3 gives them."""
        found: list[Any] = self._tables.Table(table).scan(ConsistentRead=True)["Items"]
        return found

    def bill(self) -> int:
        """What the model's replies have cost."""
        return sum(prompt.prompt_tokens + 300 for prompt in self.model.prompts)

    def _queues(self) -> Any:
        return sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues


@contextmanager
def failing_world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Everything opened once; `World.reset` empties it."""
    settings = {"ASK_FIRST_PAUSE_SECONDS": "0", "STALE_SHARDS": "1", "ITEM_SIMILARITY_TABLE": "NeighboursTable"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with aws_in_memory(monkeypatch), failing_aws(monkeypatch) as aws:
        world = World(aws)
        for name, queue in QUEUES.items():
            attributes = {"FifoQueue": "true"} if queue.endswith(".fifo") else {}
            made = boto3.client("sqs").create_queue(QueueName=queue, Attributes=attributes)  # type: ignore[arg-type]
            monkeypatch.setenv(f"{name.upper()}_QUEUE_URL", made["QueueUrl"])

        class Clock(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:  # noqa: ARG003
                return world.now

        for module in (events, auth_events):
            monkeypatch.setattr(module, "datetime", Clock)
        monkeypatch.setattr(resources, "catalog", lambda: world.catalog)
        monkeypatch.setattr(
            resources,
            "ask_dependencies",
            lambda: AskDependencies(
                resources.rebuild_dependencies(), lambda: world.model, resources.budget(), lambda: world.now
            ),
        )
        yield world


def attempted(act: Callable[[], object]) -> BaseException | None:
    """What an act ended with: None when it went well."""
    try:
        act()
    except (Exception, Death) as error:  # noqa: BLE001 - judged by the caller
        return error
    return None


def _record(keys: dict[str, Any]) -> dict[str, Any]:
    data = {"Keys": keys, "SequenceNumber": "1", "ApproximateCreationDateTime": 0, "SizeBytes": 1,
            "StreamViewType": "KEYS_ONLY"}  # fmt: skip
    return {"eventID": "1", "eventName": "INSERT", "eventSourceARN": "arn", "awsRegion": REGION, "dynamodb": data}
