"""One version: the project's, the interface's, the changelog's."""

import re
import tomllib
from pathlib import Path

import chalicelib
from chalicelib.http.openapi import document

ROOT = Path(__file__).parent.parent.parent.parent


def test_project_interface_and_changelog_agree_on_the_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    versions = re.findall(
        r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )
    assert versions == sorted(versions, key=lambda text: [int(part) for part in text.split(".")], reverse=True)
    assert {project, document([])["info"]["version"], versions[0]} == {chalicelib.__version__}
