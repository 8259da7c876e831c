"""Keys of a site's own servers: what is kept, what is compared, how soon a new or a revoked one is known."""

import json
import logging

import pytest

from chalicelib.auth import authorizer, server_keys
from chalicelib.auth.server_keys import ServerKey, ServerKeys, digest, parse, text_of

KEY, OTHER, FORGED = ("ks_" + letter * 43 for letter in "abc")
SHOP = ServerKey("shop", digest(KEY), ("catalog",), 1_000)


class Secret:
    """The secret's text, and how often it was asked for; a clock that is moved by hand."""

    def __init__(self, *keys: ServerKey) -> None:
        self.text, self.fetched, self.now = text_of(keys), 0, 0.0
        self.keys = ServerKeys(self.fetch, lambda: self.now)

    def fetch(self) -> str:
        self.fetched += 1
        return self.text


def test_a_key_is_found_by_its_hash_and_the_key_itself_is_nowhere() -> None:
    secret = Secret(SHOP)
    assert secret.keys.find(KEY) == SHOP
    assert KEY not in secret.text
    assert KEY not in repr(vars(secret.keys))
    assert SHOP.sha256 not in repr(SHOP)


@pytest.mark.parametrize("sent", ["", "ks_", KEY[:-1], KEY + "a", "ks_" + "я" * 43, KEY.upper(), SHOP.sha256])
def test_what_is_no_key_is_refused_without_a_look_into_the_secret(sent: str) -> None:
    secret = Secret(SHOP)
    assert secret.keys.find(sent) is None
    assert secret.fetched == (0 if not sent.startswith("ks_") or len(sent) != 46 or not sent.isascii() else 1)


def test_every_key_is_compared_in_constant_time_whichever_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, str]] = []

    def compare(one: str, other: str) -> bool:
        compared.append((one, other))
        return one == other

    secret = Secret(SHOP, ServerKey("import", digest(OTHER), ("ingest",)))
    monkeypatch.setattr("chalicelib.auth.server_keys.hmac.compare_digest", compare)
    for sent in (KEY, OTHER):
        compared.clear()
        assert secret.keys.find(sent)
        assert len(compared) == 2


def test_a_new_key_is_known_in_seconds_and_a_revoked_one_refused_in_half_a_minute() -> None:
    secret = Secret(SHOP)
    assert secret.keys.find(KEY)
    secret.text = text_of([ServerKey("import", digest(OTHER), ("ingest",))])
    assert secret.keys.find(OTHER) is None
    secret.now += 5
    assert secret.keys.find(OTHER)
    secret.text = text_of([])
    secret.now += 31
    assert secret.keys.find(OTHER) is None


def test_forged_keys_do_not_ask_the_secret_again_and_again() -> None:
    secret = Secret(SHOP)
    for _ in range(100):
        assert secret.keys.find(FORGED) is None
        secret.now += 0.1
    assert secret.fetched <= 3


@pytest.mark.parametrize(
    "change",
    [{"name": "a b"}, {"name": ""}, {"sha256": "abc"}, {"scopes": []}, {"scopes": ["everything"]}],
)
def test_a_set_that_was_made_wrongly_by_hand_is_refused(change: dict[str, object]) -> None:
    entry = json.loads(text_of([SHOP]))["keys"][0]
    with pytest.raises(ValueError, match="server key"):
        parse(json.dumps({"keys": [entry | change]}))
    with pytest.raises(ValueError, match="share a name"):
        parse(json.dumps({"keys": [entry, entry]}))
    assert parse('{"keys": []}') == ()


def test_nothing_of_a_key_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        secret = Secret(SHOP)
        secret.keys.find(KEY)
        secret.keys.find(FORGED)
    assert "ks_" not in caplog.text


def test_the_authorizer_knows_a_key_by_its_beginning_without_importing_what_makes_it() -> None:
    assert authorizer.SERVER_KEYS_BEGIN_WITH == server_keys.PREFIX
