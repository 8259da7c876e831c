"""A day on which GigaChat fails in every way: what the operator is told it cost is what the service bills."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.local.gigachat.faults import KINDS
from tests.deployed import Stack, Viewer, made_server_key, revoke_server_key, wait_for

SECONDS = {"slow": 3.0, "429_retry_after": 1.0}  # of those that wait: a worker's patience is 25 s, and tested elsewhere
NEVER_REACHED = {"off", "oauth_401"}  # cut off or refused before a chat request is made


def test_the_roubles_are_the_bills_after_a_day_with_every_fault(
    stack: Stack, new_viewer: Callable[..., Viewer], trouble: Any
) -> None:
    operator = Viewer(stack.url, made_server_key("e2e-day-of-faults", "operate"))
    wait_for(lambda: operator.call("GET", "v1/operator/status").status_code == 200, 15)
    film_ids = new_viewer().films("Matrix", "Alien", "Terminator")

    def ask_once() -> None:
        before = operator.ok("GET", "v1/operator/status")["questions"]["today"]
        new_viewer().like(*film_ids)
        wait_for(lambda: operator.ok("GET", "v1/operator/status")["questions"]["today"] > before, 90)

    for number, kind in enumerate(KINDS):
        trouble.stack.close_breaker()
        waits = {"seconds": SECONDS[kind]} if kind in SECONDS else {}
        trouble.start(kind, None if kind in NEVER_REACHED else 1, **waits)
        ask_once()
        trouble.end()
        if number % 3 == 0:  # between faults the service is well: a day is not one of faults alone
            trouble.stack.close_breaker()
            ask_once()
    trouble.wait_until_quiet()
    told = operator.ok("GET", "v1/operator/status")["tokens"]
    billed = trouble.bill()["by_day"][datetime.now(UTC).date().isoformat()]
    roubles = (billed["prompt_tokens"] + billed["completion_tokens"]) * 65 / 1e6
    assert told["reserved"] == 0
    assert told["money"]["amount"] == pytest.approx(roubles, rel=0.05)
    assert told["lost"] > 0
    revoke_server_key("e2e-day-of-faults")
