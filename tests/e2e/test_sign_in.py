"""Accounts and sessions at the deployed API: races, waits, and what strangers can learn."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import boto3
import httpx

from tests.deployed import PASSWORD, Stack, Viewer

REQUESTS = 24
IN_FLIGHT = 6
"""The emulator gives each request in flight a process of its own and 120 MB of unzipped libraries: fifty of them take
minutes on two cores. Fifty threads race against the same conditions in tests/contract/test_account_races.py."""


def at_once(act: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        return list(pool.map(act, range(REQUESTS)))


def test_one_account_is_left_when_many_register_one_address_at_once(stack: Stack) -> None:
    account = {"email": f"{uuid4().hex}@example.com", "password": PASSWORD}
    answers = at_once(lambda _: Viewer(stack.url).call("POST", "v1/auth/register", account))
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(201) == 1, statuses
    assert set(statuses) <= {201, 409}
    pages = boto3.client("dynamodb").get_paginator("scan").paginate(TableName=stack.outputs["AccountsTable"])
    items = [item for page in pages for item in page["Items"]]
    assert sum(item.get("email", {}).get("S") == account["email"] for item in items) == 1


def test_one_live_pair_is_left_when_many_refresh_one_token_at_once(stack: Stack, viewer: Viewer) -> None:
    body = {"refresh_token": viewer.refresh_token}
    answers = at_once(lambda _: Viewer(stack.url).call("POST", "v1/auth/refresh", body))
    pairs = [answer.json() for answer in answers if answer.is_success]
    assert pairs
    viewer.token = viewer.ok("POST", "v1/auth/login", {"email": viewer.email, "password": PASSWORD})["access_token"]
    raced, *others = viewer.ok("GET", "v1/me/export")["auth"]["sessions"]
    # Each pair handed out is a rotation that the session knows of: this is what breaks without the conditional write.
    # On a machine so slow that a request came after the grace, the session has been revoked.
    assert raced["refreshed"] == len(pairs) if others else raced["refreshed"] == 0
    tried = [viewer.call("POST", "v1/auth/refresh", {"refresh_token": pair["refresh_token"]}) for pair in pairs]
    assert sum(answer.is_success for answer in tried) <= 1


def test_a_lost_answer_costs_nothing_and_a_stolen_token_ends_the_session(viewer: Viewer) -> None:
    first = {"refresh_token": viewer.refresh_token}
    viewer.ok("POST", "v1/auth/refresh", first)
    repeated = viewer.ok("POST", "v1/auth/refresh", first)
    used = viewer.ok("POST", "v1/auth/refresh", {"refresh_token": repeated["refresh_token"]})
    assert viewer.call("POST", "v1/auth/refresh", first).status_code == 401
    assert viewer.call("POST", "v1/auth/refresh", {"refresh_token": used["refresh_token"]}).status_code == 401
    viewer.token = used["access_token"]
    assert viewer.call("GET", "v1/me").status_code == 401  # the access token goes with its session


def test_signing_out_ends_this_session_alone(viewer: Viewer) -> None:
    other = viewer.ok("POST", "v1/auth/login", {"email": viewer.email, "password": PASSWORD})
    viewer.ok("POST", "v1/auth/logout", {"refresh_token": viewer.refresh_token})
    assert viewer.call("GET", "v1/me").status_code == 401
    viewer.token = other["access_token"]
    viewer.ok("GET", "v1/me")


def test_every_session_ends_when_the_password_was_changed(viewer: Viewer) -> None:
    other = viewer.ok("POST", "v1/auth/login", {"email": viewer.email, "password": PASSWORD})
    change = {"current_password": PASSWORD, "new_password": f"{PASSWORD}, changed"}
    assert viewer.call("PUT", "v1/me/password", change).status_code == 204
    for token in (viewer.refresh_token, other["refresh_token"]):
        assert viewer.call("POST", "v1/auth/refresh", {"refresh_token": token}).status_code == 401
    viewer.token = other["access_token"]  # not used yet: API Gateway remembers a good token for 30 s
    assert viewer.call("GET", "v1/me").status_code == 401
    viewer.ok("POST", "v1/auth/login", {"email": viewer.email, "password": change["new_password"]})


def test_the_language_is_everywhere_when_the_profile_was_changed(viewer: Viewer) -> None:
    assert viewer.ok("PATCH", "v1/me", {"language": "en"})["language"] == "en"
    assert viewer.ok("GET", "v1/me")["language"] == "en"


def test_the_eleventh_attempt_waits_whether_the_account_exists_or_not(viewer: Viewer, stranger: Viewer) -> None:
    for email in (viewer.email, f"{uuid4().hex}@example.com"):
        body = {"email": email, "password": "not the password"}
        answers = [stranger.call("POST", "v1/auth/login", body) for _ in range(11)]
        assert [answer.status_code for answer in answers] == [401] * 10 + [429]
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 15
        assert len({answer.json()["detail"] for answer in answers[:10]}) == 1
    viewer.ok("GET", "v1/me")  # open sessions notice nothing


def test_no_log_line_of_any_function_names_a_secret(stack: Stack, viewer: Viewer, stranger: Viewer) -> None:
    secrets = [viewer.email, PASSWORD, viewer.token, viewer.refresh_token, "never typed before"]
    stranger.call("POST", "v1/auth/login", {"email": viewer.email, "password": "never typed before"})
    stranger.call("POST", "v1/auth/register", {"email": viewer.email, "password": PASSWORD})
    stranger.call("POST", "v1/auth/register", {"email": viewer.email, "password": PASSWORD, "admin": True})
    pair = viewer.ok("POST", "v1/auth/refresh", {"refresh_token": viewer.refresh_token})
    secrets += [pair["access_token"], pair["refresh_token"]]
    viewer.call("PUT", "v1/me/password", {"current_password": "never typed before", "new_password": PASSWORD})
    viewer.ok("GET", "v1/me/export")
    viewer.ok("DELETE", "v1/me")
    text = boto3.client("secretsmanager").get_secret_value(SecretId=stack.outputs["TokenKeys"])["SecretString"]
    lines = stack.log_lines()
    assert lines
    assert not [line for line in lines for secret in [*secrets, text] if secret in line]
