"""Every operation of the OpenAPI document with every kind of caller, at the deployed API: the document says who is let
in, and nobody else is."""

from collections import Counter
from collections.abc import Iterator

import msgspec
import pytest

from chalicelib.callers import TABLE, outcome
from tests import forgeries
from tests.deployed import Stack
from tests.operations import GOOD, Site, opened_site

REFUSED = (401, 403)
OWN = ("a viewer", "a key to catalog")
"""Callers whose good request has a token of its own."""


@pytest.fixture(scope="module")
def site(stack: Stack) -> Iterator[Site]:
    with opened_site(stack) as opened:
        yield opened


@pytest.fixture(scope="module")
def tokens(site: Site) -> dict[str, str]:
    """What each caller sends; those that ought to be let in send the good request's own."""
    forged = forgeries.without_the_key(site.viewer.token)
    return {
        "nobody": "", "nonsense": "nonsense", "alg none": forged["alg none"], "other key": forged["other key"],
        "a refresh token": site.viewer.refresh_token, "a viewer": site.viewer.token,
        "a server that may read": site.server_keys["read"], "a server": site.server_keys["catalog"],
        "a server that may act": site.server_keys["act"],
    }  # fmt: skip


KINDS = {
    "nobody": "nobody", "nonsense": "a bad or expired token", "alg none": "a bad or expired token",
    "other key": "a bad or expired token", "a refresh token": "a bad or expired token", "a viewer": "a viewer",
    "a server that may read": "a key to read", "a server": "a key to catalog", "a server that may act": "a key to act",
}  # fmt: skip
"""What each is in the table of callers."""


def let_in(operation: str) -> set[str]:
    """Who may call it, by the table from which the document is made."""
    return {caller for caller, kind in KINDS.items() if outcome(TABLE[operation], kind) == "in"}


@pytest.mark.parametrize("operation", GOOD)
def test_nobody_but_those_of_the_document_is_let_in(
    site: Site, tokens: dict[str, str], tried: Counter[tuple[str, str]], operation: str
) -> None:
    may, good = let_in(operation), GOOD[operation](site)
    for caller in sorted(tokens, key=lambda one: one in may):  # whoever does it comes last
        tried["operations, each by each caller", "let in, or 401 or 403, as the document says"] += 1
        own = caller in may and good.token and KINDS[caller] in OWN
        answer = site.send(good if own else msgspec.structs.replace(good, token=tokens[caller]))
        assert (answer.status_code not in REFUSED) == (caller in may), f"{caller}: {answer.status_code} {answer.text}"
        if not TABLE[operation].looks and caller in may and not operation.startswith("GET"):
            good = GOOD[operation](site)  # a code and a session are good for once
