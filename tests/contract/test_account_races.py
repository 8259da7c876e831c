"""Fifty at once against DynamoDB's conditions, in threads. Each race is also run with the condition taken away, where
it must go wrong: so the tests are known to notice."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier, local

import boto3
import pytest

from chalicelib.auth import accounts, sessions
from chalicelib.auth.adapters.store import AccountItem, DynamoAccountStore, DynamoSessionStore, digest
from chalicelib.auth.dependencies import Dependencies
from chalicelib.auth.model import Account, EmailTakenError, Session, SessionOverError, ThrottledError
from chalicelib.auth.sign_in import sign_in
from chalicelib.resources import auth_dependencies
from tests.auth_world import EMAIL, HOME, PASSWORD
from tests.aws import aws_in_memory

AT_ONCE = 50


@pytest.fixture
def dependencies(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dependencies]:
    with aws_in_memory(monkeypatch):
        yield auth_dependencies()


class UnconditionalAccounts(DynamoAccountStore):
    """Registers without asking whether the address is free."""

    def add(self, account: Account) -> None:
        stored: AccountItem = self._items(f"user#{account.user_id}", user_id=account.user_id, email=account.email)
        stored.save()
        self._items(f"email#{digest(account.email)}", user_id=account.user_id).save()


class MeetingSessions(DynamoSessionStore):
    """Lets nobody go on before all have read the session once: the worst moment, every time."""

    def __init__(self, table: str, accounts_table: str) -> None:
        super().__init__(table, accounts_table)
        self.meeting, self.been = Barrier(AT_ONCE, timeout=60), local()

    def find(self, user_id: str, session_id: str) -> Session | None:
        found = super().find(user_id, session_id)
        if not getattr(self.been, "there", False):
            self.been.there = True
            self.meeting.wait()
        return found


class UnconditionalSessions(MeetingSessions):
    """Rotates without asking whether the session is still what was read."""

    def put_rotated(self, old: Session, new: Session) -> bool:
        assert old
        self._item(new).save()
        return True


def at_once(act: Callable[[int], object]) -> list[object]:
    """Answers of fifty threads; an exception is an answer."""

    def safely(number: int) -> object:
        try:
            return act(number)
        except (EmailTakenError, SessionOverError, ThrottledError) as refusal:
            return refusal

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(safely, range(AT_ONCE)))


def registered(dependencies: Dependencies) -> tuple[int, int]:
    """How many of fifty registrations of one address went through, and how many accounts are stored."""

    def register(number: int) -> object:
        return accounts.register(EMAIL, PASSWORD, None, "ru", f"192.0.2.{number}", dependencies, datetime.now(UTC))

    answers = at_once(register)
    stored = boto3.client("dynamodb").scan(TableName="AccountsTable")["Items"]
    accounts_stored = sum(item["pk"]["S"].startswith("user#") for item in stored)
    return sum(not isinstance(answer, Exception) for answer in answers), accounts_stored


def test_one_account_is_left_when_fifty_register_one_address_at_once(dependencies: Dependencies) -> None:
    assert registered(dependencies) == (1, 1)


def test_fifty_accounts_are_left_when_the_condition_is_taken_away(dependencies: Dependencies) -> None:
    assert registered(replace(dependencies, accounts=UnconditionalAccounts("AccountsTable"))) == (50, 50)


def test_twenty_accounts_are_left_when_fifty_are_made_from_one_network_address_at_once(
    dependencies: Dependencies,
) -> None:
    def register(number: int) -> object:
        email = f"robot{number}@example.com"
        return accounts.register(email, PASSWORD, None, "ru", HOME, dependencies, datetime.now(UTC))

    answers = at_once(register)
    assert [isinstance(answer, ThrottledError) for answer in answers].count(True) == 30
    stored = boto3.client("dynamodb").scan(TableName="AccountsTable")["Items"]
    assert sum(item["pk"]["S"].startswith("user#") for item in stored) == 20


def refreshed(dependencies: Dependencies, store: DynamoSessionStore) -> tuple[int, int, list[str]]:
    """Pairs handed out by fifty refreshes of one token, rotations the session has seen, and the tokens."""
    account = accounts.register(EMAIL, PASSWORD, None, "ru", "192.0.2.1", dependencies, datetime.now(UTC))
    token = sign_in(EMAIL, PASSWORD, HOME, dependencies, datetime.now(UTC)).refresh_token
    racing, now = replace(dependencies, sessions=store), datetime.now(UTC)
    pairs = [
        answer
        for answer in at_once(lambda _: sessions.refresh(token, racing, now))
        if isinstance(answer, sessions.TokenPair)
    ]
    (session,) = dependencies.sessions.list_all(account.user_id)
    return len(pairs), session.generation - 1, [pair.refresh_token for pair in pairs]


def is_live(token: str, dependencies: Dependencies) -> bool:
    try:
        sessions.refresh(token, dependencies, datetime.now(UTC))
    except SessionOverError:
        return False
    return True


def test_one_live_pair_is_left_and_each_is_known_when_fifty_refresh_one_token_at_once(
    dependencies: Dependencies,
) -> None:
    pairs, rotations, tokens = refreshed(dependencies, MeetingSessions("SessionsTable", "AccountsTable"))
    assert pairs == rotations == AT_ONCE
    assert sum(is_live(token, dependencies) for token in tokens) <= 1


def test_pairs_are_handed_out_unknown_to_the_session_when_the_condition_is_taken_away(
    dependencies: Dependencies,
) -> None:
    pairs, rotations, _ = refreshed(dependencies, UnconditionalSessions("SessionsTable", "AccountsTable"))
    assert pairs == AT_ONCE
    assert rotations < pairs


class LogoutMeanwhile(DynamoSessionStore):
    """Somebody signs out between a refresh's read and its write."""

    def find(self, user_id: str, session_id: str) -> Session | None:
        found = super().find(user_id, session_id)
        self.revoke(user_id, session_id)
        return found


def test_no_pair_is_live_when_a_sign_out_comes_between_read_and_write(dependencies: Dependencies) -> None:
    accounts.register(EMAIL, PASSWORD, None, "ru", "192.0.2.1", dependencies, datetime.now(UTC))
    token = sign_in(EMAIL, PASSWORD, HOME, dependencies, datetime.now(UTC)).refresh_token
    racing = replace(dependencies, sessions=LogoutMeanwhile("SessionsTable", "AccountsTable"))
    with pytest.raises(SessionOverError):
        sessions.refresh(token, racing, datetime.now(UTC))
    assert not is_live(token, dependencies)
