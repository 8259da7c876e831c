"""Operators are made by command, and by nobody else."""

from collections.abc import Iterator

import pytest

from chalicelib.auth.adapters.store import DynamoAccountStore
from chalicelib.auth.model import Account
from infra.__main__ import main
from tests.aws import aws_in_memory, stack_in_memory
from tests.factories import NOW

EMAIL = "vera@example.com"


@pytest.fixture
def accounts(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoAccountStore]:
    with aws_in_memory(monkeypatch):
        stack_in_memory("films", {"AccountsTable": "AccountsTable"})
        store = DynamoAccountStore("AccountsTable")
        store.add(Account(user_id="1", email=EMAIL, password_hash="hash", created_at=NOW))
        yield store


def done(*arguments: str) -> int:
    return main(["roles", *arguments, "--stack", "films"])


def is_operator(accounts: DynamoAccountStore) -> bool:
    found = accounts.find("1")
    assert found
    return found.is_operator


def test_a_role_is_granted_listed_and_taken(accounts: DynamoAccountStore, capsys: pytest.CaptureFixture[str]) -> None:
    assert not is_operator(accounts)
    assert done("grant", EMAIL.upper(), "operator") == 0
    assert is_operator(accounts)
    assert done("list") == 0
    assert EMAIL in capsys.readouterr().out.splitlines()[-1]
    assert done("revoke", EMAIL, "operator") == 0
    assert not is_operator(accounts)
    capsys.readouterr()
    assert done("list") == 0
    assert EMAIL not in capsys.readouterr().out


@pytest.mark.parametrize("email", ["nobody@example.com", "no address"])
def test_nobody_is_made_an_operator_who_has_no_account(accounts: DynamoAccountStore, email: str) -> None:
    assert done("grant", email) == 1
    assert not is_operator(accounts)
