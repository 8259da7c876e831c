import json
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.auth.keys import CACHE_SECONDS, REFETCH_SECONDS, Key, KeyRing, derived_keys, parse
from chalicelib.settings import Settings
from infra.operator.rotate_keys import keep_seconds, rotated
from tests.auth_world import SECRET, key_set

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FIRST = json.dumps({"kid": "first", "secret": SECRET})


class Secret:
    """A secret's text, and how often it was fetched; `seconds` is the ring's clock."""

    def __init__(self, text: str) -> None:
        self.text, self.fetched, self.seconds = text, 0, 1_000.0
        self.ring = KeyRing(self._fetch, lambda: self.seconds)

    def _fetch(self) -> str:
        self.fetched += 1
        return self.text


def test_the_flat_form_is_read_when_cloudformation_made_the_secret() -> None:
    assert parse(FIRST) == (Key("first", SECRET, 0),)


@pytest.mark.parametrize(
    "text",
    [
        "not JSON",
        "{}",
        '{"keys": []}',
        json.dumps({"kid": "first", "secret": "short"}),
        json.dumps({"kid": "odd id", "secret": SECRET}),
        json.dumps({"keys": [{"kid": "a", "secret": SECRET}, {"kid": "a", "secret": SECRET}]}),
    ],
)
def test_a_key_set_is_refused_when_it_is_none(text: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        parse(text)


def test_no_key_shows_its_secret_when_printed() -> None:
    assert SECRET not in repr(parse(FIRST)) + str(parse(FIRST)[0])


def test_the_secret_is_fetched_once_a_minute_when_keys_are_known() -> None:
    secret = Secret(key_set("one"))
    for _ in range(100):
        assert secret.ring.find("one")
    assert secret.fetched == 1
    secret.seconds += CACHE_SECONDS + 1
    assert secret.ring.newest().kid == "one"
    assert secret.fetched == 2


def test_a_key_is_found_at_once_when_it_was_added_meanwhile() -> None:
    secret = Secret(key_set("one"))
    assert secret.ring.find("one")
    secret.text = key_set("two", "one")
    secret.seconds += REFETCH_SECONDS
    assert secret.ring.find("two")
    assert secret.ring.newest().kid == "two"


def test_the_secret_is_fetched_rarely_when_unknown_ids_pour_in() -> None:
    secret = Secret(key_set("one"))
    for _ in range(1_000):
        assert secret.ring.find("forged") is None
        secret.seconds += 0.01
    assert secret.fetched <= 1 + 10 / REFETCH_SECONDS


def test_derived_keys_differ_by_key_and_purpose_newest_first() -> None:
    one, both = KeyRing(lambda: key_set("one")), KeyRing(lambda: key_set("two", "one"))
    assert derived_keys(both, b"cursor")[1:] == derived_keys(one, b"cursor")
    assert not set(derived_keys(both, b"cursor")) & set(derived_keys(both, b"other"))


def test_nobody_is_signed_out_when_keys_are_rotated() -> None:
    text = rotated(FIRST, NOW, 1_920)
    new, old = parse(text)
    assert (old.kid, old.secret, new.created_at) == ("first", SECRET, int(NOW.timestamp()))
    assert new.secret != SECRET
    assert len(new.secret) >= 43


def test_a_key_is_removed_when_the_last_token_it_signed_has_expired() -> None:
    keep = keep_seconds(Settings())
    assert keep > Settings().access_token_seconds + CACHE_SECONDS
    once = rotated(FIRST, NOW, keep)
    soon = parse(rotated(once, NOW + timedelta(seconds=keep), keep))
    late = parse(rotated(once, NOW + timedelta(seconds=keep + 1), keep))
    assert [key.kid for key in soon][-1] == "first"
    assert len(soon) == 3
    assert [key.kid for key in late][1:] == [parse(once)[0].kid]
