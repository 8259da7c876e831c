"""What the two linters of OpenAPI documents say of ours: nothing, warnings included."""

import json

import pytest

from tests.real.clients.conftest import BUILT, ROOT, Tools

RULES = ROOT / "infra" / "clients"
DOCUMENT = BUILT / "openapi.json"


def test_redocly_has_nothing_to_say(tools: Tools) -> None:
    said = tools.run("redocly", "lint", DOCUMENT, "--config", RULES / "redocly.yaml", "--format", "json")
    assert json.loads(said)["totals"] == {"errors": 0, "warnings": 0, "ignored": 0}


def test_spectral_has_nothing_to_say(tools: Tools) -> None:
    tools.run("spectral", "lint", DOCUMENT, "--ruleset", RULES / "spectral.yaml", "--fail-severity", "hint")


def test_an_example_that_is_not_true_is_seen(tools: Tools) -> None:
    text = DOCUMENT.read_text()
    wrong = tools.typescript / "openapi.json"
    wrong.write_text(text.replace('"rating": "like"', '"rating": "adored"'))
    assert wrong.read_text() != text
    with pytest.raises(AssertionError, match="examples"):
        tools.run("redocly", "lint", wrong, "--config", RULES / "redocly.yaml", "--format", "json")
    with pytest.raises(AssertionError, match="valid-media-example"):
        tools.run("spectral", "lint", wrong, "--ruleset", RULES / "spectral.yaml", "--fail-severity", "hint")
