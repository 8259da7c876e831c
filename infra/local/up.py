"""The steps from nothing to a page that answers: package, emulator, deployment, demo catalogue, a first like."""

import json
import os
import secrets
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import boto3

from chalicelib import resources
from chalicelib.outcomes.experiments import tending
from infra.deploy.change_set import DeploymentError
from infra.deploy.package import package
from infra.deploy.stack import deploy
from infra.deploy.template.api import ECHOED, STAGE, gateway_responses
from infra.local import emulator, processes
from infra.local.demo_catalogue import load_demo
from infra.local.ending import Ending
from infra.local.first_like import acted_for, first_like, get_at_once, registered
from infra.local.localstack import host as localstack
from infra.local.ministack import host as ministack
from infra.local.ministack.admission import SEATS
from infra.local.model_service import real_service, stand_in
from infra.local.running_copy import EMULATOR, write_places
from infra.operator import server_keys
from infra.operator.train import add_ratings, demo_interactions, start_job

STACK = "kinosovet"
ARTIFACTS = "kinosovet-artifacts"
FIRST_PAUSE_SECONDS = "3"  # somebody who tries the product clicks three films and looks
MEANING_PERCENT = (
    "40"  # the stand-in's tokens cost nothing: all films have vectors within the hour, the best known first
)
WARM = ("Plan", "Rebuild", "Ask")
MAIL = "mail"  # the folder where letters lie
REQUESTS_PER_SECOND = "1000"  # to one route: the one viewer of this machine keeps nobody out
CHOSEN = {
    "REGISTRATIONS_PER_HOUR": "RegistrationsPerHour",
    "CONFIRM_EMAIL": "ConfirmEmail",
    "MAIL_SENDER": "MailSender",
    "TRUSTED_PROXIES": "TrustedProxies",
    "OWN_ACCOUNTS": "OwnAccounts",
    "TRUSTED_ISSUERS": "TrustedIssuers",
    "CORS_ORIGINS": "CorsOrigins",
}
"""Stack parameters that an environment variable of `make up` sets; unset, they have their defaults."""


@contextmanager
def step(name: str) -> Iterator[None]:
    """Says what is going on, and how long it took."""
    began = time.monotonic()
    print(f"▸ {name} …", end="", flush=True)
    yield
    print(f" {time.monotonic() - began:.1f} s", flush=True)


