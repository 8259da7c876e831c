import statistics
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from chalice.app import AuthRequest

from chalicelib import resources
from chalicelib.auth import accounts, sessions
from chalicelib.auth.authorizer import authorize
from chalicelib.auth.leaving import erasure
from chalicelib.settings import settings
from tests import forgeries
from tests.auth_world import SECRET, World

ARN = "arn:aws:execute-api:eu-central-1:123456789012:abc/api/GET/v1/me"
HEAVY = ("pynamodb", "boto3", "botocore", "msgspec", "argon2", "email_validator", "chalicelib.http.endpoint")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    settings.cache_clear()
    world = World(now=datetime.now(UTC))
    monkeypatch.setattr(resources, "token_keys", lambda: world.keys)
    monkeypatch.setattr(resources, "account_store", lambda: world.accounts)
    monkeypatch.setattr(resources, "session_store", lambda: world.sessions)
    world.register(language="en")
    return world


def asked(token: str, scheme: str = "Bearer ") -> dict[str, Any]:
    """The authorizer's answer as API Gateway gets it."""
    event = {"type": "TOKEN", "authorizationToken": scheme + token, "methodArn": ARN}
    answer: dict[str, Any] = authorize(event, None)
    return answer


def refused(token: str, scheme: str = "Bearer ") -> None:
    with pytest.raises(Exception, match=r"\AUnauthorized\Z"):
        asked(token, scheme)


def test_the_policy_fits_every_route_and_names_the_user_when_the_token_is_good(world: World) -> None:
    answer = asked(world.sign_in().access_token)
    assert answer["principalId"] in world.accounts.accounts
    (session,) = world.sessions.list_all(answer["principalId"])
    signed_in_at = str(int(session.started_at.timestamp()))
    assert answer["context"] == {"language": "en", "session_id": session.session_id, "signed_in_at": signed_in_at}
    statement, of_operators = answer["policyDocument"]["Statement"]
    assert (of_operators["Effect"], of_operators["Resource"][0].partition("/")[2]) == ("Deny", "api/*/v1/operator/*")
    assert statement["Effect"] == "Allow"
    assert statement["Resource"] == ["arn:aws:execute-api:eu-central-1:123456789012:abc/api/*/*"]


@pytest.mark.parametrize("kind", ["without_the_key", "with_the_key"])
def test_nobody_gets_in_when_the_token_is_forged(world: World, kind: str) -> None:
    token = world.sign_in().access_token
    forged = forgeries.without_the_key(token)
    if kind == "with_the_key":
        forged = forgeries.with_the_key(token, "one" + SECRET)
    assert len(forged) > 15
    for each in forged.values():
        refused(each)


def test_nobody_gets_in_when_the_header_is_odd(world: World) -> None:
    pair = world.sign_in()
    refused(pair.refresh_token)
    refused(pair.access_token, "Basic ")
    refused(pair.access_token, "")
    refused("", "")


def test_a_token_ends_with_its_session_when_signed_out_or_revoked(world: World) -> None:
    first, second = world.sign_in(), world.sign_in()
    sessions.log_out(first.refresh_token, world.sessions)
    refused(first.access_token)
    asked(second.access_token)
    user_id = next(iter(world.accounts.accounts))
    accounts.change_password(user_id, "eleven green bottles", "twelve green ones", world.dependencies, world.now)
    refused(second.access_token)


def test_a_token_ends_with_its_session_when_the_owner_ends_it_from_elsewhere(world: World) -> None:
    here, there = world.sign_in(), world.sign_in()
    session_id = asked(there.access_token)["context"]["session_id"]
    sessions.end(next(iter(world.accounts.accounts)), session_id, world.dependencies, world.now)
    refused(there.access_token)
    asked(here.access_token)


def test_a_token_ends_with_its_account_when_deleted(world: World) -> None:
    token = world.sign_in().access_token
    user_id = next(iter(world.accounts.accounts))
    erasure.erase_account(user_id, world.accounts, world.now)
    refused(token)


def test_another_language_is_passed_on_when_the_profile_was_changed(world: World) -> None:
    token = world.sign_in().access_token
    accounts.change_profile(
        next(iter(world.accounts.accounts)), accounts.ProfileFields(language="ru"), world.accounts, world.now
    )
    assert asked(token)["context"]["language"] == "ru"


def test_a_failure_of_ours_is_no_401_when_a_table_is_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    token = world.sign_in().access_token

    def away() -> None:
        raise ConnectionError("no such table")

    monkeypatch.setattr(resources, "account_store", away)
    with pytest.raises(ConnectionError):
        asked(token)


def test_answers_are_reused_for_half_a_minute_at_most() -> None:
    from app import app

    (config,) = [each for each in app.builtin_auth_handlers if each.name == "authorize"]
    assert config.ttl_seconds == 30
    assert config.handler_string == "chalicelib.auth.authorizer.authorize"


def test_cold_imports_are_light_when_the_authorizer_starts() -> None:
    names = f"{HEAVY!r}"
    code = f"import sys, chalicelib.auth.authorizer; print(*[m for m in {names} if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert set(loaded.split()) <= _loaded_by("chalice, jose.jwt")


def test_cold_import_takes_less_than_1_3_times_chalice_and_jose() -> None:
    timed: dict[str, list[float]] = {"chalice, jose.jwt": [], "chalicelib.auth.authorizer": []}
    for _ in range(7):
        for modules, taken in timed.items():
            taken.append(_import_seconds(modules))
    bare, ours = (statistics.median(taken) for taken in timed.values())
    assert ours < 1.3 * bare


def _loaded_by(modules: str) -> set[str]:
    code = f"import sys, {modules}; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    return set(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split())


def _import_seconds(modules: str) -> float:
    """CPU seconds of a fresh process: on a busy machine the clock on the wall would measure the neighbours."""
    code = f"import time; began = time.process_time(); import {modules}; print(time.process_time() - began)"
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)


def test_a_request_type_of_chalice_is_what_the_function_takes() -> None:
    request = AuthRequest("TOKEN", "", ARN)
    with pytest.raises(Exception, match=r"\AUnauthorized\Z"):
        authorize.func(request)
