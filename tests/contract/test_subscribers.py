"""What the weekly letter relies on, on the fake and on DynamoDB alike."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from chalicelib.auth.adapters.store import DynamoAccountStore
from chalicelib.auth.model import Account, AccountStore
from chalicelib.weekly.adapters.store import DynamoSubscribers
from chalicelib.weekly.model import SubscriberStore
from tests.aws import aws_in_memory
from tests.factories import film_id
from tests.fake_accounts import FakeAccountStore
from tests.fake_weekly import FakeSubscribers

NOW = datetime.now(UTC).replace(microsecond=0)
USERS = [f"{number}1111111-1111-4111-8111-111111111111" for number in range(5)]
FILMS = tuple(film_id(f"Film {number}") for number in range(18))


class Stores(NamedTuple):
    accounts: AccountStore
    subscribers: SubscriberStore


@pytest.fixture(params=["fake", "dynamodb"])
def stores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    if request.param == "fake":
        accounts = FakeAccountStore()
        yield filled(Stores(accounts, FakeSubscribers(accounts)))
        return
    with aws_in_memory(monkeypatch):
        yield filled(Stores(DynamoAccountStore("AccountsTable"), DynamoSubscribers("AccountsTable")))


def filled(stores: Stores) -> Stores:
    """Five accounts; all but the first have asked for letters."""
    for number, user_id in enumerate(USERS):
        stores.accounts.add(
            Account(user_id=user_id, email=f"{number}@example.com", password_hash="h", language="en", created_at=NOW)
        )
    for user_id in USERS[1:]:
        assert stores.accounts.set_letters(user_id, NOW)
    return stores


def test_whoever_has_asked_is_listed_in_order_page_by_page(stores: Stores) -> None:
    assert list(stores.subscribers.list_ids(None, 3)) == USERS[1:4]
    assert list(stores.subscribers.list_ids(USERS[3], 3)) == USERS[4:]
    assert list(stores.subscribers.list_ids(USERS[4], 3)) == []


def test_a_subscriber_is_their_account_and_nobody_who_did_not_ask_or_is_gone(stores: Stores) -> None:
    accounts, subscribers = stores
    accounts.change_profile(USERS[1], None, "ru", 12, "RU")
    accounts.confirm(USERS[1], NOW)
    held = subscribers.find(USERS[1])
    assert held is not None
    assert (held.email, held.language, held.age_limit, held.region) == ("1@example.com", "ru", 12, "RU")
    assert (held.since, held.confirmed, held.week, held.claimed_at, held.films) == (NOW, True, None, None, ())
    assert subscribers.find(USERS[0]) is None
    assert subscribers.find("9" + USERS[0][1:]) is None
    other = subscribers.find(USERS[2])
    assert other is not None
    assert not other.confirmed
    gone = accounts.find(USERS[2])
    assert gone is not None
    accounts.erase(gone, NOW, NOW + timedelta(days=31))
    assert subscribers.find(USERS[2]) is None
    assert USERS[2] not in subscribers.list_ids(None, 10)


def test_asking_no_more_ends_it_and_only_for_accounts_that_are_there(stores: Stores) -> None:
    accounts, subscribers = stores
    assert accounts.set_letters(USERS[1], None)
    assert accounts.set_letters(USERS[1], None)
    assert subscribers.find(USERS[1]) is None
    assert USERS[1] not in subscribers.list_ids(None, 10)
    assert not accounts.set_letters("9" + USERS[0][1:], NOW)
    account = accounts.find(USERS[1])
    assert account is not None
    assert account.letters_since is None


def test_a_profile_that_is_changed_meanwhile_does_not_bring_letters_back(stores: Stores) -> None:
    stores.accounts.set_letters(USERS[1], None)
    stores.accounts.change_profile(USERS[1], "Вера", "ru")
    assert stores.subscribers.find(USERS[1]) is None


def test_a_week_is_claimed_once_and_no_earlier_one_after_it(stores: Stores) -> None:
    subscribers = stores.subscribers
    held = subscribers.find(USERS[1])
    assert held is not None
    assert subscribers.claim(held, "2026-W48", NOW, FILMS[:3])
    assert not subscribers.claim(held, "2026-W48", NOW, FILMS[:3])
    assert not subscribers.claim(held, "2026-W47", NOW, FILMS[:3])
    claimed = subscribers.find(USERS[1])
    assert claimed is not None
    assert (claimed.week, claimed.claimed_at, claimed.films) == ("2026-W48", NOW, FILMS[:3])
    assert subscribers.claim(claimed, "2027-W01", NOW, FILMS[3:6])
    latest = subscribers.find(USERS[1])
    assert latest is not None
    assert latest.films == (*FILMS[3:6], *FILMS[:3])


def test_the_films_of_four_letters_are_kept(stores: Stores) -> None:
    for week in range(6):
        held = stores.subscribers.find(USERS[1])
        assert held is not None
        assert stores.subscribers.claim(held, f"2026-W{10 + week}", NOW, FILMS[3 * week : 3 * week + 3])
    held = stores.subscribers.find(USERS[1])
    assert held is not None
    assert set(held.films) == set(FILMS[6:])


def test_nothing_is_claimed_for_whoever_has_stopped_it_or_is_gone(stores: Stores) -> None:
    accounts, subscribers = stores
    for user_id in USERS[1:3]:
        held, account = subscribers.find(user_id), accounts.find(user_id)
        assert held is not None
        assert account is not None
        if user_id == USERS[1]:
            accounts.set_letters(user_id, None)
        else:
            accounts.erase(account, NOW, NOW + timedelta(days=31))
        assert not subscribers.claim(held, "2026-W48", NOW, FILMS[:3])
        assert accounts.find(user_id) is None or user_id == USERS[1], "and no account comes back"


def test_what_is_given_back_is_as_it_was_unless_somebody_claimed_after_it(stores: Stores) -> None:
    subscribers = stores.subscribers
    first = subscribers.find(USERS[1])
    assert first is not None
    subscribers.claim(first, "2026-W48", NOW, FILMS[:3])
    subscribers.release(first, NOW)
    assert subscribers.find(USERS[1]) == first
    subscribers.claim(first, "2026-W48", NOW, FILMS[:3])
    second = subscribers.find(USERS[1])
    assert second is not None
    subscribers.claim(second, "2026-W49", NOW + timedelta(days=7), FILMS[3:6])
    subscribers.release(second, NOW)  # late: another claim stands there
    latest = subscribers.find(USERS[1])
    assert latest is not None
    assert latest.week == "2026-W49"
    subscribers.release(second, NOW + timedelta(days=7))
    assert subscribers.find(USERS[1]) == second
