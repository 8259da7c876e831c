"""What clients are generated from, and by."""

import json
import re
from pathlib import Path

import app as _registers_every_route  # noqa: F401
from chalicelib.http.endpoint import ENDPOINTS
from chalicelib.http.openapi import document
from infra.__main__ import main

ROOT = Path(__file__).parent.parent.parent.parent
GENERATORS = ROOT / "infra" / "clients"


def test_the_document_is_written_as_it_is_served(tmp_path: Path) -> None:
    file = tmp_path / "new" / "openapi.json"
    assert main(["openapi", str(file)]) == 0
    assert json.loads(file.read_text()) == json.loads(json.dumps(document(ENDPOINTS), default=list))


def test_packages_of_npm_are_pinned_by_hash_and_by_no_address() -> None:
    wanted = json.loads((GENERATORS / "package.json").read_text())["devDependencies"]
    held = json.loads((GENERATORS / "package-lock.json").read_text())["packages"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    assert {name: held[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    installed = {name: one for name, one in held.items() if name and not one.get("inBundle")}
    assert all(one["integrity"].startswith("sha512-") for one in installed.values())
    assert not [name for name, one in held.items() if "resolved" in one]
    assert "://" not in (GENERATORS / "package-lock.json").read_text()
