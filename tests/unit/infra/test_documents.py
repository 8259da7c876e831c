"""What the documents promise exists: links, commands, modules, parameters."""

import re
from pathlib import Path

import pytest

from infra.deploy.template.parameters import parameters

ROOT = Path(__file__).parent.parent.parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    text = document.read_text()
    targets = re.findall(r"\]\(([^)#\s]+)\)", text) + re.findall(r'<img src="([^"]+)"', text)
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (document.parent / target).exists()] == []


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`|=\d+ )make ([a-z][a-z-]*)", README, re.MULTILINE)) - {"bench-"}
    assert {"run", "up", "down", "test", "test-real", "check"} <= named <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_that_is_named_exists(document: Path) -> None:
    for module in re.findall(r"python -m ((?:infra|tests)(?:\.[a-z_]+)+)", document.read_text()):
        path = ROOT / Path(*module.split("."))
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


def test_every_stack_parameter_is_in_the_readme() -> None:
    assert [name for name in parameters() if f"`{name}`" not in README] == []
