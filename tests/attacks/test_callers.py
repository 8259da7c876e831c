"""Every operation of the OpenAPI document with every kind of caller, at the deployed API: the table of callers says who
is let in, and nobody else is."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from io import StringIO
from itertools import count

import msgspec
import pytest

from chalicelib.callers import CALLERS, SCOPES, TABLE, outcome
from infra.__main__ import main
from infra.local.up import STACK
from tests import forgeries
from tests.deployed import HURRIED, Stack, made_server_key, registered, revoke_server_key, running_stack, wait_for
from tests.issuer_twin import Issuer, running_issuer
from tests.operations import GOOD, Request, Site, opened_site

REFUSED = (401, 403)
ENDING = ("DELETE /v1/me", "PUT /v1/me/password")
"""Whoever may call them is gone, or signed out, afterwards."""
BAD = "a bad or expired token"
_names = count()

type Headers = dict[str, str]


@pytest.fixture(scope="module")
def issuers() -> Iterator[tuple[Issuer, Issuer]]:
    """One that is trusted, and one that is not."""
    with running_issuer() as trusted, running_issuer() as stranger:
        yield trusted, stranger


@pytest.fixture(scope="module")
def stack(issuers: tuple[Issuer, Issuer]) -> Iterator[Stack]:
    """A copy that trusts the issuer."""
    trusted = [issuers[0].setting(operator_claim={"name": "role", "value": "staff"})]
    with running_stack("callers", HURRIED | {"TrustedIssuers": json.dumps(trusted)}) as made:
        yield made


@pytest.fixture(scope="module")
def site(stack: Stack) -> Iterator[Site]:
    with opened_site(stack) as opened:
        yield opened


class Callers:
    """What each caller sends, by the name of its kind in the table and what it is in particular."""

    def __init__(self, stack: Stack, site: Site, issuers: tuple[Issuer, Issuer]) -> None:
        self._stack, self._site, (self._trusted, self._stranger) = stack, site, issuers
        self.keys = {scope: made_server_key(f"callers-{scope}", scope) for scope in SCOPES}
        forged = forgeries.without_the_key(site.viewer.token)
        now = self._trusted.claims()["iat"]
        self._until = now + 3_600
        self.sent: dict[tuple[str, str], Headers] = {
            ("nobody", ""): {},
            (BAD, "nonsense"): _bearer("nonsense"),
            (BAD, "alg none"): _bearer(forged["alg none"]),
            (BAD, "another key"): _bearer(forged["other key"]),
            (BAD, "a refresh token"): _bearer(site.viewer.refresh_token),
            (BAD, "expired"): _bearer(self._trusted.token(exp=now - 600)),
            (BAD, "for another audience"): _bearer(self._trusted.token(aud="another")),
            (BAD, "of an issuer that nobody trusts"): _bearer(self._stranger.token()),
            (BAD, "no server key"): _bearer("ks_" + "x" * 43),
            ("a deleted viewer", "of ours"): self._deleted(_bearer(registered(stack).token)),
            ("a deleted viewer", "of the issuer"): self._deleted(
                _bearer(self._trusted.token("deleted", exp=self._until))
            ),
            ("a revoked key", ""): self._revoked(),
            **{(f"a key to {scope}", ""): _bearer(key) for scope, key in self.keys.items()},
            ("a key to act, for a deleted viewer", ""): self._deleted(self._acting("deleted")),
            **{caller: make() for caller, make in self.makers().items()},
        }

    def makers(self) -> dict[tuple[str, str], Callable[[], Headers]]:
        """Those who may go away, and how another one of the kind is made."""
        return {
            ("a viewer", ""): lambda: _bearer(registered(self._stack).token),
            ("a viewer of a trusted issuer", ""): lambda: _bearer(
                self._trusted.token(f"viewer-{next(_names)}", exp=self._until)
            ),
            ("an operator", "by grant"): self._granted,
            ("an operator", "by claim"): lambda: _bearer(
                self._trusted.token(f"staff-{next(_names)}", role="staff", exp=self._until)
            ),
            ("a key to act, for a viewer", ""): lambda: self._acting(f"viewer-{next(_names)}"),
        }

    def close(self) -> None:
        for scope in self.keys:
            revoke_server_key(f"callers-{scope}")

    def status(self, headers: Headers, path: str = "v1/me") -> int:
        return self._site.send(Request("GET", path, headers=headers)).status_code

    def _acting(self, name: str) -> Headers:
        return _bearer(self.keys["act"]) | {"X-Viewer": name}

    def _granted(self) -> Headers:
        viewer = registered(self._stack)
        with redirect_stdout(StringIO()):
            assert main(["roles", "grant", viewer.email, "operator", "--stack", STACK]) == 0
        viewer.token = viewer.ok("POST", "v1/auth/refresh", {"refresh_token": viewer.refresh_token})["access_token"]
        assert viewer.ok("GET", "v1/me")["roles"] == ["viewer", "operator"]
        return _bearer(viewer.token)

    def _deleted(self, headers: Headers) -> Headers:
        wait_for(lambda: self.status(headers) == 200, 30)  # a new key is known within seconds
        assert self._site.send(Request("DELETE", "v1/me", headers=headers)).status_code == 204
        wait_for(lambda: self.status(headers) == 401, 60)  # the gateway remembers them for half a minute
        return headers

    def _revoked(self) -> Headers:
        headers = _bearer(made_server_key("callers-revoked", "read"))
        wait_for(lambda: self.status(headers, "v1/films") == 200, 30)
        revoke_server_key("callers-revoked")
        wait_for(lambda: self.status(headers, "v1/films") == 401, 60)
        return headers


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture(scope="module")
def callers(stack: Stack, site: Site, issuers: tuple[Issuer, Issuer]) -> Iterator[Callers]:
    made = Callers(stack, site, issuers)
    wait_for(lambda: all(made.status(_bearer(key), "v1/films") in (200, 403) for key in made.keys.values()), 30)
    yield made
    made.close()


def test_every_kind_of_the_table_is_tried(callers: Callers) -> None:
    assert {kind for kind, _ in callers.sent} == set(CALLERS)


def _of_interactions(site: Site, operation: str, key: str) -> Request:
    """The good request for a key that brings in what viewers did: files of films are another key's."""
    begun = Request("POST", "v1/imports", {"kind": "interactions"}, key)
    if operation == "GET /v1/imports/{import_id}":
        return Request("GET", f"v1/imports/{site.send(begun).json()['import_id']}")
    return begun


@pytest.mark.parametrize("operation", GOOD)
def test_every_caller_gets_the_tables_answer(
    site: Site, callers: Callers, tried: Counter[tuple[str, str]], operation: str
) -> None:
    access, good = TABLE[operation], GOOD[operation](site)
    for caller, headers in callers.sent.items():
        expected = outcome(access, caller[0])
        tried["operations, each by each caller", "let in, or 401 or 403, as the table says"] += 1
        if expected == "in" and (operation in ENDING or not access.looks):
            good = GOOD[operation](site)  # a code and a session are good for once
        if expected == "in" and operation in ENDING:
            headers = callers.makers()[caller]()
        own = expected == "in" and caller[0] == "a key to ingest" and "imports" in operation
        request = _of_interactions(site, operation, callers.keys["ingest"]) if own else good
        answer = site.send(msgspec.structs.replace(request, token="", headers=request.headers | headers))
        got = str(answer.status_code) if answer.status_code in REFUSED else "in"
        assert got == expected, f"{caller}: {answer.status_code} {answer.text}"
        assert answer.status_code < 500, f"{caller}: {answer.text}"
