"""What a running copy leaves in its state folder, and how it is found and stopped by that. Standard library only: what
is looked at before anything is installed, or while everything ends, must not wait for imports.

`url` is the API's base address, `gigachat` the stand-in's control address, `env` what makes every command of
`python -m infra` speak to this copy: `set -a; . .local/env`.
"""

import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from infra.local import processes

EMULATOR, STAND_IN = "emulator", "gigachat"
PLACES = ("url", "gigachat", "env")


def down(state: Path) -> None:
    """Stops what `up` started; fine when nothing runs. The files of the emulator's workers go with it."""
    processes.stop(state, EMULATOR)
    processes.stop(state, STAND_IN)
    shutil.rmtree(state / "tmp", ignore_errors=True)
    for name in PLACES:
        (state / name).unlink(missing_ok=True)


def find_url(state: Path) -> str:
    """The API's base address while a copy runs, else nothing."""
    return (state / "url").read_text() if processes.running(state, EMULATOR) and (state / "url").exists() else ""


def port_of(url: str) -> int:
    """The emulator's port in an API's address."""
    return urlsplit(url).port or 80


def write_places(state: Path, url: str, environment: Mapping[str, str]) -> None:
    """Leaves the address and the environment where others look for them."""
    lines = [f"{name}={shlex.quote(value)}" for name, value in environment.items()]
    (state / "env").write_text("\n".join(lines) + "\n")
    (state / "url").write_text(url)
