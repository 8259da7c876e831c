"""An issuer's keys: which are of use, how often they are fetched, and that a bad issuer harms its own viewers alone."""

import json
import time
from threading import Event, Semaphore
from typing import Any

import pytest

from chalicelib.auth.elsewhere import issuer_keys
from chalicelib.auth.elsewhere.adapters.documents import fetch
from chalicelib.auth.elsewhere.issuer_keys import IssuerAwayError, IssuerKeys, Keys, parse_keys, source_of
from chalicelib.auth.elsewhere.trusted import TrustedIssuer
from tests.issuer_twin import AUDIENCE, Issuer, encoded, new_key, public_jwk, running_issuer

ES = new_key("ES256")


def key_set(*kids: str, **more: Any) -> bytes:
    return json.dumps({"keys": [public_jwk("ES256", ES, kid) | more for kid in kids]}).encode()


class Source:
    """Answers with what the test puts there, and counts."""

    def __init__(self, *kids: str) -> None:
        self.text, self.asked, self.fails = key_set(*kids), 0, False

    def __call__(self) -> Keys:
        self.asked += 1
        if self.fails:
            raise OSError("away")
        return parse_keys(self.text)


class World:
    def __init__(self, *kids: str) -> None:
        self.now, self.source = 1_000.0, Source(*kids)
        self.keys = IssuerKeys(self.source, "https://a.example", lambda: self.now)

    def knows(self, kid: str, algorithm: str = "ES256") -> bool:
        return self.keys.find(kid, algorithm) is not None


def test_keys_are_fetched_once_in_ten_minutes() -> None:
    world = World("one")
    assert all(world.knows("one") for _ in range(5))
    assert world.source.asked == 1
    world.now += issuer_keys.FRESH_SECONDS + 1
    world.source.text = key_set("two")
    assert not world.knows("one"), "the issuer took it back"
    assert world.knows("two")


def test_an_unknown_key_id_is_looked_for_at_once_and_then_once_a_minute() -> None:
    world = World("one")
    world.knows("one")
    world.now += 10
    world.source.text = key_set("one", "two")
    assert world.knows("two"), "rotated"
    for _ in range(100):
        assert not world.knows("made up")
    assert world.source.asked == 2
    world.now += 61
    assert not world.knows("made up")
    assert not world.knows("made up")
    assert world.source.asked == 3


def test_an_issuer_that_is_away_is_believed_for_an_hour_and_asked_once_a_minute() -> None:
    world = World("one")
    world.knows("one")
    world.source.fails = True
    world.now += issuer_keys.FRESH_SECONDS + 1
    for _ in range(20):
        assert world.knows("one")
    assert world.source.asked == 2
    world.now += issuer_keys.STALE_SECONDS
    with pytest.raises(IssuerAwayError):
        world.knows("one")


def test_an_issuer_of_which_nothing_is_known_is_asked_again_soon() -> None:
    world = World("one")
    world.source.fails = True
    for _ in range(5):
        with pytest.raises(IssuerAwayError):
            world.knows("one")
    assert world.source.asked <= 2
    world.source.fails = False
    world.now += 11
    assert world.knows("one")


def test_an_issuer_that_never_answers_makes_its_viewers_wait_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuer_keys, "WAIT_SECONDS", 0.2)

    def never() -> Keys:
        time.sleep(5)
        return {}

    keys = IssuerKeys(never, "https://a.example")
    began = time.monotonic()
    for _ in range(10):
        with pytest.raises(IssuerAwayError):
            keys.find("one", "ES256")
    assert time.monotonic() - began < 1


def test_keys_are_on_their_way_at_once_and_nobody_waits_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuer_keys, "wait", None)  # whoever waits, fails
    asked, may_answer = Event(), Event()

    def slow() -> Keys:
        asked.set()
        may_answer.wait(60)
        return {}

    IssuerKeys(slow, "https://a.example").start_fetching()
    assert asked.wait(60)
    may_answer.set()


