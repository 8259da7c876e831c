"""A step's line says whose it is without saying who, and which request it began with."""

import json
from typing import Any

import pytest

from chalicelib.tracing import correlation, correlation_of, hashed, note, tracing, write_line

USER = "f88b0ded-3070-4996-bc0b-aa512db30b0b"


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    (line,) = capsys.readouterr().out.splitlines()
    return json.loads(line)


def test_a_steps_line_has_its_ids_and_what_was_noted(capsys: pytest.CaptureFixture[str]) -> None:
    with tracing("rebuild", "lambda-1", "abc", USER):
        assert correlation() == "abc"
        note(list_version=4)
    told = said(capsys)
    assert told.pop("took_ms") >= 0
    assert told == {
        "step": "rebuild",
        "request_id": "lambda-1",
        "correlation_id": "abc",
        "viewer": hashed(USER),
        "list_version": 4,
    }
    assert USER not in json.dumps(told)


def test_a_step_that_raised_says_with_what_and_raises_on(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="secret"), tracing("ask", "1", ""):
        raise ValueError("secret")
    told = said(capsys)
    assert told["failed"] == "ValueError"
    assert "secret" not in json.dumps(told)


def test_nothing_is_said_outside_of_a_step_and_a_step_within_another_has_its_own_id(
    capsys: pytest.CaptureFixture[str],
) -> None:
    note(lost=1)
    assert correlation() == ""
    with tracing("outer", "1", "a"):
        with tracing("inner", "2", "b"):
            note(inner=True)
        assert correlation() == "a"
    inner, outer = map(json.loads, capsys.readouterr().out.splitlines())
    assert (inner["inner"], "inner" in outer) == (True, False)


def test_a_correlation_id_is_the_beginning_of_the_requests(capsys: pytest.CaptureFixture[str]) -> None:
    assert correlation_of("7C1D5F0E-5e0b-4f6f-9d0a-3a1d4f7b2c90") == "7c1d5f0e5e0b"
    assert correlation_of("") == ""
    write_line("plan", "1", "", "", {})
    assert said(capsys)["viewer"] == ""
