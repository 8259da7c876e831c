"""The stack with nothing but its parameters' defaults, as it is deployed to AWS: the service's own host names lead to
the stand-in, over HTTPS, by way of a proxy on loopback."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from chalicelib.settings import Settings
from infra.local import processes
from infra.local.model_service import stand_in
from infra.local.running_copy import down
from infra.local.up import STACK, up
from tests.deployed import PASSWORD, Viewer

STATE = Path(__file__).parent.parent.parent / ".local" / "as-deployed"


@pytest.fixture(autouse=True)
def nothing_runs_and_nothing_is_set() -> Iterator[None]:
    """Before a copy of the whole product is started, and after it."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith(("GIGACHAT_", "LLM_"))]:
        del os.environ[name]
    down(STATE)
    try:
        yield
    finally:
        down(STATE)
        os.environ.clear()  # `up` points boto3 at its emulator; other tests of this run have their own
        os.environ.update(before)


def bill() -> Any:
    """The stand-in's."""
    return httpx.get(f"{(STATE / 'gigachat').read_text()}bill", timeout=30).json()


def test_list_turns_gigachat_when_the_stack_has_nothing_but_its_defaults() -> None:
    up(STATE, processes.free_port(), as_deployed=True)  # returns when a viewer's list has turned so
    billed = bill()
    assert billed["answers"] >= 1
    assert billed["token_requests"] >= 1
    assert variables("Ask")["LLM_BASE_URL"] == Settings().llm_base_url == "https://api.giga.chat/v1"
    assert variables("Ask")["LLM_AUTH_URL"] == Settings().llm_auth_url
    chosen = boto3.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]["Parameters"]
    template: Any = boto3.client("cloudformation").get_template_summary(StackName=STACK)
    defaults = {one["ParameterKey"]: one.get("DefaultValue", "") for one in template["Parameters"]}
    assert {one["ParameterKey"]: one["ParameterValue"] for one in chosen} == defaults


def test_list_turns_gigachat_when_the_local_run_is_given_credentials() -> None:
    """The way of `make run` with GIGACHAT_CREDENTIALS; the service's names lead to the stand-in."""
    service = stand_in(STATE, as_deployed=True)
    os.environ.update(service.inherited)
    os.environ["GIGACHAT_CREDENTIALS"] = service.key["credentials"]
    viewer = Viewer(up(STATE, processes.free_port()))
    assert variables("Ask")["LLM_BASE_URL"] == Settings().llm_base_url
    account = {"email": "somebody@example.com", "password": PASSWORD}
    viewer.ok("POST", "v1/auth/register", account)
    viewer.token = viewer.ok("POST", "v1/auth/login", account)["access_token"]
    before = bill()["answers"]
    viewer.like(*(film["film_id"] for film in viewer.home(limit=3)["films"]))
    viewer.home_when(lambda page: page["source"] == "gigachat")
    assert bill()["answers"] > before


def variables(resource: str) -> dict[str, str]:
    """The environment of a function of the stack."""
    functions = boto3.client("lambda").list_functions()["Functions"]
    (one,) = [one for one in functions if one["FunctionName"].startswith(f"{STACK}-{resource}-")]
    return dict(one["Environment"]["Variables"])
