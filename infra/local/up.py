"""The whole product on this machine, on loopback only.

    python -m infra.local.up            in the background; returns once a like has gone through end to end
    python -m infra.local.up --follow   in the foreground; Ctrl-C stops everything
    python -m infra.local.up --localstack   on LocalStack instead of MiniStack

The API's base address is left in STATE/url, the GigaChat stand-in's control address in STATE/gigachat.
"""

import argparse
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import boto3

from infra.catalog.load import load
from infra.deploy.change_set import DeploymentError
from infra.deploy.package import package
from infra.deploy.stack import deploy
from infra.deploy.template.api import STAGE, gateway_responses
from infra.local import emulator, processes
from infra.local.first_like import first_like
from infra.local.localstack import host as localstack
from infra.local.ministack import host as ministack
from infra.operator.train import add_ratings, demo_judgements, run_job

STACK = "kinosovet"
ARTIFACTS = "kinosovet-artifacts"
STAND_IN = "gigachat"


@contextmanager
def step(name: str) -> Iterator[None]:
    """Says what is going on, and how long it took."""
    began = time.monotonic()
    print(f"▸ {name} …", end="", flush=True)
    yield
    print(f" {time.monotonic() - began:.1f} s", flush=True)


def up(state: Path, port: int, start_emulator: emulator.Start = ministack.start) -> str:
    """Starts or refreshes everything. Returns the API's base address."""
    os.environ.update(emulator.client_environment(port))
    with step("package"):
        package()
    with step("emulator"):
        start_emulator(state, port)
    search_engine = os.environ.get("CATALOG_URL", "")  # an OpenSearch instead of the stack's own snapshot
    parameters = {"Protect": "false", "CatalogUrl": search_engine} | _gigachat(state)
    with step("deploy"):
        boto3.client("s3").create_bucket(Bucket=ARTIFACTS)
        try:
            made = deploy(STACK, ARTIFACTS, parameters, lambda _: True)
        except DeploymentError as error:
            sys.exit(f"\nnot deployed: {error}\nsee {state / 'emulator.log'}")
        emulator.apply_gateway_responses(made["RestAPIId"], STAGE, gateway_responses())
        emulator.allow_polling_athena(made["Learn"])
        _put_credentials(made["GigachatKey"])
    # Cold starts take longest of all, and each waits for the one before it: so they come all at once, beforehand.
    with step("demo catalogue, functions warm"), ThreadPoolExecutor() as pool:
        warmed = [pool.submit(emulator.warm_up, STACK, name) for name in ("APIHandler", "Plan", "Rebuild", "Ask")]
        load("demo", search_engine or f"s3://{made['CatalogBucket']}/catalog")
        for one in warmed:
            one.result()
    url = emulator.api_url(port, made["RestAPIId"], STAGE)
    with step("first like, end to end"):
        # Nobody's tokens are spent without being asked: with the real service a personal list is proof enough.
        first_like(url, "personal" if os.environ.get("GIGACHAT_CREDENTIALS") else "gigachat")
    (state / "outputs.json").write_text(json.dumps(made, indent=1))
    (state / "url").write_text(url)
    return url


def down(state: Path) -> None:
    """Stops what `up` started; fine when nothing runs."""
    emulator.stop(state)
    processes.stop(state, STAND_IN)
    for name in ("url", "gigachat"):
        (state / name).unlink(missing_ok=True)


def _gigachat(state: Path) -> dict[str, str]:
    """The real service when there are credentials in the environment, else the stand-in. Returns stack parameters."""
    if os.environ.get("GIGACHAT_CREDENTIALS"):
        return {"GigachatCaBundleFile": os.environ.get("GIGACHAT_CA_BUNDLE_FILE", "")}
    if not processes.running(state, STAND_IN):
        with step("GigaChat stand-in"):
            port = processes.free_port()
            command = [sys.executable, "-m", "infra.local.gigachat", "--port", str(port)]
            processes.start(state, STAND_IN, command, {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"})
            (state / STAND_IN).write_text(f"http://127.0.0.1:{port}/control/")
            _wait_for(port)
    base = (state / STAND_IN).read_text().removesuffix("control/")
    return {"GigachatBaseUrl": f"{base}v1", "GigachatAuthUrl": f"{base}api/v2/oauth"}


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while not processes.taken(port):
        if time.monotonic() > deadline:
            sys.exit("the GigaChat stand-in did not come up")
        time.sleep(0.05)


def _put_credentials(secret: str) -> None:
    """The stand-in takes any well-formed key; the real one comes from the environment and is written to no file."""
    key = {
        "credentials": os.environ.get("GIGACHAT_CREDENTIALS", "c3RhbmQtaW46bm90LWEtc2VjcmV0"),
        "scope": os.environ.get("GIGACHAT_SCOPE", "GIGACHAT_API_PERS"),
    }
    boto3.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=json.dumps(key))


def _learn_from_demo_likes(state: Path) -> None:
    """Hands MovieLens' likes to the learning job, which then runs in the background: lists are good without it, and
    better a minute later."""
    made = json.loads((state / "outputs.json").read_text())
    with step("demo likes, learned from in the background"):
        add_ratings(made["LearningBucket"], "demo", demo_judgements())
        run_job(made["Learn"], wait=False)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.up", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--state", type=Path, default=Path(".local"), help="where pids, logs and addresses go")
    parser.add_argument("--port", type=int, default=int(os.environ.get("LOCAL_PORT") or 4566))
    parser.add_argument("--follow", action="store_true", help="stay in the foreground; Ctrl-C stops everything")
    parser.add_argument("--localstack", action="store_true", help="on LocalStack's last free runtime")
    parser.add_argument("--down", action="store_true", help="stop everything")
    given = parser.parse_args()
    state = given.state.resolve()
    if given.down:
        down(state)
        return
    began = time.monotonic()
    stopped = threading.Event()
    if given.follow:
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, lambda *_: stopped.set())
    url = up(state, given.port, localstack.start if given.localstack else ministack.start)
    print(f"ready in {time.monotonic() - began:.0f} s: {url}", flush=True)
    if not given.localstack:  # which has no Athena
        _learn_from_demo_likes(state)
    if given.follow:
        print("Ctrl-C stops everything", flush=True)
        stopped.wait()
        down(state)


if __name__ == "__main__":
    main()
