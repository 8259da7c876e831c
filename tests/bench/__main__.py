"""All benches one after the other, a page of what they found, and what got worse since the last release.

    python -m tests.bench [--only NAME …] [--keep]

Writes `.local/bench.json` (each bench's last line, with its command) and `.local/bench.html`, and compares with
`docs/figures.json`. The exit code is 1 when a watched figure (`_comparison.py`) got worse by more than a fifth or is
gone, when a bench failed, or when one that there has to be is missing. `--keep`: the figures that were measured become
those of the release. A quiet machine, please.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from infra.operator.cost.figures import FIGURES, Bench, FigureMissingError, Figures, figures_of
from tests.bench._comparison import compared
from tests.bench._page import page

FOLDER, LOCAL = Path(__file__).parent, Path(".local")
MUST = ("imports", "home", "sweep", "writes", "throughput", "population", "learning", "units")
"""What there has to be: missing is a failure."""
ARGUMENTS = {"load": ("--engine", "embedded"), "search": ("--engine", "embedded")}
ALONE = {
    "sites": "makes files for `ranking`, in a folder to be named",
    "movielens_imdb": "wants files that are not in the repository",
    "bulk": "brings a million rows into a deployed copy: up to an hour",
    "first_visit": "a browser at the copy that `make up` has started",
    "viewers": "a crowd on the copy that `make up` has started",
}
"""What is not run here, and why."""


def names() -> list[str]:
    """Every bench there is, and those that there have to be."""
    there = {path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_")}
    return sorted(there | set(MUST))


def run(name: str) -> Bench:
    """One bench, in a process of its own with little priority."""
    arguments = ARGUMENTS.get(name, ())
    command = " ".join(["python -m", f"tests.bench.{name}", *arguments])
    if not (FOLDER / f"{name}.py").exists():
        return Bench(command, missing="there is no such bench")
    if name in ALONE:
        return Bench(command, missing=f"not run: {ALONE[name]}")
    began = time.monotonic()
    done = subprocess.run(
        ["nice", "-n", "10", sys.executable, "-m", f"tests.bench.{name}", *arguments],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds = round(time.monotonic() - began, 1)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
        return Bench(command, seconds, missing=f"failed: {said[-1][:300]}")
    try:
        return Bench(command, seconds, json.loads(done.stdout.strip().splitlines()[-1]))
    except (ValueError, IndexError):
        return Bench(command, seconds, missing="failed: its last line is no JSON")


def measured(wanted: Sequence[str]) -> Figures:
    """All of them, each told when it is done."""
    load = os.getloadavg()[0]
    benches: dict[str, Bench] = {}
    for name in wanted:
        print(f"▸ {name}", flush=True)
        benches[name] = one = run(name)
        print(f"  ✗ {one.missing}" if one.missing else f"  {one.seconds:.0f} s", flush=True)
    release = tomllib.loads(Path("pyproject.toml").read_text())["project"]["version"]
    machine = f"{os.cpu_count()} cores, load {load:.1f} at the beginning"
    return Figures(release, f"{datetime.now(UTC):%Y-%m-%d}", machine, benches)


def kept(release: Figures | None, present: Figures) -> Figures:
    """The present figures, and the release's of benches that have none now."""
    found = {name: one for name, one in present.benches.items() if not one.missing}
    return msgspec.structs.replace(
        present, benches=dict(sorted({**(release.benches if release else {}), **found}.items()))
    )


def written(figures: Figures) -> bytes:
    """As a person can read a difference in it."""
    return msgspec.json.format(msgspec.json.encode(figures), indent=1) + b"\n"


def verdict(release: Figures | None, present: Figures) -> list[str]:
    """Why the command fails: lines for a person; none when all is well."""
    lines = [f"{name}: {one.missing}" for name, one in present.benches.items() if one.missing and name not in ALONE]
    found = compared(release, present) if release else []
    broken = {name for name, one in present.benches.items() if one.missing}
    return lines + [one.told() for one in found if one.is_worse and one.name.partition(".")[0] not in broken]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=names(), help=", ".join(names()))
    parser.add_argument("--keep", action="store_true", help="writes docs/figures.json")
    given = parser.parse_args(arguments)
    try:
        release = figures_of(FIGURES)
    except FigureMissingError as error:
        print(f"✗ {error}", file=sys.stderr)
        release = None
    present = measured(given.only or names())
    LOCAL.mkdir(exist_ok=True)
    (LOCAL / "bench.json").write_bytes(written(present))
    found = compared(release, present) if release else []
    (LOCAL / "bench.html").write_text(page(present, release, found), encoding="utf-8")
    if given.keep:
        FIGURES.write_bytes(written(kept(release, present)))
    failures = verdict(release, present)
    print(f"{LOCAL / 'bench.html'} shows all of it")
    for line in failures:
        print(f"✗ {line}")
    ran = sum(not one.missing for one in present.benches.values())
    print(json.dumps({"benches": ran, "missing": len(present.benches) - ran, "worse": len(failures)}))
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
