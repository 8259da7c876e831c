"""Every operation of the OpenAPI document with every kind of caller, at the deployed API: the document says who is let
in, and nobody else is."""

from collections import Counter
from collections.abc import Iterator

import msgspec
import pytest

from tests import forgeries
from tests.deployed import Stack
from tests.operations import DECLARED, GOOD, Site, opened_site

REFUSED = (401, 403)
NOBODY = ("nobody", "nonsense", "alg none", "other key", "a refresh token")


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
    }  # fmt: skip


def let_in(operation: str) -> set[str]:
    """Who may call it, by the document: its security, or a 401 without one, which is a token that may be left out."""
    declared, statuses = DECLARED[operation]
    if "security" in declared:
        return {"a viewer"} if "bearer" in declared["security"][0] else {"a server"}
    if 401 in statuses and operation.startswith(("GET /v1/films", "POST /v1/films")):
        return {"nobody", "a viewer"}
    return {*NOBODY, "a viewer", "a server", "a server that may read"}


@pytest.mark.parametrize("operation", GOOD)
def test_nobody_but_those_of_the_document_is_let_in(
    site: Site, tokens: dict[str, str], tried: Counter[tuple[str, str]], operation: str
) -> None:
    may, good = let_in(operation), GOOD[operation](site)
    for caller in sorted(tokens, key=lambda one: one in may):  # whoever does it comes last
        tried["operations, each by each caller", "let in, or 401 or 403, as the document says"] += 1
        own = caller in may and good.token
        answer = site.send(good if own else msgspec.structs.replace(good, token=tokens[caller]))
        assert (answer.status_code not in REFUSED) == (caller in may), f"{caller}: {answer.status_code} {answer.text}"
        if "security" not in DECLARED[operation][0] and caller in may and not operation.startswith("GET"):
            good = GOOD[operation](site)  # a code and a session are good for once
