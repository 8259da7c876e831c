"""A key that comes late, changes, or cannot be read."""

import json

import pytest

from chalicelib.recommendations.llm.model_from_key import LOOK_EVERY_SECONDS, ModelFromKey
from tests.fake_model import FakeModel


class Secret:
    """What Secrets Manager would say, and a clock."""

    def __init__(self, text: str = "{}") -> None:
        self.text = text
        self.away = False
        self.seconds = 0.0
        self.reads = 0
        self.opened: list[str] = []
        self.model = ModelFromKey(self._fetch, self._open, lambda: self.seconds)

    def _fetch(self) -> str:
        self.reads += 1
        if self.away:
            raise ConnectionError("Secrets Manager")
        return self.text

    def _open(self, key: object) -> FakeModel:
        self.opened.append(str(key))
        return FakeModel()


def key(credentials: str) -> str:
    return json.dumps({"credentials": credentials, "scope": "GIGACHAT_API_PERS"})


def test_a_warm_worker_asks_within_a_minute_when_the_key_is_put_later() -> None:
    secret = Secret()
    assert secret.model() is None
    secret.text = key("one")
    secret.seconds += LOOK_EVERY_SECONDS
    assert secret.model() is not None


def test_the_same_client_serves_on_and_the_secret_is_read_once_a_minute_when_nothing_changes() -> None:
    secret = Secret(key("one"))
    first = secret.model()
    for _ in range(10):
        secret.seconds += LOOK_EVERY_SECONDS / 10 - 0.1
        assert secret.model() is first
    assert secret.reads == 1


def test_another_client_is_opened_when_the_key_was_changed_and_none_when_it_was_taken_away() -> None:
    secret = Secret(key("one"))
    first = secret.model()
    secret.text, secret.seconds = key("two"), LOOK_EVERY_SECONDS
    assert secret.model() is not first
    secret.text, secret.seconds = "{}", 2 * LOOK_EVERY_SECONDS
    assert secret.model() is None
    assert len(secret.opened) == 2


def test_the_known_key_serves_on_when_the_secret_cannot_be_read() -> None:
    secret = Secret(key("one"))
    first = secret.model()
    secret.away, secret.seconds = True, LOOK_EVERY_SECONDS
    assert secret.model() is first


def test_the_failure_is_the_askers_when_no_key_was_ever_read() -> None:
    secret = Secret(key("one"))
    secret.away = True
    with pytest.raises(ConnectionError):
        secret.model()
    secret.away = False
    assert secret.model() is not None
