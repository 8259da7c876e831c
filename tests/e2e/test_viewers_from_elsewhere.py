"""Viewers who have no account here, on the deployed stack: of trusted issuers, and of the site's own server."""

import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from itertools import count
from typing import Any

import boto3
import httpx
import pytest

from infra.__main__ import main
from infra.local.up import STACK
from tests.deployed import HURRIED, Stack, Viewer, running_stack, wait_for
from tests.foreign_forgeries import by_an_attacker, by_the_issuer, weak_keys
from tests.issuer_twin import ALGORITHMS, Issuer, running_issuer

SITE = "https://www.films.example"
_names = count()


@pytest.fixture(scope="module")
def issuers() -> Iterator[tuple[Issuer, Issuer, Issuer]]:
    """Two that are trusted, and an attacker's."""
    with running_issuer() as one, running_issuer() as two, running_issuer() as attacker:
        yield one, two, attacker


@pytest.fixture(scope="module")
def stack(issuers: tuple[Issuer, Issuer, Issuer]) -> Iterator[Stack]:
    one, two, _ = issuers
    trusted = [one.setting(operator_claim={"name": "role", "value": "staff"}), two.setting(jwks_url=f"{two.url}/keys")]
    with running_stack("elsewhere", HURRIED | {"TrustedIssuers": json.dumps(trusted), "CorsOrigins": SITE}) as made:
        yield made


@pytest.fixture(scope="module")
def key(stack: Stack) -> str:
    """A server key that may act."""
    made = _key("shop", "read,act")
    bearer = {"Authorization": f"Bearer {made}"}
    wait_for(lambda: Viewer(stack.url).call("GET", "v1/films", headers=bearer).is_success, 30)
    return made


def _key(name: str, scopes: str) -> str:
    with redirect_stdout(StringIO()) as said:
        assert main(["server-keys", "create", name, "--scopes", scopes, "--stack", STACK]) == 0
    return said.getvalue().strip()


class Acted(Viewer):
    """A viewer for whom the site's own server calls."""

    def __init__(self, url: str, key: str, name: str) -> None:
        super().__init__(url, key)
        self.http.headers["X-Viewer"] = name


def of_an_issuer(stack: Stack, issuer: Issuer, **claims: Any) -> Viewer:
    return Viewer(stack.url, issuer.token(f"viewer-{next(_names)}", **claims))


def _gets_a_list(viewer: Viewer) -> None:
    liked = viewer.films("Matrix", "Alien", "Toy Story")
    viewer.like(*liked)
    page = viewer.home_when(lambda page: page["source"] != "top")
    assert not {film["film_id"] for film in page["films"]} & set(liked)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_viewer_of_an_issuer_gets_a_list_of_their_own(
    stack: Stack, issuers: tuple[Issuer, Issuer, Issuer], algorithm: str
) -> None:
    viewer = Viewer(stack.url, issuers[0].token(f"viewer-{next(_names)}", algorithm))
    assert viewer.ok("GET", "v1/me")["roles"] == ["viewer"]
    _gets_a_list(viewer)


def test_a_viewer_of_the_sites_server_gets_a_list_of_their_own(stack: Stack, key: str) -> None:
    _gets_a_list(Acted(stack.url, key, "42"))


def test_the_same_subject_at_two_issuers_is_two_viewers(
    stack: Stack, issuers: tuple[Issuer, Issuer, Issuer], key: str
) -> None:
    viewers = [*(Viewer(stack.url, one.token("same")) for one in issuers[:2]), Acted(stack.url, key, "same")]
    assert len({viewer.ok("GET", "v1/me")["user_id"] for viewer in viewers}) == 3


