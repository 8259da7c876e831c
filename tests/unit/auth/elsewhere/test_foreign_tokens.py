"""Tokens of trusted issuers: good ones by three algorithms, and some seventy kinds that must not get in."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.auth.elsewhere.adapters.documents import fetch
from chalicelib.auth.elsewhere.foreign_tokens import (
    LEEWAY_SECONDS,
    ForeignClaims,
    TrustedIssuers,
    issuer_named_in,
    verify,
)
from chalicelib.auth.elsewhere.issuer_keys import IssuerAwayError, IssuerKeys, source_of
from chalicelib.auth.elsewhere.trusted import OperatorClaim, TrustedIssuer
from chalicelib.auth.tokens import InvalidTokenError
from chalicelib.viewer_ids import of_issuer
from tests.foreign_forgeries import by_an_attacker, by_the_issuer, weak_keys
from tests.issuer_twin import ALGORITHMS, AUDIENCE, Issuer, running_issuer


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with running_issuer() as one:
        yield one


@pytest.fixture(scope="module")
def attacker() -> Iterator[Issuer]:
    with running_issuer() as one:
        yield one


def trusting(*trusted: TrustedIssuer) -> TrustedIssuers:
    return TrustedIssuers.opened(trusted, lambda one: IssuerKeys(source_of(one, fetch, is_local=True), one.issuer))


def believed(token: str, trusted: TrustedIssuers) -> ForeignClaims:
    entries = trusted.by_name.get(issuer_named_in(token) or "")
    if entries is None:
        raise InvalidTokenError
    return verify(token, entries, datetime.now(UTC))


def of(issuer: Issuer, **more: Any) -> TrustedIssuers:
    return trusting(TrustedIssuer(issuer.url, AUDIENCE, **more))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_good_token_is_believed(issuer: Issuer, algorithm: str) -> None:
    claims = issuer.claims()
    found = believed(issuer.token(algorithm=algorithm), of(issuer))
    assert found.user_id == of_issuer(issuer.url, "42")
    assert (found.is_operator, found.unconfirmed, found.language) == (False, False, "ru")
    assert abs((found.issued_at or 0) - claims["iat"]) <= 1
    assert found.signed_in_at == found.issued_at


@pytest.mark.parametrize(
    "changed",
    [{"aud": ["shop", AUDIENCE]}, {"header": {"typ": "at+jwt"}}, {"header": {"typ": "application/at+jwt"}},
     {"iat": None}, {"jti": "x", "azp": "page", "scope": "openid"}, {"sub": "auth0|5f7"}],
)  # fmt: skip
def test_what_issuers_say_besides_does_no_harm(issuer: Issuer, changed: dict[str, Any]) -> None:
    assert believed(issuer.token(**changed), of(issuer))


def test_times_have_a_minute_of_leeway(issuer: Issuer) -> None:
    now = issuer.claims()["iat"]
    assert believed(issuer.token(exp=now - 40), of(issuer))
    assert believed(issuer.token(nbf=now + 40, iat=now + 40), of(issuer))


@pytest.mark.parametrize(
    ("said", "seconds_later", "is_good"),
    [("exp", LEEWAY_SECONDS - 1, True), ("exp", LEEWAY_SECONDS, False)]
    + [(name, early - LEEWAY_SECONDS, early == 0) for name in ("iat", "nbf", "auth_time") for early in (0, -1)],
)
def test_times_are_told_by_our_own_clock(issuer: Issuer, said: str, seconds_later: int, is_good: bool) -> None:
    moment = issuer.claims()["iat"]
    times = {"iat": moment - 900, "nbf": moment - 900, "auth_time": moment - 900, "exp": moment + 900} | {said: moment}
    ours = datetime.fromtimestamp(moment + seconds_later, UTC)
    with nullcontext() if is_good else pytest.raises(InvalidTokenError):
        verify(issuer.token(**times), of(issuer).by_name[issuer.url], ours)


def test_no_forged_or_foreign_token_is_believed(issuer: Issuer, attacker: Issuer) -> None:
    trusted = of(issuer)
    asked = sum(issuer.asked.values())
    forged = by_an_attacker(issuer, attacker) | by_the_issuer(issuer) | weak_keys(issuer)
    assert len(forged) >= 60
    try:
        for kind, token in forged.items():
            with pytest.raises(InvalidTokenError):
                pytest.fail(f"{kind}: {believed(token, trusted)}")
        assert believed(issuer.token(), trusted), "while good ones go on"
    finally:
        issuer.more_keys = []
    assert attacker.asked == {}, "nobody who is not trusted is ever asked for anything"
    assert sum(issuer.asked.values()) - asked < 10, "nor is ours, for each of them"


def test_each_issuer_is_believed_for_its_own_viewers_alone(issuer: Issuer, attacker: Issuer) -> None:
    both = trusting(TrustedIssuer(issuer.url, AUDIENCE), TrustedIssuer(attacker.url, AUDIENCE))
    ids = {believed(one.token(), both).user_id for one in (issuer, attacker)}
    assert len(ids) == 2, "the same subject at two issuers is two viewers"
    for kind, token in by_an_attacker(issuer, attacker).items():
        if kind != "an unknown issuer's":
            with pytest.raises(InvalidTokenError):
                pytest.fail(f"{kind}: {believed(token, both)}")


def test_a_rotated_key_is_believed_and_the_one_before_no_longer(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.auth.elsewhere.issuer_keys.JUST_FETCHED_SECONDS", 0)
    trusted, old = of(issuer), issuer.token()
    assert believed(old, trusted)
    issuer.rotate("RS256")
    assert believed(issuer.token(), trusted)
    with pytest.raises(InvalidTokenError):
        believed(old, trusted)


def test_one_issuer_may_stand_for_two_audiences(issuer: Issuer) -> None:
    both = trusting(TrustedIssuer(issuer.url, "television"), TrustedIssuer(issuer.url, AUDIENCE))
    assert believed(issuer.token(), both)
    assert believed(issuer.token(aud="television"), both)
    with pytest.raises(InvalidTokenError):
        believed(issuer.token(aud="shop"), both)


@pytest.mark.parametrize(
    ("claim", "said", "is_operator"),
    [
        (OperatorClaim("role", "staff"), {"role": "staff"}, True),
        (OperatorClaim("role", "staff"), {"role": ["guest", "staff"]}, True),
        (OperatorClaim("role", "staff"), {"role": "staffer"}, False),
        (OperatorClaim("role", "staff"), {"role": {"staff": True}}, False),
        (OperatorClaim("role", "staff"), {}, False),
        (OperatorClaim("https://films.example/role", "staff"), {"https://films.example/role": "staff"}, True),
        (OperatorClaim("realm_access.roles", "staff"), {"realm_access": {"roles": ["staff"]}}, True),
        (OperatorClaim("realm_access.roles", "staff"), {"realm_access": ["staff"]}, False),
        (None, {"role": "operator", "operator": True}, False),
    ],
)
def test_an_operator_is_whom_the_claim_names(
    issuer: Issuer, claim: OperatorClaim | None, said: dict[str, Any], is_operator: bool
) -> None:
    assert believed(issuer.token(**said), of(issuer, operator_claim=claim)).is_operator == is_operator


def test_what_is_said_of_the_sign_in_the_address_and_the_language_is_passed_on(issuer: Issuer) -> None:
    now = issuer.claims()["iat"]
    found = believed(issuer.token(auth_time=now - 3_000, email_verified=False, locale="en-GB"), of(issuer))
    assert (found.signed_in_at, found.unconfirmed, found.language) == (now - 3_000, True, "en")


def test_an_issuer_that_is_away_harms_nobody_elses_viewers(issuer: Issuer, attacker: Issuer) -> None:
    both = trusting(TrustedIssuer(issuer.url, AUDIENCE), TrustedIssuer(attacker.url, AUDIENCE))
    attacker.fault = "500"
    try:
        with pytest.raises(IssuerAwayError):
            believed(attacker.token(), both)
        assert believed(issuer.token(), both)
    finally:
        attacker.fault = ""


def test_keys_are_on_their_way_before_the_first_token_comes(issuer: Issuer) -> None:
    trusted = of(issuer)
    before = dict(issuer.asked)
    trusted.start_fetching()
    assert believed(issuer.token(), trusted)
    assert issuer.asked["/keys"] == before.get("/keys", 0) + 1
