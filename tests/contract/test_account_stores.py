"""What the use cases rely on, on the fakes and on DynamoDB alike."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import boto3
import msgspec
import pytest

from chalicelib.auth.adapters.store import (
    DynamoAccountStore,
    DynamoAttemptStore,
    DynamoForeignStore,
    DynamoSessionStore,
    DynamoTombstones,
)
from chalicelib.auth.elsewhere.model import ForeignProfile, ForeignStore
from chalicelib.auth.letters.adapters.store import DynamoCodeStore
from chalicelib.auth.letters.port import Code, CodeStore
from chalicelib.auth.model import Account, AccountStore, AttemptStore, EmailTakenError, Session, SessionStore
from tests.aws import aws_in_memory
from tests.fake_accounts import FakeAccountStore, FakeAttemptStore, FakeCodeStore, FakeForeignStore, FakeSessionStore

NOW = datetime.now(UTC).replace(microsecond=0)
USER, OTHER = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


class Stores(NamedTuple):
    accounts: AccountStore
    sessions: SessionStore
    attempts: AttemptStore
    codes: CodeStore
    foreign: ForeignStore


@pytest.fixture(params=["fake", "dynamodb"])
def stores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    if request.param == "fake":
        accounts = FakeAccountStore()
        yield Stores(
            accounts, FakeSessionStore(accounts), FakeAttemptStore(), FakeCodeStore(), FakeForeignStore(accounts)
        )
        return
    with aws_in_memory(monkeypatch):
        yield Stores(
            DynamoAccountStore("AccountsTable"),
            DynamoSessionStore("SessionsTable", "AccountsTable"),
            DynamoAttemptStore("SessionsTable"),
            DynamoCodeStore("SessionsTable"),
            DynamoForeignStore("AccountsTable"),
        )


def account(user_id: str = USER, email: str = "vera@example.com") -> Account:
    return Account(user_id=user_id, email=email, password_hash="hash", name="Вера", language="en", created_at=NOW)


def session(session_id: str = "a" * 32, user_id: str = USER, **fields: object) -> Session:
    base = Session(
        user_id=user_id,
        session_id=session_id,
        current_hash="one",
        started_at=NOW,
        expires_at=NOW + timedelta(days=30),
    )
    return msgspec.structs.replace(base, **fields)


def epoch_of(stores: Stores) -> int:
    account = stores.accounts.find(USER)
    assert account is not None
    return account.session_epoch


def test_an_account_comes_back_as_it_was_stored(stores: Stores) -> None:
    stores.accounts.add(account())
    assert stores.accounts.find(USER) == account()
    assert stores.accounts.find_user_id("vera@example.com") == USER
    assert stores.accounts.find(OTHER) is None
    assert stores.accounts.find_user_id("nobody@example.com") is None


def test_nothing_is_stored_when_the_address_is_taken(stores: Stores) -> None:
    stores.accounts.add(account())
    with pytest.raises(EmailTakenError):
        stores.accounts.add(account(OTHER))
    assert stores.accounts.find(OTHER) is None
    assert stores.accounts.find_user_id("vera@example.com") == USER


def test_a_profile_changes_only_when_there_is_one(stores: Stores) -> None:
    stores.accounts.add(account())
    assert stores.accounts.change_profile(USER, None, "ru")
    assert not stores.accounts.change_profile(OTHER, "Nobody", "ru")
    assert stores.accounts.find(USER) == msgspec.structs.replace(account(), name=None, language="ru")
    assert stores.accounts.find(OTHER) is None


def test_a_password_changes_only_when_the_old_hash_still_stands(stores: Stores) -> None:
    stores.accounts.add(account())
    assert stores.accounts.rehash_password(USER, "hash", "hash")
    assert epoch_of(stores) == 0
    assert stores.accounts.change_password(USER, "hash", "new")
    assert epoch_of(stores) == 1
    assert not stores.accounts.change_password(USER, "hash", "other")
    assert not stores.accounts.change_password(OTHER, "hash", "other")
    assert stores.accounts.find(USER) == msgspec.structs.replace(account(), password_hash="new", session_epoch=1)


def test_an_address_is_free_and_a_tombstone_stands_when_the_account_was_erased(stores: Stores) -> None:
    stores.accounts.add(account())
    assert not stores.accounts.is_erased(USER)
    assert stores.accounts.erase(account(), NOW, NOW + timedelta(days=31))
    assert not stores.accounts.erase(account(), NOW, NOW + timedelta(days=31))
    assert stores.accounts.is_erased(USER)
    assert stores.accounts.find(USER) is None
    stores.accounts.add(account(OTHER))


def test_nothing_is_erased_when_the_address_is_somebody_elses_by_now(stores: Stores) -> None:
    stores.accounts.add(account())
    stores.accounts.add(account(OTHER, "oleg@example.com"))
    assert not stores.accounts.erase(account(email="oleg@example.com"), NOW, NOW + timedelta(days=31))
    assert stores.accounts.find(USER) == account()
    assert stores.accounts.find_user_id("oleg@example.com") == OTHER
    assert not stores.accounts.is_erased(USER)


def test_the_erased_are_told_from_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    with aws_in_memory(monkeypatch):
        name = "AccountsTable"
        tombstones = DynamoTombstones(name)
        assert tombstones.among([USER, OTHER, USER]) == set()
        boto3.client("dynamodb").put_item(TableName=name, Item={"pk": {"S": f"erased#{USER}"}})
        assert tombstones.among([USER, OTHER]) == {USER}
        assert tombstones.among([f"{number}" for number in range(100)]) == tombstones.among([]) == set()


def test_a_session_comes_back_as_it_was_stored(stores: Stores) -> None:
    stores.accounts.add(account())
    spent = session(previous_hash="zero", previous_spent_at=NOW, generation=7, device="Chrome, Android")
    assert stores.sessions.start(spent, "hash")
    assert stores.sessions.find(USER, "a" * 32) == spent
    assert stores.sessions.list_all(USER) == [spent]
    assert stores.sessions.find(OTHER, "a" * 32) is None


def test_no_session_starts_when_the_password_is_another_or_the_account_gone(stores: Stores) -> None:
    assert not stores.sessions.start(session(), "hash")
    stores.accounts.add(account())
    assert not stores.sessions.start(session(), "other")
    assert stores.sessions.list_all(USER) == []


def test_a_session_is_not_found_when_it_has_expired(stores: Stores) -> None:
    stores.accounts.add(account())
    assert stores.sessions.start(session(expires_at=NOW - timedelta(seconds=1)), "hash")
    assert stores.sessions.find(USER, "a" * 32) is None


def test_a_session_is_replaced_only_when_it_still_is_what_was_read(stores: Stores) -> None:
    stores.accounts.add(account())
    old, new = session(), session(current_hash="two", previous_hash="one", previous_spent_at=NOW, generation=2)
    assert stores.sessions.start(old, "hash")
    assert stores.sessions.put_rotated(old, new)
    assert not stores.sessions.put_rotated(old, new)
    assert stores.sessions.find(USER, "a" * 32) == new


@pytest.mark.parametrize("changed", [{"current_hash": "two"}, {"generation": 2}])
def test_a_session_is_not_replaced_when_half_of_it_is_what_was_read(stores: Stores, changed: dict[str, object]) -> None:
    stores.accounts.add(account())
    held = msgspec.structs.replace(session(), **changed)
    assert stores.sessions.start(held, "hash")
    assert not stores.sessions.put_rotated(session(), session(current_hash="three", generation=3))
    assert stores.sessions.find(USER, "a" * 32) == held


def test_a_revoked_session_never_comes_back_when_a_refresh_was_under_way(stores: Stores) -> None:
    stores.accounts.add(account())
    assert stores.sessions.start(session(), "hash")
    stores.sessions.revoke(USER, "a" * 32)
    assert not stores.sessions.put_rotated(session(), session(current_hash="two", generation=2))
    assert stores.sessions.find(USER, "a" * 32) is None


def test_everything_of_a_user_and_nothing_else_goes_when_all_is_revoked(stores: Stores) -> None:
    stores.accounts.add(account())
    stores.accounts.add(account(OTHER, "oleg@example.com"))
    for number in range(30):
        assert stores.sessions.start(session(f"{number:032x}"), "hash")
    assert stores.sessions.start(session("b" * 32, OTHER), "hash")
    stores.sessions.remember_address(USER, "192.0.2.1", 0, NOW + timedelta(days=1))
    stores.sessions.revoke_all(USER)
    stores.sessions.revoke_all(USER)
    assert stores.sessions.list_all(USER) == []
    assert stores.sessions.count_addresses(USER) == 0
    assert len(stores.sessions.list_all(OTHER)) == 1


def test_an_address_is_familiar_until_its_time_and_for_its_user_alone(stores: Stores) -> None:
    stores.sessions.remember_address(USER, "192.0.2.1", 0, NOW + timedelta(days=1))
    stores.sessions.remember_address(USER, "192.0.2.2", 0, NOW - timedelta(seconds=1))
    assert stores.sessions.is_familiar(USER, "192.0.2.1", 0)
    assert not stores.sessions.is_familiar(USER, "192.0.2.2", 0)
    assert not stores.sessions.is_familiar(USER, "192.0.2.1", 1)  # the password was changed
    assert not stores.sessions.is_familiar(OTHER, "192.0.2.1", 0)
    assert stores.sessions.count_addresses(USER) == 2


def test_attempts_are_counted_up_to_the_limit_and_then_one_for_each_wait(stores: Stores) -> None:
    def take(seconds: int) -> int | None:
        return stores.attempts.take("key", NOW + timedelta(seconds=seconds), 3, 900, 15)

    assert [take(0) for _ in range(5)] == [1, 2, 3, None, None]
    assert [take(15), take(16), take(30)] == [4, None, 5]
    found = stores.attempts.find("key", NOW + timedelta(seconds=31))
    assert found
    assert (found.count, found.blocked_until) == (5, NOW + timedelta(seconds=45))
    assert take(30 + 900) == 1


def test_no_more_are_admitted_than_a_window_holds_which_begins_with_its_first(stores: Stores) -> None:
    def admit(seconds: int) -> bool:
        return stores.attempts.admit("key", NOW + timedelta(seconds=seconds), 3, 3600)

    assert [admit(second) for second in (0, 10, 20, 30, 3599)] == [True, True, True, False, False]
    found = stores.attempts.find("key", NOW + timedelta(seconds=40))
    assert found
    assert (found.count, found.blocked_until) == (3, NOW + timedelta(seconds=3600))
    stores.attempts.give_back("key")
    assert [admit(50), admit(60), admit(3600)] == [True, False, True]
    assert stores.attempts.admit("another key", NOW, 3, 3600)
    stores.attempts.give_back("no such key")
    assert stores.attempts.find("no such key", NOW) is None


def test_a_window_that_was_not_full_counts_for_nothing_when_it_is_over(stores: Stores) -> None:
    def admit(seconds: int) -> bool:
        return stores.attempts.admit("key", NOW + timedelta(seconds=seconds), 3, 3600)

    assert [admit(second) for second in (0, 3600, 3601, 3602, 3603, 7199)] == [True] * 4 + [False] * 2


def test_no_more_is_given_back_than_was_taken(stores: Stores) -> None:
    def admit(times: int) -> list[bool]:
        return [stores.attempts.admit("key", NOW, 3, 3600) for _ in range(times)]

    assert admit(1) == [True]
    stores.attempts.give_back("key")
    stores.attempts.give_back("key")
    assert admit(4) == [True, True, True, False]


def test_a_wait_is_lengthened_and_a_counter_forgotten(stores: Stores) -> None:
    stores.attempts.block("none", NOW + timedelta(seconds=60), NOW + timedelta(seconds=960))
    assert stores.attempts.find("none", NOW) is None
    for _ in range(3):
        stores.attempts.take("key", NOW, 3, 900, 15)
    stores.attempts.block("key", NOW + timedelta(seconds=60), NOW + timedelta(seconds=960))
    assert stores.attempts.take("key", NOW + timedelta(seconds=59), 3, 900, 15) is None
    assert stores.attempts.find("key", NOW + timedelta(seconds=960)) is None
    stores.attempts.forget("key")
    assert stores.attempts.take("key", NOW, 3, 900, 15) == 1


def test_a_confirmed_address_keeps_the_first_time_it_was(stores: Stores) -> None:
    stores.accounts.add(account())
    stores.accounts.confirm(USER, NOW)
    stores.accounts.confirm(USER, NOW + timedelta(days=1))
    stores.accounts.confirm(OTHER, NOW)
    assert stores.accounts.find(USER) == msgspec.structs.replace(account(), confirmed_at=NOW)
    assert stores.accounts.find(OTHER) is None


def test_a_code_is_kept_until_it_is_taken_once(stores: Stores) -> None:
    code = Code(user_id=USER, sha256="one", purpose="reset", epoch=2, expires_at=NOW + timedelta(hours=1))
    stores.codes.put(code)
    assert stores.codes.find(USER, "one") == code
    assert stores.codes.find(OTHER, "one") is stores.codes.find(USER, "two") is None
    assert [stores.codes.take(code), stores.codes.take(code)] == [True, False]
    assert stores.codes.find(USER, "one") is None


def test_a_code_is_not_found_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    code = Code(user_id=USER, sha256="one", purpose="reset", epoch=2, expires_at=NOW - timedelta(seconds=1))
    with aws_in_memory(monkeypatch):
        codes = DynamoCodeStore("SessionsTable")
        codes.put(code)
        assert codes.find(USER, "one") is None


def test_codes_are_no_sessions(stores: Stores) -> None:
    code = Code(user_id=USER, sha256="one", purpose="confirm", epoch=0, expires_at=NOW + timedelta(hours=1))
    stores.codes.put(code)
    assert stores.sessions.list_all(USER) == []
    assert stores.sessions.count_addresses(USER) == 0


def test_a_role_is_an_accounts_and_nobody_elses(stores: Stores) -> None:
    stores.accounts.add(account())
    for is_operator in (True, False):
        assert stores.accounts.set_operator(USER, is_operator=is_operator)
        found = stores.accounts.find(USER)
        assert found
        assert found.is_operator == is_operator
    assert not stores.accounts.set_operator(OTHER, is_operator=True)


def test_what_a_viewer_from_elsewhere_has_chosen_comes_back_until_they_are_erased(stores: Stores) -> None:
    assert stores.foreign.find(USER) is None
    for chosen in (
        ForeignProfile(user_id=USER, language="en"),
        ForeignProfile(user_id=USER, language="ru", name="Вера", age_limit=0, region="DE"),
    ):
        assert stores.foreign.put(chosen)
        assert stores.foreign.find(USER) == chosen
    assert stores.foreign.erase(USER, NOW, NOW + timedelta(days=31))
    assert not stores.foreign.erase(USER, NOW, NOW + timedelta(days=31))
    assert (stores.foreign.find(USER), stores.foreign.is_erased(USER), stores.foreign.is_erased(OTHER)) == (
        None, True, False,
    )  # fmt: skip
    assert stores.accounts.is_erased(USER), "there is one kind of tombstone"
    assert not stores.foreign.put(ForeignProfile(user_id=USER, language="en"))
    assert stores.foreign.find(USER) is None
    stores.foreign.readmit(USER)
    stores.foreign.readmit(USER)
    assert not stores.foreign.is_erased(USER)
    assert stores.foreign.put(ForeignProfile(user_id=USER, language="en"))
