"""What the documents promise exists: links, commands, modules, parameters."""

import importlib
import json
import re
import shlex
from pathlib import Path

import pytest

from chalicelib.callers import Access
from chalicelib.http.endpoint import ENDPOINTS
from infra.__main__ import COMMANDS, parser_of
from infra.deploy.template.parameters import parameters

ROOT = Path(__file__).parent.parent.parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CODE = sorted(path for folder in ("chalicelib", "infra") for path in (ROOT / folder).rglob("*.py"))
TEXTS = [*DOCUMENTS, ROOT / "Makefile", *CODE]
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    text = document.read_text()
    targets = re.findall(r"\]\(([^)#\s]+)\)", text) + re.findall(r'<img src="([^"]+)"', text)
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_of_the_code_that_is_named_with_its_folder_exists(document: Path) -> None:
    named = re.findall(r"`((?:\w+/)+\w+\.(?:py|sql))`", document.read_text())
    places = [ROOT, ROOT / "chalicelib", ROOT / "chalicelib" / "recommendations", ROOT / "infra" / "deploy"]
    assert [name for name in named if not any((place / name).exists() for place in places)] == []


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    targets |= {f"bench-{bench.stem.replace('_', '-')}" for bench in (ROOT / "tests" / "bench").glob("[a-z]*.py")}
    named = set(re.findall(r"(?:^|`|=\d+ )make ([a-z][a-z-]*)", README, re.MULTILINE)) - {"bench-"}
    assert {"run", "up", "down", "test", "test-real", "check"} <= named <= targets


@pytest.mark.parametrize("document", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_that_is_named_exists(document: Path) -> None:
    text = document.read_text()
    for module in re.findall(r"python -m ((?:infra|tests)(?:\.[a-z_]+)+)", text):
        path = ROOT / Path(*module.split("."))
        program = path / "__main__.py" if path.is_dir() else path.with_suffix(".py")
        assert program.exists(), module
        assert '__name__ == "__main__"' in program.read_text(), f"{module} is no program"
    assert set(re.findall(r"python -m infra ([a-z][a-z-]*)", text)) - set(COMMANDS) == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_line_in_a_block_is_understood(document: Path) -> None:
    for block in re.findall(r"```sh\n(.*?)```", document.read_text(), re.DOTALL):
        for line in re.findall(r"^python -m infra ([a-z].*)$", block, re.MULTILINE):
            name, *arguments = shlex.split(line, comments=True)
            parser_of(name).parse_args(arguments)


def test_every_command_is_in_the_readme() -> None:
    assert [name for name in COMMANDS if f"`python -m infra {name}" not in README] == []


def test_routes_of_the_readme_are_those_that_are_declared() -> None:
    importlib.import_module("app")  # registers them all

    def need(access: Access) -> str:
        if access.strangers:
            return ""
        return "A" if access.viewers else "O" if access.operators else "K"

    declared = {(f"{one.method} {one.path}", need(one.access)) for one in ENDPOINTS}
    table = README.partition("## HTTP routes")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[A-Z]+ /.*?) \| ([AKO]?) ?\| ", table, re.MULTILINE)
    named = {(route, mark) for routes, mark in rows for route in re.findall(r"`([A-Z]+ /\S*)`", routes)}
    assert named - {("GET /", ""), ("GET /assets/{name}", "")} == declared


def test_requests_for_editors_name_routes_that_are_declared() -> None:
    importlib.import_module("app")
    calls = re.findall(r"^([A-Z]+) {{url}}([^?\s]+)", (ROOT / "requests.http").read_text(), re.MULTILINE)
    assert calls
    found = {(method, "/" + re.sub(r"{{.*?}}", "{film_id}", path)) for method, path in calls}
    assert found - {(one.method, one.path) for one in ENDPOINTS} == set()


def test_files_for_editors_and_machines_can_be_read() -> None:
    yaml = importlib.import_module("yaml")
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    assert [hook["id"] for hook in hooks] == ["ruff-format", "ruff", "mypy", "import-rules"]
    steps = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]["run"]["steps"]
    assert steps[-1]["run"] == ".ci/run"
    python = (ROOT / ".python-version").read_text().strip()
    assert json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())["image"].endswith(f":{python}")


def test_every_stack_parameter_is_in_the_readme() -> None:
    assert [name for name in parameters() if f"`{name}`" not in README] == []
