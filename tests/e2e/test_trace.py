"""A like on the deployed stack, followed by the id of its request alone."""

from collections.abc import Iterator

import boto3
import pytest

from chalicelib.tracing import hashed
from infra.__main__ import main
from infra.local.up import STACK
from infra.operator.dead_letters import log_groups_of
from tests.deployed import Stack, Viewer, wait_for

STEPS = ("  api ", "  plan", "  rebuild ", "  ask ")


def everything_logged() -> Iterator[str]:
    """All that all functions have written."""
    logs = boto3.client("logs")
    for group in log_groups_of(STACK):
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group):
            yield from (event["message"] for event in page["events"])


@pytest.mark.usefixtures("stack")
def test_a_like_is_followed_from_the_api_through_both_queues_to_the_list(
    viewer: Viewer, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, last = viewer.films("Matrix", "Alien", "Terminator")
    viewer.like(first, second)
    viewer.home_when(lambda page: page["source"] == "personal" and page["state"] != "updating")
    answer = viewer.call("PUT", f"v1/feedback/{last}", {"rating": "like"})
    request_id = answer.headers["X-Request-Id"]
    viewer.home_when(lambda page: page["source"] == "gigachat")

    def told() -> str:
        capsys.readouterr()
        main(["trace", request_id, "--stack", STACK])
        return capsys.readouterr().out

    wait_for(lambda: all(step in told() for step in STEPS), 60, told)
    said = told()
    lines = said.splitlines()
    assert lines[0] == f"viewer {hashed(viewer.user_id)}"
    assert "route PUT /v1/feedback/{film_id}  status 200" in said
    assert viewer.user_id not in said
    asked = next(line for line in lines if "  ask " in line)
    assert not [one for one in everything_logged() if viewer.user_id in one]
    for fact in ("ending answered", "tokens ", "list_version ", "source gigachat"):
        assert fact in asked


def test_an_unknown_request_is_said_to_be_so(stack: Stack) -> None:
    assert stack.outputs
    assert main(["trace", "00000000-0000-4000-8000-000000000000", "--stack", STACK]) == 1
