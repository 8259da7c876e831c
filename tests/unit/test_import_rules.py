"""The rules by place hold for files that nobody has written yet: one that breaks each is tried, and each try fails."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

BREACHES = [
    ("The Lambda code never imports infra", "chalicelib/catalog/titles/newcomer.py", "import infra.stack_outputs"),
    ("Chalice only at the edge", "chalicelib/feedback/newcomer.py", "import chalice"),
    ("pynamodb only in the stores", "chalicelib/recommendations/adapters/newcomer.py", "import pynamodb"),
    ("opensearch-py in one file", "chalicelib/catalog/adapters/opensearch/newcomer.py", "import opensearchpy"),
    ("gigachat in one file", "chalicelib/recommendations/llm/newcomer.py", "import gigachat"),
    ("Adapters are opened by resources.py alone",
     "chalicelib/feedback/newcomer_of_adapters.py", "import chalicelib.catalog.adapters.snapshot.catalog"),
    ("Only the edge opens resources", "chalicelib/recommendations/llm/opener.py", "import chalicelib.resources"),
    ("Only the edge opens resources", "chalicelib/http/opener.py", "import chalicelib.resources"),
    ("Only the edge imports the edge's own tools",
     "chalicelib/recommendations/ranking/answerer.py", "import chalicelib.http.problems"),
    ("Packages point one way", "chalicelib/catalog/adapters/climber.py", "import chalicelib.feedback.model"),
    ("No room and no file stands in a circle, at any depth",
     "infra/catalog/sources/climber.py", "import infra.catalog.load"),
    ("Engines know no step and no other engine",
     "chalicelib/recommendations/ranking/climber.py", "import chalicelib.recommendations.llm.reply"),
    ("A catalogue's engines know no route, and titles know nothing but films",
     "chalicelib/catalog/titles/climber.py", "import chalicelib.catalog.similarity"),
    ("infra points one way: the command line, the local run, commands, deployment and catalogue",
     "infra/deploy/climber.py", "import infra.operator.train"),
]  # fmt: skip


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is said of each rule that is broken, by its name, on a copy with a new file for each breach."""
    copy = tmp_path_factory.mktemp("copy")
    for name in ("chalicelib", "infra"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "page"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for _, path, line in BREACHES:
        (copy / path).write_text(f"{line}\n")
    linter = Path(sys.executable).parent / "lint-imports"
    surroundings = {**os.environ, "PYTHONPATH": str(copy), "COLUMNS": "500"}
    report = subprocess.run([linter, "--no-cache"], cwd=copy, capture_output=True, text=True, timeout=300,
                            env=surroundings, check=False).stdout  # fmt: skip
    assert " KEPT" not in report, "every rule has been tried"
    _, *sections = re.split(r"^(.+)\n-+\n\n", report.partition("Broken contracts\n---")[2], flags=re.MULTILINE)
    return dict(zip(sections[::2], sections[1::2], strict=True))


@pytest.mark.parametrize(("rule", "path", "line"), BREACHES)
def test_the_rule_names_the_breach_when_a_new_file_breaks_it(
    said: dict[str, str], rule: str, path: str, line: str
) -> None:
    importer, imported = path.removesuffix(".py").split("/"), line.split()[1].split(".")
    import_ = f"{'.'.join(importer)} -> {'.'.join(imported)} "
    # A circle is told by the two siblings that close it.
    siblings = next(
        (f".{one} -> .{other} " for one, other in zip(importer, imported, strict=False) if one != other), ""
    )
    assert import_ in said[rule] or (siblings and siblings in said[rule])
