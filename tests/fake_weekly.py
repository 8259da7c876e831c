"""The weekly letter's ports in memory: subscribers on the accounts of a `FakeAccountStore`, and a queue."""

from collections.abc import Sequence
from datetime import datetime
from threading import Lock

from chalicelib.weekly.model import SHOWN_KEPT, Due, Subscriber
from tests.fake_accounts import FakeAccountStore


class FakeSubscribers:
    """Which account wants letters is the account's; what was sent lies here."""

    def __init__(self, accounts: FakeAccountStore) -> None:
        self._accounts, self._lock = accounts, Lock()
        self.sent: dict[str, tuple[str | None, datetime | None, tuple[str, ...]]] = {}

    def list_ids(self, after: str | None, limit: int) -> list[str]:
        wanted = sorted(one.user_id for one in self._accounts.accounts.values() if one.letters_since)
        return [user_id for user_id in wanted if after is None or user_id > after][:limit]

    def find(self, user_id: str) -> Subscriber | None:
        account = self._accounts.find(user_id)
        if account is None or account.letters_since is None:
            return None
        week, at, films = self.sent.get(user_id, (None, None, ()))
        return Subscriber(
            user_id=user_id, email=account.email, language=account.language, age_limit=account.age_limit,
            region=account.region, since=account.letters_since, confirmed=account.confirmed_at is not None,
            week=week, claimed_at=at, films=films,
        )  # fmt: skip

    def claim(self, held: Subscriber, week: str, now: datetime, films: Sequence[str]) -> bool:
        with self._lock:
            found = self.find(held.user_id)
            if found is None or (found.week is not None and found.week >= week):
                return False
            self.sent[held.user_id] = (week, now, (*films, *held.films)[:SHOWN_KEPT])
            return True

    def release(self, held: Subscriber, claimed_at: datetime) -> None:
        with self._lock:
            if self.sent.get(held.user_id, (None, None, ()))[1] == claimed_at:
                self.sent[held.user_id] = (held.week, held.claimed_at, held.films)


class FakeDueQueue:
    """Messages in a list."""

    def __init__(self) -> None:
        self.sent: list[Due] = []

    def send(self, due: Sequence[Due]) -> None:
        self.sent += due
