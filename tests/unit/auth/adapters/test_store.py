"""What a refused transaction means: another write met it, and it is tried again; or it is wrong, and stays so."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from pynamodb.exceptions import TransactWriteError

from chalicelib import aws
from chalicelib.auth.adapters import store
from chalicelib.auth.adapters.store import CONTENDED, TRIES, DynamoAccountStore
from chalicelib.errors import UnavailableError
from tests.aws import aws_in_memory
from tests.contract.test_account_stores import account


def refusal(code: str) -> tuple[Any, dict[str, Any]]:
    """DynamoDB's answer to a transaction whose first write it refused for this reason, as botocore reads it."""
    reasons = [{"Code": code, "Message": "refused"}, {"Code": "None"}]
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{code}, None]"
    error = {"Code": "TransactionCanceledException", "Message": message}
    metadata = {"HTTPStatusCode": 400, "RequestId": "refused"}
    parsed = {"Error": error, "CancellationReasons": reasons, "ResponseMetadata": metadata}
    return SimpleNamespace(status_code=400), parsed


@pytest.fixture
def accounts(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoAccountStore]:
    with aws_in_memory(monkeypatch):
        monkeypatch.setattr(store, "BACKOFF_SECONDS", 0.0)
        yield DynamoAccountStore("AccountsTable")


def refuse(*codes: str) -> list[str]:
    """Has the next transactions refused, one for each code. Returns those that have come, by what became of them."""
    left, come = list(codes), list[str]()

    def answer(**_: Any) -> tuple[Any, dict[str, Any]] | None:
        come.append(left.pop(0) if left else "written")
        return refusal(come[-1]) if come[-1] != "written" else None

    aws.process().tables.meta.events.register_first("before-call.dynamodb.TransactWriteItems", answer)
    return come


@pytest.mark.parametrize("code", CONTENDED)
def test_a_transaction_that_met_another_is_tried_again(accounts: DynamoAccountStore, code: str) -> None:
    come = refuse(code, code)
    accounts.add(account())
    assert come == [code, code, "written"]
    assert accounts.find(account().user_id) == account()


def test_a_transaction_that_never_comes_through_is_given_up_in_a_sentence(accounts: DynamoAccountStore) -> None:
    come = refuse(*["TransactionConflict"] * TRIES)
    with pytest.raises(UnavailableError):
        accounts.add(account())
    assert come == ["TransactionConflict"] * TRIES


@pytest.mark.parametrize("code", ["ValidationError", "ItemCollectionSizeLimitExceeded"])
def test_a_transaction_that_is_wrong_is_not_tried_again(accounts: DynamoAccountStore, code: str) -> None:
    come = refuse(code)
    with pytest.raises(TransactWriteError):
        accounts.add(account())
    assert come == [code]
