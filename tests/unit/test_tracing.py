"""A step's line says whose it is without saying who, and which request it began with."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
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


SOURCES = [(path, ast.parse(path.read_text())) for path in sorted(Path("chalicelib").rglob("*.py"))]
SAYING = {f"log.{level}" for level in ("debug", "info", "warning", "error", "exception")} | {"note", "tracing.note"}
EVENT_SOURCES = {"on_sqs_message", "on_dynamodb_record", "on_s3_event", "schedule", "lambda_function", "authorizer"}


def names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def woken() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function of Lambda's that is no route."""
    for path, module in SOURCES:
        for node in ast.walk(module):
            if not isinstance(node, ast.FunctionDef):
                continue
            calls = (one.func for one in node.decorator_list if isinstance(one, ast.Call))
            if any(isinstance(one, ast.Attribute) and one.attr in EVENT_SOURCES for one in calls):
                yield f"{path.parent.name}/{node.name}", node


def test_every_function_that_an_event_wakes_writes_its_step() -> None:
    found = dict(woken())
    assert len(found) >= 14
    assert [name for name, node in found.items() if not names(node) & {"tracing", "write_line"}] == []


def test_no_line_of_a_log_has_a_viewers_id_but_as_its_hash() -> None:
    raw: list[str] = []
    for path, module in SOURCES:
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in SAYING:
                for given in (*node.args[1:], *(one.value for one in node.keywords)):
                    if not isinstance(given, ast.Call) and "user_id" in (says := ast.unparse(given)):
                        raw.append(f"{path}:{node.lineno}: {says}")
    assert raw == []
