import json
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from chalicelib import resources
from chalicelib.auth import events
from chalicelib.auth.leaving.erasure import Erasers, PurgeAgain
from chalicelib.auth.letters.port import Letter, LetterRefusedError, LetterWanted
from chalicelib.auth.model import Account
from tests.auth_world import accounts_record
from tests.fake_accounts import FakeAccountStore, FakeCodeStore, FakeErasureQueue

SOON, LONG_AGO = datetime.now(UTC) + timedelta(hours=1), datetime(2026, 1, 1, tzinfo=UTC)


class Wired:
    """What the handlers find: purged users, a queue, tombstones; `broken` users cannot be purged."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.purged: list[str] = []
        self.broken: set[str] = set()
        self.queue, self.accounts = FakeErasureQueue(), FakeAccountStore()
        monkeypatch.setattr(
            resources, "erasers", lambda: Erasers(self._erase, self._nothing, self._nothing, self._nothing)
        )
        monkeypatch.setattr(resources, "erasure_queue", lambda: self.queue)
        monkeypatch.setattr(resources, "account_store", lambda: self.accounts)

    def _nothing(self, user_id: str) -> None:
        pass

    def _erase(self, user_id: str) -> None:
        if user_id in self.broken:
            raise ConnectionError("away")
        self.purged.append(user_id)


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch) -> Wired:
    return Wired(monkeypatch)


def woken(handler: Callable[..., Any], *records: dict[str, Any]) -> list[str]:
    """Runs a handler as Lambda does; the identifiers of what failed."""
    answer = handler({"Records": list(records)}, None)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_only_tombstones_purge_when_the_accounts_table_changes(wired: Wired) -> None:
    changes = [
        accounts_record("user#a"),
        accounts_record("email#b"),
        accounts_record("user#c", name="REMOVE"),
        accounts_record("erased#d"),
    ]
    assert woken(events.erase, *changes, accounts_record("erased#e", name="REMOVE")) == []
    assert wired.purged == ["d"]


def test_a_batch_starts_again_at_the_first_failure(wired: Wired) -> None:
    wired.broken = {"b"}
    batch = [accounts_record(f"erased#{user}", sequence) for user, sequence in (("a", "11"), ("b", "12"), ("c", "13"))]
    assert woken(events.erase, *batch) == ["12"]
    wired.broken = set()
    assert woken(events.erase, *batch[1:]) == []
    assert wired.purged == ["a", "b", "c"]


def message(user_id: str, not_before: datetime, message_id: str = "m") -> dict[str, Any]:
    body = msgspec.json.encode(PurgeAgain(user_id=user_id, not_before=not_before)).decode()
    return {"messageId": message_id, "body": body, "receiptHandle": "r"}


def test_a_message_that_fails_comes_again_alone(wired: Wired) -> None:
    wired.accounts.tombstones = {"a": SOON, "b": SOON}
    wired.broken = {"a"}
    messages = [message("a", LONG_AGO, "1"), message("b", LONG_AGO, "2"), message("b", SOON, "3")]
    odd = message("b", LONG_AGO, "4") | {"body": "not JSON"}
    assert woken(events.purge_again, *messages, odd) == ["1", "4"]
    assert wired.purged == ["b"]
    assert [delay for _, delay in wired.queue.sent] == [900]


def test_a_letter_that_fails_comes_again_alone_and_the_log_names_nobody(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = datetime.now(UTC)
    for user in ("vera", "oleg"):
        email, user_id = f"{user}@example.com", str(uuid.uuid4())
        wired.accounts.add(Account(user_id=user_id, email=email, password_hash="hash", created_at=now))
    taken: list[str] = []

    def send(letter: Letter) -> None:
        if letter.to.startswith("vera"):
            raise LetterRefusedError("MessageRejected")
        taken.append(letter.to)

    monkeypatch.setattr(resources, "mailer", lambda: SimpleNamespace(send=send))
    monkeypatch.setattr(resources, "code_store", FakeCodeStore)
    wishes = [LetterWanted(purpose="reset", email=f"{user}@example.com") for user in ("vera", "oleg", "nobody")]
    records = [
        {"messageId": str(number), "body": msgspec.json.encode(wish).decode(), "receiptHandle": "r"}
        for number, wish in enumerate(wishes)
    ]
    assert woken(events.post_letters, *records) == ["0"]
    assert taken == ["oleg@example.com"]
    assert "MessageRejected" in caplog.text
    assert "@example.com" not in caplog.text


def test_the_handlers_start_without_the_app() -> None:
    code = """
import json, sys
from chalicelib.auth import events
print(events.erase({"Records": []}, None), events.purge_again({"Records": []}, None))
assert "app" not in sys.modules and "pynamodb" not in sys.modules
"""
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "{'batchItemFailures': []} {'batchItemFailures': []}"


def test_a_booked_purge_is_plain_json() -> None:
    decoded = json.loads(message("a", LONG_AGO)["body"])
    assert decoded == {"user_id": "a", "not_before": "2026-01-01T00:00:00Z", "last": False}
