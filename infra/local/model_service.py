"""Which GigaChat a local copy asks: the stand-in, at its own address or at the service's, or the service itself."""

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from infra.local import processes
from infra.local.running_copy import STAND_IN

READY_SECONDS = 30
LATENCY_SECONDS = "0.5"  # the service takes 2 to 8, which is what to set for a rehearsal
ANY_KEY = "c3RhbmQtaW46bm90LWEtc2VjcmV0"  # the stand-in takes any well-formed one
SCOPE = "GIGACHAT_API_PERS"
PASSED_ON = ("HTTPS_PROXY", "https_proxy", "SSL_CERT_FILE")
"""What leads to the service from behind a company's proxy."""


class ModelService(NamedTuple):
    """What a copy has to know: stack parameters, what its functions inherit, the key, and the source that the first
    list has to turn to."""

    parameters: Mapping[str, str]
    inherited: Mapping[str, str]
    key: Mapping[str, str]
    wanted: str


def real_service() -> ModelService | None:
    """The service, when the environment has credentials for it: by the stack's defaults, unless the environment says
    otherwise. Nobody's tokens are spent without being asked: a personal list is proof enough."""
    given = {name: value for name, value in os.environ.items() if value}
    if not (credentials := given.get("GIGACHAT_CREDENTIALS")):
        return None
    named = {
        "GigachatBaseUrl": "GIGACHAT_BASE_URL",
        "GigachatAuthUrl": "GIGACHAT_AUTH_URL",
        "GigachatModel": "GIGACHAT_MODEL",
        "GigachatCaBundleFile": "GIGACHAT_CA_BUNDLE_FILE",
    }
    parameters = {parameter: given[name] for parameter, name in named.items() if name in given}
    inherited = {name: given[name] for name in PASSED_ON if name in given}
    return ModelService(
        parameters, inherited, {"credentials": credentials, "scope": given.get("GIGACHAT_SCOPE", SCOPE)}, "personal"
    )


def stand_in(state: Path, as_deployed: bool) -> ModelService:
    """Starts the stand-in unless it runs. Its control address is left in the state folder.

    `as_deployed`: the stack keeps its defaults, and a proxy leads the service's host names to the stand-in, whose root
    the functions trust as a machine trusts its authorities. Else its address and root are parameters, like those of
    any other GigaChat.
    """
    folder = state / f"{STAND_IN}-certificates"
    ports = folder / "ports"
    if not processes.running(state, STAND_IN):
        _start(state, folder, ports)
    port, tunnel = ports.read_text().split()
    root = str(folder / "root.pem")
    key = {"credentials": ANY_KEY, "scope": SCOPE}
    if as_deployed:
        return ModelService({}, {"HTTPS_PROXY": f"http://127.0.0.1:{tunnel}", "SSL_CERT_FILE": root}, key, "gigachat")
    base = f"https://127.0.0.1:{port}"
    addresses = {"GigachatBaseUrl": f"{base}/v1", "GigachatAuthUrl": f"{base}/api/v2/oauth"}
    return ModelService({**addresses, "GigachatCaBundleFile": root}, {}, key, "gigachat")


def _start(state: Path, folder: Path, ports: Path) -> None:
    port, control, tunnel = (processes.free_port() for _ in range(3))
    folder.mkdir(parents=True, exist_ok=True)
    ports.write_text(f"{port} {tunnel}")
    command = [sys.executable, "-m", "infra.local.gigachat", "--port", str(port), "--control-port", str(control)]
    command += ["--tunnel-port", str(tunnel), "--certificates", str(folder)]
    command += ["--latency-seconds", os.environ.get("GIGACHAT_LATENCY_SECONDS") or LATENCY_SECONDS]
    processes.start(state, STAND_IN, command, {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"})
    deadline = time.monotonic() + READY_SECONDS
    while not all(processes.taken(one) for one in (port, control, tunnel)):
        if time.monotonic() > deadline or not processes.running(state, STAND_IN):
            sys.exit(f"\nthe GigaChat stand-in did not come up: see {state / STAND_IN}.log")
        time.sleep(0.05)
    (state / STAND_IN).write_text(f"http://127.0.0.1:{control}/control/")
