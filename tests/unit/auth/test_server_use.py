"""A key's limit a minute, over all workers, and its last use."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from chalicelib.auth.elsewhere.adapters.store import DynamoUseStore
from chalicelib.auth.server_use import ServerUse, UseStore
from chalicelib.errors import TooManyRequestsError
from tests.aws import aws_in_memory
from tests.factories import NOW

START = NOW.replace(second=0, microsecond=0)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[UseStore]:
    with aws_in_memory(monkeypatch):
        yield DynamoUseStore("SessionsTable")


class CountingStore:
    """Counts what is written; may be away."""

    def __init__(self, is_away: bool = False) -> None:
        self.writes, self.is_away, self.total = 0, is_away, 0

    def add(self, name: str, requests: int, now: datetime) -> int:  # noqa: ARG002
        if self.is_away:
            raise ConnectionError
        self.writes += 1
        self.total += requests
        return self.total

    def mark_used(self, name: str, now: datetime) -> None:  # noqa: ARG002
        self.writes += 1

    def find_last_used(self, name: str) -> datetime | None:  # noqa: ARG002
        return None


def let_through(use: ServerUse, now: datetime, requests: int) -> int:
    passed, waits = 0, []
    for _ in range(requests):
        try:
            use.note("shop", now)
            passed += 1
        except TooManyRequestsError as refusal:
            waits.append(refusal.retry_after_seconds)
    assert all(0 < wait <= 60 for wait in waits)
    return passed


def test_a_key_makes_as_many_requests_a_minute_as_it_may(store: UseStore) -> None:
    use = ServerUse(store, limit=10)
    assert let_through(use, START, 25) == 10
    assert let_through(use, START + timedelta(seconds=59), 5) == 0
    assert let_through(use, START + timedelta(seconds=60), 5) == 5


def test_workers_know_of_one_another_a_second_later(store: UseStore) -> None:
    one, two = ServerUse(store, limit=10), ServerUse(store, limit=10)
    assert let_through(one, START, 8) == 8
    assert let_through(one, START + timedelta(seconds=2), 1) == 1
    assert let_through(two, START + timedelta(seconds=3), 9) == 1


def test_keys_have_a_count_of_their_own(store: UseStore) -> None:
    use = ServerUse(store, limit=1)
    use.note("shop", START)
    use.note("television", START)
    with pytest.raises(TooManyRequestsError):
        use.note("shop", START)


def test_a_thousand_requests_of_a_second_are_two_writes() -> None:
    store = CountingStore()
    assert let_through(ServerUse(store, limit=10_000), START, 1_000) == 1_000
    assert store.writes == 2


def test_nobody_is_refused_because_the_count_cannot_be_kept() -> None:
    assert let_through(ServerUse(CountingStore(is_away=True), limit=10), START, 10) == 10


def test_the_last_use_is_known_to_the_minute(store: UseStore) -> None:
    assert store.find_last_used("shop") is None
    use = ServerUse(store, limit=10)
    for seconds in (0, 30, 90):
        use.note("shop", START + timedelta(seconds=seconds))
    assert store.find_last_used("shop") == START + timedelta(seconds=90)
