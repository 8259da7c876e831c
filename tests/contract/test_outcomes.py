"""The outcomes table on moto; and what a page view costs when it tells what was seen, counted at the wire."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import boto3
import msgspec
import pytest

from chalicelib import aws, resources
from chalicelib.outcomes.adapters.store import DynamoOutcomes
from chalicelib.outcomes.experiments.model import ArmSums, State, Stop, Votes
from chalicelib.outcomes.model import Cell, Counted, EventKind
from chalicelib.outcomes.pseudonyms import Pseudonyms
from chalicelib.outcomes.tell import Event, tell
from chalicelib.settings import settings
from tests.aws import aws_in_memory
from tests.bench._capacity import size_of
from tests.factories import film_id

DAY = date(2026, 3, 1)
CELLS = tuple(Cell("gigachat", place, "home", "", 12_345, 678, 90, 12, 34, 5) for place in range(30))
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"}


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoOutcomes]:
    with aws_in_memory(monkeypatch):
        yield DynamoOutcomes("OutcomesTable")


def test_the_first_salt_stays_until_it_is_dropped(store: DynamoOutcomes) -> None:
    assert store.find_salt("a") is None
    assert store.put_salt("a", b"first") == b"first"
    assert store.put_salt("a", b"second") == b"first"
    assert store.find_salt("a") == b"first"
    store.drop_salt("a")
    store.drop_salt("a")
    assert store.find_salt("a") is None
    assert store.put_salt("a", b"third") == b"third"


def test_films_rest_beside_a_salt_and_go_with_it(store: DynamoOutcomes) -> None:
    films = {film_id(str(number)): 250 + number for number in range(50)}
    assert not store.put_resting("a", films), "nobody's salt"
    store.put_salt("a", b"0123456789abcdef")
    store.put_salt("b", b"another")
    store.put_day(DAY, Counted("one"))
    assert store.find_resting("a") == {}
    assert store.put_resting("a", films)
    held = {one: min(times, 255) for one, times in films.items()}
    assert store.find_resting("a") == held
    assert list(store.find_resting("a")) == list(films)
    assert sorted(store.all_salts()) == [("a", b"0123456789abcdef", held), ("b", b"another", {})]
    assert store.find_salt("a") == b"0123456789abcdef"
    items: Any = boto3.client("dynamodb").scan(TableName="OutcomesTable")["Items"]
    assert max(map(size_of, items)) <= 1_024, "one write unit"
    assert store.put_resting("b", {})
    assert store.put_resting("a", {})
    assert store.find_resting("a") == {}
    store.put_resting("a", films)
    store.drop_salt("a")
    assert store.find_resting("a") == {}
    assert not store.put_resting("a", films)
    assert store.find_salt("a") is None


def test_days_are_kept_as_they_were_counted(store: DynamoOutcomes) -> None:
    store.put_day(DAY, Counted("one"))
    store.put_day(DAY, Counted("two", CELLS))
    assert store.find_days([DAY, DAY + timedelta(days=1)]) == {DAY: Counted("two", CELLS)}
    assert store.find_days([]) == {}


def test_more_days_are_found_than_one_request_takes(store: DynamoOutcomes) -> None:
    days = [DAY - timedelta(days=back) for back in range(250)]
    for day in (days[0], days[249]):
        store.put_day(day, Counted("one", CELLS))
    assert store.find_days(days).keys() == {days[0], days[249]}


def test_how_experiments_stand_is_swapped_only_by_who_has_read_it(store: DynamoOutcomes) -> None:
    assert store.find_states(["one", "two"]) == ({}, Votes())
    stop = Stop(at=datetime(2026, 3, 1, 12, tzinfo=UTC), by="guardrail", why="harm")
    state = State(on=True, since=DAY, stopped={"a": stop}, sums={"a": ArmSums(1, 2, 3, 4, 5, 6)})
    assert store.put_state("one", state, State())
    assert not store.put_state("one", state, State())
    held = store.find_states(["one", "two"])[0]
    assert held == {"one": msgspec.structs.replace(state, version=1)}
    assert store.put_state("one", State(on=False), held["one"])
    assert store.find_states(["one"])[0] == {"one": State(version=2, on=False)}
    assert store.put_votes(Votes(weight=0.5, looked_on=DAY), Votes())
    assert not store.put_votes(Votes(weight=0.4), Votes())
    assert store.find_states([])[1] == Votes(version=1, weight=0.5, looked_on=DAY)


def test_thirty_cells_are_one_write_unit(store: DynamoOutcomes) -> None:
    store.put_day(DAY, Counted("0123456789abcdef 0123456789abcdef", CELLS))
    item: Any = boto3.client("dynamodb").scan(TableName="OutcomesTable")["Items"][0]
    assert size_of(item) <= 1_024


class Wire:
    """Requests by service and name."""

    def __init__(self) -> None:
        self.requests = Counter[str]()

    def note(self, request: Any, **_: object) -> None:
        """Called by botocore before it sends a request."""
        self.requests[request.headers["X-Amz-Target"].decode().partition(".")[2]] += 1

    def spent(self) -> Counter[str]:
        """Since it was asked the last time."""
        spent, self.requests = self.requests, Counter()
        return spent


def test_a_page_view_that_tells_all_it_showed_writes_nothing_and_sends_one_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with aws_in_memory(monkeypatch):
        url = boto3.client("sqs").create_queue(QueueName="events")["QueueUrl"]
        monkeypatch.setenv("EVENTS_QUEUE_URL", url)
        settings.cache_clear()
        wire = Wire()
        for service in ("dynamodb", "sqs"):
            aws.session().register(f"before-send.{service}.*", wire.note)
        now = datetime.now(UTC)
        kinds: tuple[tuple[EventKind, int], ...] = (("shown", 90), ("opened", 10))
        seen = [
            Event(type=kind, film_id=film_id(str(place)), at=now, list_version="17.p100", place=place, surface="home")
            for kind, films in kinds
            for place in range(1, films + 1)
        ]  # fmt: skip
        first_worker = Pseudonyms(resources.outcome_days())
        opened = wire.spent()  # pynamodb describes nothing, and the client is made
        assert not opened.keys() & WRITES
        assert tell(seen, "viewer", first_worker, resources.telling(), now) == 100
        assert wire.spent() == {"GetItem": 1, "PutItem": 1, "SendMessage": 1}, "once in a viewer's life"
        for _ in range(5):
            tell(seen, "viewer", first_worker, resources.telling(), now)
        assert wire.spent() == {"SendMessage": 5}
        tell(seen, "viewer", Pseudonyms(resources.outcome_days()), resources.telling(), now)
        spent = wire.spent()
        assert spent == {"GetItem": 1, "SendMessage": 1}, "another worker"
        assert not spent.keys() & WRITES
        assert json.loads(boto3.client("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"])


def test_tallies_grow_and_shrink_by_name(store: DynamoOutcomes) -> None:
    until = datetime(2026, 4, 1, tzinfo=UTC)
    store.add_tally("a", 1)
    store.add_tally("a", 2, until)
    store.add_tally("b", -1)
    assert store.find_tallies(["a", "b", "c"]) == {"a": 3, "b": -1, "c": 0}
    items: Any = boto3.client("dynamodb").scan(TableName="OutcomesTable")["Items"]
    assert {item["pk"]["S"]: item.get("expires_at", {}).get("N") for item in items} == {
        "tally#a": str(int(until.timestamp())), "tally#b": None,
    }  # fmt: skip
