from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.auth.keys import KeyRing
from chalicelib.auth.tokens import Claims, InvalidTokenError, issue, verify
from chalicelib.settings import Settings
from tests import forgeries
from tests.auth_world import SECRET, key_set

NOW = datetime.now(UTC)  # python-jose looks at the real clock
SIGNED_IN = NOW - timedelta(hours=1)
SETTINGS = Settings()
KEYS = KeyRing(lambda: key_set("one"))
TOKEN = issue(KEYS, "user", "session", SIGNED_IN, SETTINGS, NOW)
FORGED = forgeries.without_the_key(TOKEN) | forgeries.with_the_key(TOKEN, "one" + SECRET)


def test_a_token_says_who_when_it_is_genuine() -> None:
    assert verify(TOKEN, KEYS, SETTINGS, NOW) == Claims("user", "session", int(SIGNED_IN.timestamp()))


def test_a_token_carries_the_claims_of_the_contract() -> None:
    header, claims, _ = forgeries.parts_of(TOKEN)
    assert header == {"alg": "HS256", "kid": "one", "typ": "at+jwt"}
    assert claims.keys() == {"iss", "aud", "sub", "sid", "token_use", "iat", "exp", "jti", "auth_time"}
    assert claims["exp"] - claims["iat"] == 900


def test_a_token_of_0_2_is_believed_and_does_not_say_when_its_owner_signed_in() -> None:
    header, claims, _ = forgeries.parts_of(TOKEN)
    del claims["auth_time"]
    assert verify(forgeries.signed(header, claims, "one" + SECRET), KEYS, SETTINGS, NOW) == Claims("user", "session")
    odd = forgeries.signed(header, claims | {"auth_time": "now"}, "one" + SECRET)
    with pytest.raises(InvalidTokenError):
        verify(odd, KEYS, SETTINGS, NOW)


def test_no_two_tokens_are_the_same_when_issued_in_one_second() -> None:
    assert len({issue(KEYS, "user", "session", SIGNED_IN, SETTINGS, NOW) for _ in range(100)}) == 100


@pytest.mark.parametrize("kind", [kind for kind in FORGED if not kind.startswith("no such")])
def test_a_token_is_refused_when_forged(kind: str) -> None:
    with pytest.raises(InvalidTokenError):
        verify(FORGED[kind], KEYS, SETTINGS, NOW)


def test_a_token_is_refused_when_its_time_is_over() -> None:
    with pytest.raises(InvalidTokenError):
        verify(TOKEN, KEYS, SETTINGS, NOW + timedelta(seconds=900))


def test_tokens_of_an_older_key_are_believed_when_the_newest_signs() -> None:
    both = KeyRing(lambda: key_set("two", "one"))
    old = issue(KeyRing(lambda: key_set("one")), "user", "session", SIGNED_IN, SETTINGS, NOW)
    new = issue(both, "user", "session", SIGNED_IN, SETTINGS, NOW)
    assert forgeries.parts_of(new)[0]["kid"] == "two"
    assert verify(old, both, SETTINGS, NOW) == verify(new, both, SETTINGS, NOW)
    with pytest.raises(InvalidTokenError):
        verify(old, KeyRing(lambda: key_set("two")), SETTINGS, NOW)


def test_a_broken_key_set_is_our_fault_and_no_401() -> None:
    with pytest.raises(ValueError, match="key"):
        verify(TOKEN, KeyRing(lambda: '{"keys": []}'), SETTINGS, NOW)
