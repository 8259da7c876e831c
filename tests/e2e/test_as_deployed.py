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
from infra.local.running_copy import down
from infra.local.up import STACK, up

STATE = Path(__file__).parent.parent.parent / ".local" / "as-deployed"


@pytest.fixture
def control_url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The stand-in's control address beside a copy of the whole product; `up` returns when a viewer's list has turned
    `gigachat`."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith(("GIGACHAT_", "LLM_"))]:
        monkeypatch.delenv(name)
    down(STATE)
    try:
        up(STATE, processes.free_port(), as_deployed=True)
        yield (STATE / "gigachat").read_text()
    finally:
        down(STATE)
        os.environ.clear()  # `up` points boto3 at its emulator; other tests of this run have their own
        os.environ.update(before)


def test_list_turns_gigachat_when_the_stack_has_nothing_but_its_defaults(control_url: str) -> None:
    bill = httpx.get(f"{control_url}bill", timeout=30).json()
    assert bill["answers"] >= 1
    assert bill["token_requests"] >= 1
    assert variables("Ask")["LLM_BASE_URL"] == Settings().llm_base_url == "https://api.giga.chat/v1"
    assert variables("Ask")["LLM_AUTH_URL"] == Settings().llm_auth_url
    chosen = boto3.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]["Parameters"]
    template: Any = boto3.client("cloudformation").get_template_summary(StackName=STACK)
    defaults = {one["ParameterKey"]: one.get("DefaultValue", "") for one in template["Parameters"]}
    assert {one["ParameterKey"]: one["ParameterValue"] for one in chosen} == defaults


def variables(resource: str) -> dict[str, str]:
    """The environment of a function of the stack."""
    functions = boto3.client("lambda").list_functions()["Functions"]
    (one,) = [one for one in functions if one["FunctionName"].startswith(f"{STACK}-{resource}-")]
    return dict(one["Environment"]["Variables"])
