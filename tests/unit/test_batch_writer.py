"""Everything is written in the end, however few items the table takes at a time."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from pynamodb.exceptions import PutError

from chalicelib.batch_writer import TRIES, BatchRefusedError, BatchWriter
from chalicelib.feedback.adapters.store import DynamoFeedbackStore
from tests.factories import feedback
from tests.tables import table

ITEMS = [feedback(f"Film {number}") for number in range(60)]


class BusyTable:
    """Takes one item at a time for a while, and hands back the rest; `takes` 0: nothing at all."""

    def __init__(self, store: DynamoFeedbackStore, busy: int, takes: int = 1) -> None:
        self.connection = store.items._get_connection()
        self.real, self.name = self.connection.batch_write_item, store.items.Meta.table_name
        self.busy, self.takes, self.pauses = busy, takes, list[float]()
        self.refuses = ""  # a code: nothing is taken, and the answer is an error

    def batch_write_item(self, put_items: Any = None, delete_items: Any = None) -> Any:
        if not self.busy:
            return self.real(put_items=put_items, delete_items=delete_items)
        self.busy -= 1
        if self.refuses:
            raise PutError(
                "Failed to batch write items", ClientError({"Error": {"Code": self.refuses}}, "BatchWriteItem")
            )
        puts, deletes = put_items[: self.takes], delete_items[: self.takes if not put_items else 0]
        if puts or deletes:
            self.real(put_items=puts, delete_items=deletes)
        left = [{"PutRequest": {"Item": one}} for one in put_items[len(puts) :]]
        left += [{"DeleteRequest": {"Key": one}} for one in delete_items[len(deletes) :]]
        return {"UnprocessedItems": {self.name: left} if left else {}}


@pytest.fixture
def store() -> Iterator[DynamoFeedbackStore]:
    with table("FeedbackTable") as name:
        yield DynamoFeedbackStore(name)


def busy_table(store: DynamoFeedbackStore, monkeypatch: pytest.MonkeyPatch, busy: int, takes: int = 1) -> BusyTable:
    found = BusyTable(store, busy, takes)
    monkeypatch.setattr(found.connection, "batch_write_item", found.batch_write_item)
    return found


def write(store: DynamoFeedbackStore, busy: BusyTable) -> None:
    with BatchWriter(store.items, busy.pauses.append) as batch:
        for item in ITEMS:
            batch.save(store._row("u", item))


def test_all_are_written_after_longer_and_longer_pauses_when_the_table_takes_a_few_at_a_time(
    store: DynamoFeedbackStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = busy_table(store, monkeypatch, busy=8)
    write(store, busy)
    assert len(store.list_all("u")) == len(ITEMS)
    assert len(busy.pauses) == 8


def test_all_are_removed_when_the_table_takes_a_few_at_a_time(
    store: DynamoFeedbackStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put_many("u", ITEMS)
    monkeypatch.setattr("chalicelib.batch_writer.FIRST_PAUSE_SECONDS", 0.0)
    busy_table(store, monkeypatch, busy=8)
    assert store.delete_all("u") == len(ITEMS)
    assert store.list_all("u") == []


def test_pauses_double_and_the_writer_gives_up_when_nothing_is_taken(
    store: DynamoFeedbackStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = busy_table(store, monkeypatch, busy=100, takes=0)
    with pytest.raises(BatchRefusedError, match="25 items"):
        write(store, busy)
    assert len(busy.pauses) == TRIES - 1
    assert busy.pauses[1] == 2 * busy.pauses[0]
    assert 15 < sum(busy.pauses) < 30


def test_all_are_written_when_the_table_refuses_whole_batches_for_a_while(
    store: DynamoFeedbackStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing at all can be taken, DynamoDB answers with an error instead of handing everything back."""
    busy = busy_table(store, monkeypatch, busy=5)
    busy.refuses = "ProvisionedThroughputExceededException"
    write(store, busy)
    assert len(store.list_all("u")) == len(ITEMS)
    assert len(busy.pauses) == 5
    assert busy.pauses[1] == 2 * busy.pauses[0]


def test_the_writer_gives_up_when_whole_batches_are_refused_for_long(
    store: DynamoFeedbackStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = busy_table(store, monkeypatch, busy=100)
    busy.refuses = "ThrottlingException"
    with pytest.raises(BatchRefusedError, match="25 items"):
        write(store, busy)
    assert len(busy.pauses) == TRIES - 1


def test_an_error_that_no_patience_mends_is_not_waited_for(
    store: DynamoFeedbackStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = busy_table(store, monkeypatch, busy=100)
    busy.refuses = "ValidationException"
    with pytest.raises(PutError):
        write(store, busy)
    assert busy.pauses == []


def test_nothing_is_written_when_the_block_fails(store: DynamoFeedbackStore) -> None:
    def die_after_one() -> None:
        with BatchWriter(store.items) as batch:
            batch.save(store._row("u", ITEMS[0]))
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        die_after_one()
    assert store.list_all("u") == []
    assert boto3.client("dynamodb").scan(TableName="FeedbackTable")["Count"] == 0
