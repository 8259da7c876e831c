"""What can be said before anything is built. Runs on the bare Python that everything else will be made from, so it
needs the standard library alone."""

import sys
from pathlib import Path

from infra.local import processes
from infra.local.running_copy import EMULATOR, find_url, port_of

MAKE = "make"  # whose pid file says that somebody is building or running here
PYTHON = (3, 13)


def objection(state: Path, port: int, foreground: bool, caller: int) -> str:
    """Why `make run` (or, in the background, `make up`) should not begin; nothing when it may. `caller` is make's own
    process id, noted so that the next one sees it."""
    if sys.version_info[:2] != PYTHON:
        return f"this is Python {sys.version.split()[0]}, and 3.13 is needed: name one with PYTHON=…"
    url = find_url(state)
    other = processes.find_pid(state, MAKE)
    if other not in (None, caller) and (foreground or not url):
        where = f"it runs already: {url}" if url else "another make is starting it at this moment"
        return f"nothing was changed: {where} (process {other})"
    if url and port_of(url) != port:
        return f"nothing was changed: this copy runs at {url}; `make down` ends it"
    if processes.taken(port) and not processes.running(state, EMULATOR):
        return port_taken(port)
    processes.note(state, MAKE, caller)
    return ""


def port_taken(port: int) -> str:
    """Says it in a sentence."""
    return f"port {port} is taken: choose another one with LOCAL_PORT"
