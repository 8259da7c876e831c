"""The environment is read once, and a wrong value stops the function instead of being guessed at."""

from collections.abc import Iterator

import pytest

from chalicelib.settings import Settings, queue_url, settings


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_each_variable_has_its_fields_type_when_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATALOG_URL", "sqlite:///films.sqlite")
    monkeypatch.setenv("ASK_COOLDOWN_SECONDS", "60")
    monkeypatch.setenv("EXPLORATION_SHARE", "0.1")
    read = settings()
    assert (read.catalog_url, read.ask_cooldown_seconds, read.exploration_share) == ("sqlite:///films.sqlite", 60, 0.1)


def test_the_default_stands_when_a_variable_is_absent_or_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ASK_COOLDOWN_SECONDS", raising=False)
    monkeypatch.setenv("ASK_CANDIDATES", "")
    assert settings().ask_cooldown_seconds == Settings().ask_cooldown_seconds
    assert settings().ask_candidates == Settings().ask_candidates


def test_the_function_does_not_start_when_a_number_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASK_COOLDOWN_SECONDS", "an hour")
    with pytest.raises(ValueError, match="an hour"):
        settings()


def test_the_environment_is_read_once_when_asked_often(monkeypatch: pytest.MonkeyPatch) -> None:
    first = settings()
    monkeypatch.setenv("ASK_COOLDOWN_SECONDS", "1")
    assert settings() is first


def test_a_queues_address_comes_from_its_own_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REBUILD_QUEUE_URL", "https://sqs/rebuild")
    assert queue_url("rebuild") == "https://sqs/rebuild"
    with pytest.raises(KeyError):
        queue_url("nonsense")
