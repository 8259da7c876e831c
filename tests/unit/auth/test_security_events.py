"""Every security event is one log line of one form and one count, and names nobody."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from chalicelib import resources
from chalicelib.auth import accounts, security_events
from chalicelib.auth.admission import Admission
from chalicelib.auth.authorizer import door
from chalicelib.auth.letters.ask import ask_to_reset
from chalicelib.callers import VIEWERS
from chalicelib.errors import DomainError
from tests.auth_world import EMAIL, HOME, World
from tests.fake_accounts import FakeLetterQueue

type Noted = Callable[[], list[tuple[str, str, str]]]
NOBODY = "-"


@pytest.fixture
def noted(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Noted:
    """The events: kind, user and address. Each has to be counted too, and to name neither address nor e-mail."""

    def events() -> list[tuple[str, str, str]]:
        lines = [record.getMessage() for record in caplog.records if record.name == security_events.__name__]
        found = [re.fullmatch(r"security event: (.+): user (\S+), address (\S+)", line) for line in lines]
        counted = [json.loads(line) for line in capfd.readouterr().out.splitlines() if "SecurityEvents" in line]
        told = [one.groups() for one in found if one]
        assert [one["kind"] for one in counted] == [kind for kind, _, _ in told]
        assert not [line for line in lines if HOME in line or EMAIL in line]
        return [(kind, user, address) for kind, user, address in told]

    return events


def refused(act: Callable[[], object]) -> None:
    with pytest.raises(DomainError):
        act()


def hashed(user_id: str) -> str:
    return hashlib.sha256(user_id.encode()).hexdigest()[:16]


def test_a_refresh_token_that_comes_back_is_an_event_of_its_user_and_address(noted: Noted) -> None:
    world = World()
    user_id = world.register().user_id
    first = world.sign_in().refresh_token
    world.refresh(first)
    world.pass_seconds(60)
    refused(lambda: world.refresh(first))
    ((kind, user, address),) = noted()
    assert (kind, user) == ("refresh token came back", hashed(user_id))
    assert re.fullmatch("[0-9a-f]{16}", address)
    assert address != hashed(HOME), "addresses are few enough to try all"


def test_whoever_is_throttled_is_an_event(noted: Noted) -> None:
    world = World()
    user_id = world.register().user_id
    for _ in range(10):
        refused(lambda: world.sign_in("wrong"))
    assert noted() == []
    refused(lambda: world.sign_in("wrong"))
    for _ in range(11):
        refused(lambda: accounts.change_password(user_id, "wrong", "a fresh one 17", world.dependencies, world.now))
    for number in range(20):
        world.register(f"viewer{number}@example.com", address="192.0.2.8")
    refused(lambda: world.register("one.more@example.com", address="192.0.2.8"))
    for number in range(20):
        ask_to_reset(f"v{number}@example.com", HOME, FakeLetterQueue(), world.dependencies, world.now)
    refused(lambda: ask_to_reset(EMAIL, HOME, FakeLetterQueue(), world.dependencies, world.now))
    (sign_in, password, register, letter) = noted()
    assert {one[0] for one in (sign_in, password, register, letter)} == {"throttled"}
    assert [one[1] for one in (sign_in, password, register, letter)] == [
        hashed(user_id),
        hashed(user_id),
        NOBODY,
        NOBODY,
    ]
    assert sign_in[2] == letter[2] != register[2]
    assert password[2] == NOBODY


def test_a_token_that_is_refused_is_an_event(noted: Noted) -> None:
    world = World(now=datetime.now(UTC))
    user_id = world.register().user_id
    token = world.sign_in().access_token
    admission = Admission(world.keys, lambda: world.accounts, lambda: world.sessions, world.settings)
    admission.admit(token, world.now)
    refused(lambda: admission.admit("forged", world.now))
    world.sessions.sessions.clear()
    refused(lambda: admission.admit(token, world.now))
    assert noted() == [("token refused", NOBODY, NOBODY), ("token refused", hashed(user_id), NOBODY)]


def test_a_server_key_that_is_refused_is_an_event(noted: Noted, monkeypatch: pytest.MonkeyPatch) -> None:
    class NoKeys:
        def find(self, key: str) -> None:
            """Nothing."""

    monkeypatch.setattr(resources, "server_keys", NoKeys)
    monkeypatch.setattr(resources, "token_keys", lambda: World().keys)
    refused(lambda: door.admit(VIEWERS, {"authorization": "Bearer ks_" + "A" * 43}, {}))
    assert noted() == [("server key refused", NOBODY, NOBODY)]
