"""The steps from nothing to a page that answers: package, emulator, deployment, demo catalogue, a first like."""

import json
import os
import sys
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
from infra.local.ending import Ending
from infra.local.first_like import first_like
from infra.local.localstack import host as localstack
from infra.local.ministack import host as ministack
from infra.local.ministack.admission import SEATS
from infra.local.running_copy import EMULATOR, STAND_IN, write_places
from infra.operator.train import add_ratings, demo_judgements, run_job

STACK = "kinosovet"
ARTIFACTS = "kinosovet-artifacts"
WARM = {"APIHandler": SEATS, "Plan": 1, "Rebuild": 1, "Ask": 1}
"""Workers by function that the first visitor finds ready: a browser asks for several things at once."""


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
        _package(state)
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
        warmed = [pool.submit(emulator.warm_up, STACK, name, workers) for name, workers in WARM.items()]
        load("demo", search_engine or f"s3://{made['CatalogBucket']}/catalog")
        for one in warmed:
            one.result()
    url = emulator.api_url(port, made["RestAPIId"], STAGE)
    with step("first like, end to end"):
        # Nobody's tokens are spent without being asked: with the real service a personal list is proof enough.
        wanted = "personal" if os.environ.get("GIGACHAT_CREDENTIALS") else "gigachat"
        first_like(url, wanted, lambda token: _warm_authorizers(made["RestAPIId"], token))
    (state / "outputs.json").write_text(json.dumps(made, indent=1))
    known = {"STACK": STACK, "ARTIFACTS": ARTIFACTS, "SITE_URL": url}
    write_places(state, url, emulator.client_environment(port) | known)
    return url


def _warm_authorizers(rest_api_id: str, token: str) -> None:
    """One of them has been called already; a browser needs as many as it sends requests before the first is let in."""
    account = boto3.client("sts").get_caller_identity()["Account"]
    method = f"arn:aws:execute-api:{emulator.REGION}:{account}:{rest_api_id}/{STAGE}/GET/v1/me"
    event = {"type": "TOKEN", "authorizationToken": f"Bearer {token}", "methodArn": method}
    emulator.warm_up(STACK, "Authorize", SEATS, event)


def _package(state: Path) -> None:
    """Raises SystemExit with a sentence; what the tools said is in the log."""
    try:
        package()
    except SystemExit as error:
        (state / "package.log").write_text(str(error))
        sys.exit(f"\nthe package could not be built: is there a network? What was said is in {state / 'package.log'}")


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


def run_copy(state: Path, port: int, on_localstack: bool, ending: Ending | None) -> int:
    """Starts everything and says where it is; with `ending`, stays until that is asked for. Returns the exit code."""
    began = time.monotonic()
    url = up(state, port, localstack.start if on_localstack else ministack.start)
    print(f"ready in {time.monotonic() - began:.0f} s: {url}", flush=True)
    if not on_localstack:  # which has no Athena
        _learn_from_demo_likes(state)
    if ending is None:
        return 0
    print("Ctrl-C stops everything", flush=True)
    while processes.running(state, EMULATOR):
        if ending.asked.wait(1.0):
            return 0
    sys.exit(f"it has been stopped from elsewhere, or the emulator has ended: see {state / 'emulator.log'}")
