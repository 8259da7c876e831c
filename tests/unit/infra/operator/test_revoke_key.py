"""A leaked signing key is taken out of use within seconds, and nobody who is signed in has to type a password."""

import argparse
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.auth import tokens
from chalicelib.auth.admission import Admission
from chalicelib.auth.dependencies import Dependencies
from chalicelib.auth.keys import CACHE_SECONDS, KeyRing, parse
from chalicelib.errors import UnauthorizedError
from infra.__main__ import parser_of
from infra.operator import revoke_key
from infra.operator.revoke_key import KeyUnknownError, without
from infra.stack_outputs import Outputs
from tests import forgeries
from tests.auth_world import World, key_set

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
BOTH = key_set("new", "old")


def test_a_revoked_key_goes_and_another_signs() -> None:
    first, second = parse(without(BOTH, ["new"], NOW))
    assert second == parse(BOTH)[1]
    assert first.kid not in {"new", "old"}
    assert first.created_at == int(NOW.timestamp())
    assert [key.kid for key in parse(without(BOTH, None, NOW))] != ["new", "old"]
    assert len(parse(without(BOTH, None, NOW))) == 1


def test_a_key_that_is_none_changes_nothing() -> None:
    with pytest.raises(KeyUnknownError, match=r"mistyped.*new, old"):
        without(BOTH, ["new", "mistyped"], NOW)


class Site:
    """Functions whose clock the command's wait moves, and a gateway."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = 0.0
        self.client: Any = boto3.client("secretsmanager")
        self.secret = str(self.client.create_secret(Name="keys", SecretString=BOTH)["ARN"])
        api: Any = boto3.client("apigateway")
        api_id = api.create_rest_api(name="site")["id"]
        found = Outputs("site", {"TokenKeys": self.secret, "RestAPIId": api_id})
        monkeypatch.setattr(revoke_key, "outputs", lambda _: found)
        monkeypatch.setattr(time, "sleep", self._sleep)
        self.fetches = 0

    def _sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def fetch(self) -> str:
        self.fetches += 1
        return str(self.client.get_secret_value(SecretId=self.secret)["SecretString"])

    def warm_ring(self) -> KeyRing:
        ring = KeyRing(self.fetch, lambda: self.seconds)
        ring.all()
        return ring


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Site(monkeypatch)


def given(*arguments: str) -> argparse.Namespace:
    return parser_of("revoke-key").parse_args(arguments)


def world_at(ring: KeyRing) -> World:
    world = World(now=datetime.now(UTC))
    world.keys = ring
    world.dependencies = Dependencies(world.accounts, world.sessions, world.attempts, ring, world.settings)
    return world


def test_a_token_of_a_leaked_key_is_refused_when_the_command_is_done_and_viewers_go_on(site: Site) -> None:
    ring = site.warm_ring()
    world = world_at(ring)
    world.register()
    pair = world.sign_in()
    header, claims, _ = forgeries.parts_of(pair.access_token)
    leaked = parse(BOTH)[0]
    forged = forgeries.signed(header | {"kid": leaked.kid}, claims | {"jti": "forged"}, leaked.secret)
    admission = Admission(ring, lambda: world.accounts, lambda: world.sessions, world.settings)
    assert admission.admit(forged, world.now)
    assert revoke_key.run(given(leaked.kid)) == 0
    site.seconds += 0.1  # a function that looked just before the secret changed
    for token in (forged, pair.access_token):
        with pytest.raises(UnauthorizedError):
            admission.admit(token, world.now)
    again = world.refresh(pair.refresh_token)
    assert admission.admit(again.access_token, world.now)
    assert forgeries.parts_of(again.access_token)[0]["kid"] not in {"new", "old"}


def test_a_token_of_another_key_stays_good_unless_all_are_revoked(site: Site) -> None:
    ring = site.warm_ring()
    old = KeyRing(lambda: key_set("old"))
    token = tokens.issue(old, "user", "session", NOW, World().settings, datetime.now(UTC))
    assert revoke_key.run(given("new")) == 0
    site.seconds += 0.1
    assert tokens.verify(token, ring, World().settings, datetime.now(UTC)).user_id == "user"
    assert revoke_key.run(given("--all")) == 0
    site.seconds += 0.1
    with pytest.raises(tokens.InvalidTokenError):
        tokens.verify(token, ring, World().settings, datetime.now(UTC))


def test_the_bound_is_seconds(site: Site) -> None:
    ring = site.warm_ring()
    site.client.put_secret_value(SecretId=site.secret, SecretString=json.dumps({"keys": [json.loads(BOTH)["keys"][1]]}))
    site.seconds += CACHE_SECONDS + 0.1
    assert ring.find("new") is None
    assert timedelta(seconds=CACHE_SECONDS) <= timedelta(seconds=15)


def test_the_operator_is_told_when_there_is_no_such_key(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    before = site.fetch()
    assert revoke_key.run(given("mistyped")) == 1
    assert "it has new, old" in capsys.readouterr().err
    assert site.fetch() == before
    with pytest.raises(SystemExit):
        given()
