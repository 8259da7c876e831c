"""What `TRUSTED_ISSUERS` may say."""

import json
from typing import Any

import pytest

from chalicelib.auth.elsewhere.trusted import OperatorClaim, TrustedIssuer, check_address, parse

GOOD = {"issuer": "https://id.example.com/realms/films", "audience": "films"}


def parsed(*entries: Any, is_local: bool = False) -> tuple[TrustedIssuer, ...]:
    return parse(json.dumps(entries), is_local=is_local)


def test_any_number_of_issuers_is_read() -> None:
    more = {"issuer": "https://b.example", "audience": "b", "jwks_url": "https://keys.example/b",
            "operator_claim": {"name": "role", "value": "staff"}}  # fmt: skip
    first, second = parsed(GOOD, more)
    assert first == TrustedIssuer(GOOD["issuer"], "films")
    assert first.discovery_url == "https://id.example.com/realms/films/.well-known/openid-configuration"
    assert (second.jwks_url, second.operator_claim) == ("https://keys.example/b", OperatorClaim("role", "staff"))
    assert parse("", is_local=False) == ()


def test_what_our_page_signs_in_with_may_be_named() -> None:
    (plain,) = parsed(GOOD)
    assert (plain.client_id, plain.scope, plain.token_origin) == ("", "openid", "")
    named = {"client_id": "page", "scope": "openid offline_access", "token_origin": "https://login.example.com:8443"}
    (made,) = parsed(GOOD | named)
    assert (made.client_id, made.scope, made.token_origin) == tuple(named.values())


def test_a_slash_at_the_end_is_the_issuers_own() -> None:
    (made,) = parsed(GOOD | {"issuer": "https://tenant.example/"})
    assert made.issuer == "https://tenant.example/"
    assert made.discovery_url == "https://tenant.example/.well-known/openid-configuration"


@pytest.mark.parametrize(
    "wrong",
    [
        "text", {}, {"issuer": "https://a.example"}, {"audience": "films"}, GOOD | {"audience": ""},
        GOOD | {"audience": ["films"]}, GOOD | {"algorithms": ["none"]}, GOOD | {"issuer": "films"},
        GOOD | {"issuer": "http://id.example.com"}, GOOD | {"issuer": "https://a.example\nserver"},
        GOOD | {"issuer": "https://a.example?x=1"}, GOOD | {"issuer": "https://u:p@a.example"},
        GOOD | {"jwks_url": "http://a.example/keys"}, GOOD | {"jwks_url": "file:///etc/passwd"},
        GOOD | {"issuer": "https://a.example;script-src"}, GOOD | {"client_id": ""}, GOOD | {"client_id": 1},
        GOOD | {"scope": "email"}, GOOD | {"token_origin": "http://a.example"},
        GOOD | {"token_origin": "https://a.example/token"}, GOOD | {"token_origin": "https://a.example *"},
        GOOD | {"operator_claim": "role"}, GOOD | {"operator_claim": {"name": "role"}},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        parsed(wrong)


@pytest.mark.parametrize("text", ["{", '{"issuer": "https://a.example", "audience": "a"}', "1"])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text, is_local=False)


@pytest.mark.parametrize(
    ("url", "on_aws", "locally"),
    [
        ("https://a.example/keys", True, True),
        ("http://127.0.0.1:8080", False, True),
        ("http://localhost:8080", False, True),
        ("http://[::1]:8080", False, True),
        ("http://127.0.0.1.example.com", False, False),
        ("http://10.0.0.1", False, False),
        ("http://a.example", False, False),
        ("https://", False, False),
    ],
)
def test_plain_http_is_for_issuers_on_this_machine_alone(url: str, on_aws: bool, locally: bool) -> None:
    for is_local, good in ((False, on_aws), (True, locally)):
        if good:
            check_address(url, is_local=is_local)
        else:
            with pytest.raises(ValueError, match="no https address"):
                check_address(url, is_local=is_local)


def test_an_issuer_may_say_all_that_can_be_said() -> None:
    every = GOOD | {
        "jwks_url": "https://id.example.com/keys", "operator_claim": {"name": "role", "value": "staff"},
        "client_id": "page",
        "scope": "openid", "token_origin": "https://id.example.com",
    }  # fmt: skip
    assert parsed(every)[0].client_id == "page"