def test_a_fetch_that_hangs_is_not_begun_again_until_it_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuer_keys, "WAIT_SECONDS", 0)
    world, may_end, begun = World("one"), Event(), Semaphore(0)

    def hangs() -> Keys:
        begun.release()
        may_end.wait(60)
        return {}

    keys = IssuerKeys(hangs, "https://a.example", lambda: world.now)
    for seconds, is_begun in ((0, True), (issuer_keys.GIVEN_UP_SECONDS, False), (1, True), (11, False)):
        world.now += seconds
        for _ in range(3):
            with pytest.raises(IssuerAwayError):
                keys.find("one", "ES256")
        assert begun.acquire(timeout=60 if is_begun else 0.05) == is_begun
    may_end.set()


def test_a_key_without_an_id_is_meant_where_there_is_no_other() -> None:
    assert World("one").knows("")
    assert not World("one", "two").knows("")
    assert not World("one").knows("", "RS256")


def test_a_key_is_for_the_algorithm_of_its_kind_alone() -> None:
    world = World("one")
    assert not world.knows("one", "RS256")
    assert not world.knows("one", "EdDSA")


@pytest.mark.parametrize(
    "changed", [{"use": "enc"}, {"alg": "ES384"}, {"key_ops": ["sign"]}, {"key_ops": "verify"}, {"d": "x"},
                {"kid": 7}, {"kid": "k" * 300}, {"kty": "oct"}, {"crv": "P-384"}, {"x": "?"}, {"y": None}]
)  # fmt: skip
def test_a_key_for_something_else_is_left_out(changed: dict[str, Any]) -> None:
    assert not parse_keys(key_set("one", **changed))


@pytest.mark.parametrize(
    ("bits", "exponent", "is_good"),
    [(2_047, 65_537, False), (2_048, 65_537, True), (8_192, 65_537, True), (8_193, 65_537, False),
     (2_048, 1, False), (2_048, 3, True), (2_048, 2**33 - 1, True), (2_048, 2**33 + 1, False)],
)  # fmt: skip
def test_an_rsa_key_is_neither_weak_nor_so_long_that_a_check_takes_milliseconds(
    bits: int, exponent: int, is_good: bool
) -> None:
    numbers = {"n": 2**bits - 1, "e": exponent}
    texts = {name: encoded(number.to_bytes((number.bit_length() + 7) // 8)) for name, number in numbers.items()}
    assert bool(parse_keys(json.dumps({"keys": [{"kty": "RSA", "kid": "one"} | texts]}).encode())) == is_good


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{}", b'{"keys": {}}', b"[" * 5_000, key_set(*(f"k{at}" for at in range(51)))]
)
def test_what_is_no_key_set_or_an_oversize_one_is_refused(text: bytes) -> None:
    with pytest.raises((ValueError, RecursionError)):
        parse_keys(text)


def fetched(issuer: Issuer, **more: Any) -> Keys:
    trusted = TrustedIssuer(issuer.url, AUDIENCE, **more)
    return source_of(trusted, lambda url: fetch(url, 0.5), is_local=True)()


def test_keys_are_found_by_the_discovery_document_or_where_the_setting_says() -> None:
    with running_issuer() as issuer:
        assert len(fetched(issuer)) == 3
        assert len(fetched(issuer, jwks_url=f"{issuer.url}/keys")) == 3
        assert issuer.asked == {"/.well-known/openid-configuration": 1, "/keys": 2}


@pytest.mark.parametrize("fault", ["500", "redirect", "huge", "slow"])
def test_a_bad_answer_brings_no_keys(fault: str) -> None:
    with running_issuer() as issuer:
        issuer.fault = fault
        with pytest.raises(Exception, match=r"."):
            fetched(issuer)
        with pytest.raises(Exception, match=r"."):
            fetched(issuer, jwks_url=f"{issuer.url}/keys")


def test_a_discovery_document_of_another_issuer_is_refused() -> None:
    with running_issuer() as issuer:
        issuer.named = "https://somebody.example"
        with pytest.raises(ValueError, match="another issuer"):
            fetched(issuer)


def test_keys_are_not_fetched_from_an_address_that_is_none() -> None:
    document = json.dumps({"issuer": "https://a.example", "jwks_uri": "http://a.example/keys"}).encode()
    with pytest.raises(ValueError, match="no https address"):
        source_of(TrustedIssuer("https://a.example", "a"), lambda _: document, is_local=False)()