def test_no_forged_or_foreign_token_gets_in(stack: Stack, issuers: tuple[Issuer, Issuer, Issuer]) -> None:
    """Over sixty kinds, at a route where the API asks itself; some of them, at one where API Gateway asks first: the
    emulator starts the authorizer anew after each refusal."""
    one, _, attacker = issuers
    forged = by_an_attacker(one, attacker) | by_the_issuer(one) | weak_keys(one)
    assert len(forged) >= 40
    stranger = Viewer(stack.url)
    said = set()
    for kind, token in forged.items():
        answer = stranger.call("GET", "v1/films", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, f"{kind}: {answer.text}"
        if not token.startswith("ks_"):
            said.add(answer.json()["detail"])
    assert len(said) == 1, "nobody learns which part was wrong"
    for kind in ("HS256 by the public key", "another key under our key id", "for another audience", "expired"):
        answer = stranger.call("GET", "v1/me", headers={"Authorization": f"Bearer {forged[kind]}"})
        assert answer.status_code == 401, f"{kind}: {answer.text}"
    one.more_keys = []
    assert attacker.asked == {}


def test_a_rotated_key_is_believed(stack: Stack, issuers: tuple[Issuer, Issuer, Issuer]) -> None:
    one = issuers[0]
    one.rotate("ES256")
    token = one.token("rotated", "ES256")
    wait_for(lambda: Viewer(stack.url, token).call("GET", "v1/me").is_success, 75)


def test_an_operator_by_claim_or_by_command_is_shown_as_one(
    stack: Stack, issuers: tuple[Issuer, Issuer, Issuer]
) -> None:
    assert of_an_issuer(stack, issuers[0], role="staff").ok("GET", "v1/me")["roles"] == ["viewer", "operator"]
    assert of_an_issuer(stack, issuers[1], role="staff").ok("GET", "v1/me")["roles"] == ["viewer"]


def test_a_viewer_from_elsewhere_is_deleted_for_good_and_may_begin_anew(stack: Stack, key: str) -> None:
    viewer = Acted(stack.url, key, "leaving")
    viewer.like(*viewer.films("Matrix"))
    user_id = viewer.ok("PATCH", "v1/me", {"name": "Vera"})["user_id"]
    assert viewer.ok("GET", "v1/me/export")["auth"]["profile"]["name"] == "Vera"
    viewer.ok("DELETE", "v1/me")
    assert viewer.call("GET", "v1/me").status_code == 401
    wait_for(lambda: stack.held(user_id) == [] or None, 60, lambda: stack.held(user_id))
    due = {"user_id": user_id, "not_before": "2026-01-01T00:00:00Z", "last": True}
    stack.invoke("PurgeAgain", {"Records": [{"messageId": "1", "body": json.dumps(due)}]})
    assert viewer.ok("GET", "v1/me")["name"] is None
    _gets_a_list(viewer)


def test_a_key_is_listed_with_its_last_use_and_refused_soon_after_it_is_revoked(stack: Stack) -> None:
    made = _key("leaked", "act")
    viewer = Acted(stack.url, made, "42")
    wait_for(lambda: viewer.call("GET", "v1/me").is_success, 30)
    with redirect_stdout(StringIO()) as said:
        assert main(["server-keys", "list", "--stack", STACK]) == 0
    (line,) = [line for line in said.getvalue().splitlines() if line.startswith("leaked")]
    assert "last used" in line
    assert main(["server-keys", "revoke", "leaked", "--stack", STACK]) == 0
    wait_for(lambda: viewer.call("GET", "v1/me").status_code == 401, 30)


def test_pages_of_a_named_site_may_call_and_no_others(stack: Stack) -> None:
    def asked(origin: str) -> httpx.Response:
        headers = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
        return httpx.options(f"{stack.url}v1/recommendations", headers=headers, timeout=60)

    answer = asked(SITE)
    assert (answer.status_code, answer.headers.get("Access-Control-Allow-Origin")) == (204, SITE)
    answer = asked("https://evil.example")
    assert answer.status_code >= 400
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_stack_stores_no_server_key(stack: Stack, key: str) -> None:
    held = boto3.client("secretsmanager").get_secret_value(SecretId=stack.outputs["ServerKeys"])["SecretString"]
    assert key not in held
    assert stack.held(key) == []