def up(
    state: Path,
    port: int,
    start_emulator: emulator.Start = ministack.start,
    *,
    as_deployed: bool = False,
    demo_likes: bool = False,
    more: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Starts or refreshes everything. Returns the API's base address. `as_deployed`: with nothing but the template's
    defaults, as on AWS. `demo_likes`: MovieLens' likes are learned from in the background: lists are good without that,
    and better some minutes later. `more`: stack parameters beside those of every local run."""
    os.environ.update(emulator.client_environment(port))
    with step("package"):
        _package(state)
    with step("emulator, GigaChat"):
        model = real_service() or stand_in(state, as_deployed)
        start_emulator(state, port, model.inherited)
    search_engine = "" if as_deployed else os.environ.get("CATALOG_URL", "")  # instead of the stack's own snapshot
    own = {
        "Protect": "false",
        "CatalogUrl": search_engine,
        "AskFirstPauseSeconds": FIRST_PAUSE_SECONDS,
        "ConfirmEmail": "false",
        "MailSender": f"file://{state / MAIL}",
        "RequestsPerSecond": REQUESTS_PER_SECOND,
        "OutcomesSchedule": "rate(1 minute)",  # who tries it looks at once
        "MeaningPercent": MEANING_PERCENT,
    }
    parameters = {} if as_deployed else own | dict(model.parameters) | chosen(os.environ) | dict(more)
    with step("deploy"):
        boto3.client("s3").create_bucket(Bucket=ARTIFACTS)
        try:
            made = deploy(STACK, ARTIFACTS, parameters, lambda _: True)
        except DeploymentError as error:
            sys.exit(f"\nnot deployed: {error}\nsee {state / 'emulator.log'}")
        reads = gateway_responses(ECHOED if parameters.get("CorsOrigins") else None)
        emulator.apply_gateway_responses(made["RestAPIId"], STAGE, reads)
        emulator.allow_what_it_asks(STACK)
        _put_credentials(made["GigachatKey"], model.key)
        _without_control(made["OutcomesTable"])
    url = emulator.api_url(port, made["RestAPIId"], STAGE)
    # Cold starts take longest of all, and each waits for the one before it: so they come all at once, beforehand.
    with step("demo catalogue, functions warm"), ThreadPoolExecutor() as pool:
        warmed = [pool.submit(emulator.warm_up, STACK, name) for name in WARM]
        # As many of the API as will ever work at once: a browser asks for several things at a time.
        warmed.append(pool.submit(get_at_once, url, ["v1/health"] * SEATS, SEATS))
        load_demo(search_engine or f"s3://{made['CatalogBucket']}/catalog")
        for one in warmed:
            one.result()
    with step("first like, end to end"):

        def meanwhile() -> None:
            """The first question waits for a pause of 15 s, which is time enough."""
            _warm_authorizers(made["RestAPIId"], viewer["Authorization"])
            if demo_likes:
                add_ratings(made["LearningBucket"], "demo", demo_interactions())

        with _somebody(url, has_account=parameters.get("OwnAccounts") != "false") as viewer:
            first_like(url, viewer, model.wanted, meanwhile)
    if demo_likes:
        start_job(made["Learn"])
    (state / "outputs.json").write_text(json.dumps(made, indent=1))
    known = {"STACK": STACK, "ARTIFACTS": ARTIFACTS, "SITE_URL": url}
    write_places(state, url, emulator.client_environment(port) | known)
    return url


def chosen(environment: Mapping[str, str]) -> dict[str, str]:
    """The stack parameters that the caller's environment sets; an empty variable is none."""
    return {parameter: environment[name] for name, parameter in CHOSEN.items() if environment.get(name)}


@contextmanager
def _somebody(url: str, *, has_account: bool) -> Iterator[Mapping[str, str]]:
    """What a throw-away viewer sends. Where nobody has an account the site's own server speaks for them, by a key that
    is taken back afterwards."""
    if has_account:
        yield registered(url)
        return
    name = f"first-like-{secrets.token_hex(6)}"
    try:
        yield acted_for(url, server_keys.created(STACK, name, "act"))
    finally:
        server_keys.revoked(STACK, name)


def _warm_authorizers(rest_api_id: str, bearer: str) -> None:
    """One of them has been called already; a browser needs as many as it sends requests before the first is let in."""
    account = boto3.client("sts").get_caller_identity()["Account"]
    method = f"arn:aws:execute-api:{emulator.REGION}:{account}:{rest_api_id}/{STAGE}/GET/v1/me"
    event = {"type": "TOKEN", "authorizationToken": bearer, "methodArn": method}
    emulator.warm_up(STACK, "Authorize", SEATS, event)


def _package(state: Path) -> None:
    """Raises SystemExit with a sentence; what the tools said is in the log."""
    try:
        package()
    except SystemExit as error:
        (state / "package.log").write_text(str(error))
        sys.exit(f"\nthe package could not be built: is there a network? What was said is in {state / 'package.log'}")


def _without_control(table: str) -> None:
    """Whoever tries it sees what GigaChat does: nobody is in the control without it unless that is started."""
    for one in resources.checked_experiments():
        tending.stop(resources.open_outcomes(table), one)


def _put_credentials(secret: str, key: Mapping[str, str]) -> None:
    """Where the functions look for it; written to no file."""
    boto3.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=json.dumps(dict(key)))


def run_copy(state: Path, port: int, on_localstack: bool, ending: Ending | None) -> int:
    """Starts everything and says where it is; with `ending`, stays until that is asked for. Returns the exit code."""
    began = time.monotonic()
    start = localstack.start if on_localstack else ministack.start
    url = up(state, port, start, demo_likes=not on_localstack)  # which has no Athena
    print(f"ready in {time.monotonic() - began:.0f} s: {url}", flush=True)
    if ending is None:
        return 0
    print("Ctrl-C stops everything", flush=True)
    while processes.running(state, EMULATOR):
        if ending.asked.wait(1.0):
            return 0
    sys.exit(f"it has been stopped from elsewhere, or the emulator has ended: see {state / 'emulator.log'}")
