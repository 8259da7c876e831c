"""Clients generated from the document do the main job on the deployed stack, and their types hold what they promise."""

import json
import re
from typing import Any

import pytest

from tests.deployed import Stack
from tests.real.clients.conftest import BUILT, HERE, STRICT, Tools


def check(said: str) -> None:
    """A list of one's own, with reasons that name what was liked."""
    told: Any = json.loads(said)
    assert told["source"] in ("personal", "gigachat")
    shown = [film["film_id"] for film in told["films"]]
    assert len(set(shown)) == 20
    assert len(set(told["liked"])) == 3
    assert not set(shown) & set(told["liked"])
    assert all(film["reason"] for film in told["films"])
    assert any(set(film["because"]) & set(told["liked"]) for film in told["films"])


def test_the_python_client_does_the_main_job(stack: Stack, tools: Tools) -> None:
    check(tools.run("python", HERE / "main_job.py", stack.url))


def test_the_typescript_client_does_the_main_job(stack: Stack, tools: Tools) -> None:
    check(tools.run("node", tools.typescript / "main_job.ts", stack.url, cwd=tools.typescript))


def test_types_of_the_python_client_are_those_that_its_user_relies_on(tools: Tools) -> None:
    tools.run(
        "mypy",
        "--strict",
        "--no-incremental",
        "--config-file",
        "",
        HERE / "main_job.py",
        BUILT / "python" / "kinosovet_client",
    )


def test_types_of_the_typescript_client_are_those_that_its_user_relies_on(tools: Tools) -> None:
    tools.run("tsc", *STRICT, "main_job.ts", cwd=tools.typescript)


def test_words_that_the_document_does_not_know_are_seen_before_anything_runs(tools: Tools) -> None:
    program = (tools.typescript / "main_job.ts").read_text()
    mistaken = program
    mistakes = {'rating: "like"': 'rating: "adored"', '"/v1/me"': '"/v1/them"', "reason, because }) =>": "why }) =>"}
    for right, wrong in mistakes.items():
        mistaken = mistaken.replace(right, wrong, 1)
    (tools.typescript / "mistaken.ts").write_text(mistaken)
    with pytest.raises(AssertionError) as said:
        tools.run("tsc", *STRICT, "mistaken.ts", cwd=tools.typescript)
    both = enumerate(zip(program.splitlines(), mistaken.splitlines(), strict=True), 1)
    changed = {line for line, (before, after) in both if before != after}
    assert len(changed) == len(mistakes)
    assert changed <= {int(line) for line in re.findall(r"mistaken\.ts\((\d+),\d+\): error", str(said.value))}
