"""Documents of other sites: what is taken, and how long it may take."""

import time
from contextlib import suppress

import pytest

from chalicelib.auth.elsewhere.adapters.documents import NotFetchedError, fetch
from tests.issuer_twin import running_issuer


def test_a_document_comes_as_it_is() -> None:
    with running_issuer() as issuer:
        assert b"jwks_uri" in fetch(f"{issuer.url}/.well-known/openid-configuration")


@pytest.mark.parametrize("fault", ["500", "redirect", "huge"])
def test_another_answer_is_none(fault: str) -> None:
    with running_issuer() as issuer:
        issuer.fault = fault
        with pytest.raises(NotFetchedError):
            fetch(f"{issuer.url}/keys")
        assert "/elsewhere" not in issuer.asked


def test_a_document_that_comes_byte_by_byte_is_cut_off() -> None:
    with running_issuer() as issuer:
        issuer.fault = "slow"
        began = time.monotonic()
        with suppress(NotFetchedError, OSError):
            assert len(fetch(f"{issuer.url}/keys", 0.5)) < 20
        assert time.monotonic() - began < 2


def test_nobody_who_is_away_is_waited_for() -> None:
    with pytest.raises(OSError, match=r"."):
        fetch("http://127.0.0.1:9/keys", 0.5)
