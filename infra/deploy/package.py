"""Builds what CloudFormation deploys: the two zips (our code, and the libraries as a layer) and one template.

    python -m infra package
    cfn-lint "$(python -m infra package)"

Prints the template's path. Nothing is built when nothing changed since the last time.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from infra.deploy.layer import compile_code, slim
from infra.deploy.template import render
from infra.deploy.template.api import STAGE

ROOT = Path(__file__).parent.parent.parent
BUILD = ROOT / ".build"
INPUTS = (
    "app.py",
    "requirements.txt",
    ".chalice/*.json",
    "chalicelib/**/*",
    "experiments/*.json",
    "infra/deploy/**/*.py",
)


def package() -> Path:
    """Packages the app unless the last package was made from the same inputs. Returns the template's path.

    Raises:
        SystemExit: `chalice package` failed; its output has been shown. Or an experiment is declared wrongly.
    """
    experiments = _experiments()
    template, stamp = BUILD / "sam.json", BUILD / "inputs.sha256"
    wanted = _inputs_hash()
    if template.exists() and stamp.exists() and stamp.read_text() == wanted:
        return template
    BUILD.mkdir(exist_ok=True)
    stamp.unlink(missing_ok=True)
    merge = BUILD / "merge.json"
    merge.write_text(json.dumps(render(), indent=1))
    command = [_beside_python("chalice"), "package", "--stage", STAGE, "--merge-template", str(merge), str(BUILD)]
    # Chalice wants a region although packaging asks AWS nothing.
    environment = {"AWS_DEFAULT_REGION": "us-east-1"} | os.environ
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"chalice package failed:\n{done.stdout}{done.stderr}")
    compile_code(BUILD / "deployment.zip", experiments)
    slim(BUILD / "layer-deployment.zip", BUILD / "layer.zip")
    rendered = json.loads(template.read_text())
    rendered["Resources"]["ManagedLayer"]["Properties"]["ContentUri"] = "./layer.zip"
    template.write_text(json.dumps(rendered, indent=1))
    stamp.write_text(wanted)
    return template


def _experiments() -> dict[str, bytes]:
    """What goes beside the code, by its name in the zip."""
    from chalicelib import resources
    from chalicelib.outcomes.experiments.declared import ExperimentError

    try:
        found = resources.checked_experiments()
    except ExperimentError as error:
        sys.exit(str(error))
    names = [f"experiments/{one.name}.json" for one in found]
    return {name: (ROOT / name).read_bytes() for name in names}


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """There is nothing to choose: parameters are for `deploy`."""


def run(_given: argparse.Namespace) -> int:
    """Packages, and prints the template's path."""
    print(package())
    return 0


def _beside_python(tool: str) -> str:
    return str(Path(sys.executable).with_name(tool))


def _inputs_hash() -> str:
    files = sorted({path for pattern in INPUTS for path in ROOT.glob(pattern) if path.is_file()})
    digest = hashlib.sha256(sys.version.encode())
    for path in files:
        if "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
