"""Rehearses the deployment: what each function would be given, open and call on AWS, and what is wrong with that.

    python -m infra rehearse
    python -m infra rehearse CatalogUrl=https://search-films-abc.eu-central-1.es.amazonaws.com

Parameters have the template's defaults unless they are named. Nothing is sent anywhere, and no account is needed. The
last line is one JSON object: the functions with their addresses and import times, and the problems. The exit code is 1
when there are any.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from infra.deploy.package import BUILD, ROOT, package
from infra.deploy.stack import parameter
from infra.rehearsal import addresses, permissions, probe
from infra.rehearsal.calls import Held, Need, needs_of, of_search
from infra.rehearsal.reach import RESOURCES, Sources, Unit
from infra.rehearsal.resolve import REGION, Template

LIBRARIES = "python/lib/python3.13/site-packages"
AT_ONCE = 2
SECONDS = 120


def rehearse(given: Mapping[str, str]) -> dict[str, Any]:
    """The report, as `run` prints it."""
    template = Template(json.loads(package().read_text()), given)
    problems = [*addresses.problems_of_parameters(template), *addresses.problems_of_environment(template)]
    walks = walk(template)
    for name, (said, needs) in walks.items():
        problems += [f"{name}: {error}" for error in said["errors"]]
        problems += [f"{name} reached for {host} by itself" for host in said["reached_for"]]
        problems += addresses.problems_of_urls(name, said["urls"])
        problems += permissions.problems_of(template, name, needs)
    told = {name: {key: said[key] for key in ("urls", "cold_import_ms")} for name, (said, _) in walks.items()}
    return {"functions": told, "problems": problems}


def walk(template: Template) -> dict[str, tuple[Any, list[Need]]]:
    """Each function opened in a process of its own: what its probe said, and what its code asks of AWS."""
    sources, unpacked = Sources(ROOT), unpacked_package()
    functions = template.functions()
    reached = {name: sources.reached_from(one["Handler"]) for name, one in functions.items()}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        probed = dict(
            zip(
                functions,
                pool.map(lambda name: _probe(template, name, reached[name], unpacked), functions),
                strict=True,
            )
        )
    held = {name: Held(_by_class(said["held"]), template.environment(name)) for name, said in probed.items()}
    asked = {name: needs_of(_in_use(reached[name], held[name]), held[name]) for name in functions}
    return {name: (said, [*asked[name], *of_search(template, held[name])]) for name, said in probed.items()}


def _in_use(units: list[Unit], held: Held) -> list[Unit]:
    """Without the adapters that these parameters leave shut: the snapshot's where the catalogue is OpenSearch."""
    return [one for one in units if ".adapters." not in one.owner or one.owner in held.by_class]


def _probe(template: Template, name: str, units: list[Unit], unpacked: Path) -> Any:
    """What the probe says of a function, run with its environment and with what Lambda adds to it."""
    function = template.functions()[name]
    task = {"handler": function["Handler"], "opens": _openers(units)}
    command = [_bare_python(), "-S", "-P", str(Path(probe.__file__)), json.dumps(task)]
    environment = environment_of_lambda(name, function, unpacked) | template.environment(name)
    done = subprocess.run(
        command, env=environment, cwd=unpacked, capture_output=True, text=True, check=False, timeout=SECONDS
    )
    if done.returncode:
        failed = (done.stderr.strip().splitlines() or ["no word"])[-1]
        return {
            "urls": [],
            "cold_import_ms": None,
            "held": [],
            "reached_for": [],
            "errors": [f"does not start: {failed}"],
        }
    return json.loads(done.stdout.strip().splitlines()[-1])


def environment_of_lambda(name: str, function: Mapping[str, Any], unpacked: Path) -> dict[str, str]:
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime"""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PYTHONPATH": f"{unpacked / 'task'}{os.pathsep}{unpacked / 'opt' / LIBRARIES}",
        "PYTHONDONTWRITEBYTECODE": "1",  # its file system is read-only
        "LAMBDA_TASK_ROOT": str(unpacked / "task"),
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "rehearsal",
        "AWS_SECRET_ACCESS_KEY": "rehearsal",
        "AWS_SESSION_TOKEN": "rehearsal",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function["MemorySize"]),
        "_HANDLER": function["Handler"],
    }


def _openers(units: list[Unit]) -> list[str]:
    """What a function opens of `resources.py`; what needs an argument is opened by another of them."""
    return [
        one.name
        for one in units
        if one.module == RESOURCES and not one.owner and len(one.node.args.args) == len(one.node.args.defaults)
    ]


def _by_class(held: list[dict[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in held:
        found.setdefault(one["class"], []).append(one["values"])
    return found


def unpacked_package() -> Path:
    """Both zips side by side, as Lambda unpacks them into /var/task and /opt; done again when the package is newer."""
    folder, stamp = BUILD / "unpacked", (BUILD / "inputs.sha256").read_text()
    if (folder / "stamp").exists() and (folder / "stamp").read_text() == stamp:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    for name, zipped in (("task", "deployment.zip"), ("opt", "layer.zip")):
        with zipfile.ZipFile(BUILD / zipped) as content:
            content.extractall(folder / name)
    (folder / "stamp").write_text(stamp)
    return folder


def _bare_python() -> str:
    """The interpreter below our environment: with `-S` it has no packages but what the zips bring."""
    return str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which parameters differ from the template's defaults."""
    parser.add_argument("parameters", nargs="*", type=parameter, metavar="NAME=VALUE", help="stack parameters")


def run(given: argparse.Namespace) -> int:
    """Rehearses, and says what is wrong."""
    report = rehearse(dict(given.parameters))
    for problem in report["problems"]:
        print(f"✗ {problem}", file=sys.stderr)
    print(json.dumps(report, ensure_ascii=False))
    return 1 if report["problems"] else 0
