"""Access tokens that somebody made up, at the deployed API: every kind is a 401.

The emulator starts the authorizer anew after each refusal, so one token of each kind is tried here; the rest are in
tests/unit/auth/test_authorizer.py."""

import json
from uuid import uuid4

import boto3
import pytest

from chalicelib.auth.keys import Key, parse
from infra.__main__ import main
from infra.stack_outputs import DEFAULT_STACK
from tests import forgeries
from tests.deployed import Stack, Viewer, wait_for

KINDS = [
    "alg none", "RS256", "public key as HMAC secret", "HS512", "other key", "unknown kid", "key in the header",
    "edited payload", "expired", "not yet valid", "not yet issued", "wrong issuer", "wrong audience",
    "refresh used as access", "no token_use", "no such session",
]  # fmt: skip


def signing_key(stack: Stack) -> Key:
    text = boto3.client("secretsmanager").get_secret_value(SecretId=stack.outputs["TokenKeys"])["SecretString"]
    return parse(text)[0]


@pytest.fixture(scope="module")
def forged(stack: Stack) -> dict[str, str]:
    """All of them, made from a genuine token."""
    viewer = Viewer(stack.url)
    account = {"email": "forger@example.com", "password": "a quite ordinary passphrase"}
    viewer.call("POST", "v1/auth/register", account)
    pair = viewer.ok("POST", "v1/auth/login", account)
    token = pair["access_token"]
    viewer.token = token
    assert viewer.ok("GET", "v1/me")["email"] == account["email"]
    tokens = forgeries.without_the_key(token) | forgeries.with_the_key(token, signing_key(stack).secret)
    return tokens | {"a refresh token": pair["refresh_token"], "genuine": token}


@pytest.mark.parametrize("kind", [*KINDS, "a refresh token"])
def test_a_forged_token_is_unauthorized(forged: dict[str, str], stranger: Viewer, kind: str) -> None:
    stranger.token = forged[kind]
    answer = stranger.call("GET", "v1/me", headers={"Authorization": f"Bearer {forged[kind]}"})
    assert answer.status_code == 401, answer.text


@pytest.mark.parametrize("kind", ["alg none", "expired"])
def test_a_refusal_of_the_gateway_is_a_problem_document(forged: dict[str, str], stranger: Viewer, kind: str) -> None:
    stranger.token = forged[kind]
    assert stranger.call("GET", "v1/me").headers["Content-Type"].startswith("application/problem+json")


def test_another_scheme_is_unauthorized(forged: dict[str, str], stranger: Viewer) -> None:
    assert stranger.call("GET", "v1/me", headers={"Authorization": f"Basic {forged['genuine']}"}).status_code == 401


def test_a_leaked_key_is_of_no_use_when_it_was_revoked(stack: Stack, viewer: Viewer) -> None:
    """One beside those in use, so that nobody else on this stack notices."""
    secrets, place = boto3.client("secretsmanager"), stack.outputs["TokenKeys"]
    held = parse(secrets.get_secret_value(SecretId=place)["SecretString"])
    leaked = Key(f"leaked-{uuid4().hex}", uuid4().hex * 2, 1)
    entries = [{"kid": key.kid, "secret": key.secret, "created_at": key.created_at} for key in (*held, leaked)]
    secrets.put_secret_value(SecretId=place, SecretString=json.dumps({"keys": entries}))
    header, claims, _ = forgeries.parts_of(viewer.token)

    def is_let_in() -> bool:
        forged = forgeries.signed(header | {"kid": leaked.kid}, claims | {"jti": uuid4().hex}, leaked.secret)
        return viewer.call("GET", "v1/me", headers={"Authorization": f"Bearer {forged}"}).is_success

    assert wait_for(is_let_in, 30), "it is a key like any other"
    assert main(["revoke-key", leaked.kid, "--stack", DEFAULT_STACK]) == 0
    assert not is_let_in()
    viewer.ok("POST", "v1/auth/refresh", {"refresh_token": viewer.refresh_token})


def test_nobody_is_signed_out_when_keys_are_rotated(stack: Stack, viewer: Viewer) -> None:
    assert main(["rotate-keys", "--stack", DEFAULT_STACK]) == 0
    header, claims, _ = forgeries.parts_of(viewer.token)
    new = signing_key(stack)
    assert new.kid != header["kid"]
    viewer.ok("GET", "v1/me")
    by_new_key = forgeries.signed(header | {"kid": new.kid}, claims, new.secret)

    def accepted() -> bool:
        return viewer.call("GET", "v1/me", headers={"Authorization": f"Bearer {by_new_key}"}).is_success

    assert wait_for(accepted, 30)
    viewer.ok("POST", "v1/auth/refresh", {"refresh_token": viewer.refresh_token})
