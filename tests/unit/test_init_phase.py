"""What a worker opens while it starts: its own handler's things, and those alone."""

import pytest

from chalicelib.errors import UnavailableError
from chalicelib.init_phase import API, open_in, opens

OWN = f"{__name__}.handle"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("_HANDLER", OWN)
    return []


def test_a_handler_s_things_are_open_when_its_worker_has_loaded_the_module(opened: list[str]) -> None:
    @opens("json", lambda: opened.append("own"))
    def handle() -> str:
        return "answer"

    assert opened == ["own"]
    assert handle() == "answer"


def test_nothing_of_another_handler_is_opened_when_they_share_a_module(opened: list[str]) -> None:
    @opens("json", lambda: opened.append("another's"))
    def other() -> None: ...

    open_in(API, lambda: opened.append("the API's"))
    assert opened == []


def test_nothing_is_opened_when_no_worker_was_started(opened: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("_HANDLER")
    open_in(OWN, lambda: opened.append("own"))
    assert opened == []


def test_the_worker_starts_and_says_so_when_something_cannot_be_opened(
    opened: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise ConnectionError("away")

    open_in(OWN, broken, lambda: opened.append("the rest"))
    assert opened == ["the rest"]
    assert "broken" in caplog.text
    assert "away" in caplog.text


def test_one_line_is_said_when_there_are_no_films_yet(opened: list[str], caplog: pytest.LogCaptureFixture) -> None:
    def films() -> None:
        raise UnavailableError("not loaded yet")

    open_in(OWN, films)
    assert "not loaded yet" in caplog.text
    assert "Traceback" not in caplog.text
