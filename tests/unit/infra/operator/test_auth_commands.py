import json
from datetime import UTC, datetime

import boto3
import pytest

from chalicelib.auth import accounts, sessions
from chalicelib.auth.keys import parse
from chalicelib.auth.model import SessionOverError
from chalicelib.auth.sign_in import sign_in
from chalicelib.auth.tokens import verify
from chalicelib.resources import auth_dependencies
from infra.__main__ import main
from infra.operator import rotate_keys, sign_out
from tests.auth_world import HOME, PASSWORD, key_set
from tests.aws import KEYS_SECRET, aws_in_memory, stack_in_memory


def signed_in(*names: str) -> dict[str, sessions.TokenPair]:
    """A pair for each of these accounts."""
    dependencies, pairs = auth_dependencies(), {}
    for name in names:
        email = f"{name}@example.com"
        accounts.register(email, PASSWORD, None, "ru", "192.0.2.1", dependencies, datetime.now(UTC))
        pairs[name] = sign_in(email, PASSWORD, HOME, dependencies, datetime.now(UTC))
    return pairs


def is_over(pair: sessions.TokenPair) -> bool:
    try:
        sessions.refresh(pair.refresh_token, auth_dependencies(), datetime.now(UTC))
    except SessionOverError:
        return True
    return False


def test_one_user_or_everyone_is_signed_out_by_command(monkeypatch: pytest.MonkeyPatch) -> None:
    with aws_in_memory(monkeypatch):
        pairs = signed_in("vera", "oleg")
        dependencies = auth_dependencies()
        vera = verify(pairs["vera"].access_token, dependencies.keys, dependencies.settings, datetime.now(UTC)).user_id
        stack_in_memory("kinosovet", {"SessionsTable": "SessionsTable"})
        assert main(["sign-out", "--user", vera]) == 0
        assert is_over(pairs["vera"])
        assert not is_over(pairs["oleg"])
        assert main(["sign-out", "--everyone"]) == 0
        assert dependencies.sessions.list_all(vera) == []
        assert sign_out.sign_out("SessionsTable", None, boto3.client("dynamodb")) == 0


def test_the_secret_has_a_new_key_in_front_when_rotated_by_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with aws_in_memory(monkeypatch):
        pair = signed_in("vera")["vera"]
        stack_in_memory("films-test", {"TokenKeys": KEYS_SECRET})
        assert main(["rotate-keys", "--stack", "films-test"]) == 0
        text = boto3.client("secretsmanager").get_secret_value(SecretId=KEYS_SECRET)["SecretString"]
        keys = parse(text)
        assert [key.kid for key in keys][1:] == ["first"]
        printed = capsys.readouterr().out
        assert keys[0].kid in printed
        assert keys[0].secret not in printed
        dependencies = auth_dependencies()
        verify(pair.access_token, dependencies.keys, dependencies.settings, datetime.now(UTC))
        assert not is_over(pair)


def test_a_key_set_made_by_hand_is_read_when_rotated() -> None:
    text = json.dumps(json.loads(key_set("two", "one")))
    assert len(parse(rotate_keys.rotated(text, datetime.now(UTC), 10**10))) == 3
