"""Twenty viewers like thirty films each at once, while GigaChat takes one request at a time and fails every fifth."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from typing import Any

import httpx

from tests.deployed import Viewer, wait_for

VIEWERS, LIKES = 20, 30
TRIES, PATIENCE_SECONDS = 6, 30.0
AT_ONCE = 4  # requests in flight; the emulator starts a process for each, on two cores


def like_surely(viewer: Viewer, film_id: str) -> None:
    """A like, repeated as any client would while a loaded machine keeps the gateway waiting: it is safe to repeat."""
    for _ in range(TRIES):
        with suppress(httpx.TimeoutException):
            status = viewer.call(
                "PUT", f"v1/feedback/{film_id}", {"rating": "like"}, timeout=PATIENCE_SECONDS
            ).status_code
            if status == 200:
                return
            assert status >= 500, status
    raise AssertionError(f"a like was not taken in {TRIES} tries")


def test_every_like_counts_and_the_ledger_holds_the_bill_when_a_crowd_likes_at_once(
    new_viewer: Callable[..., Viewer], trouble: Any
) -> None:
    spent, billed, lost = trouble.spent_tokens(), trouble.billed_tokens(), trouble.lost_tokens()
    before = trouble.bill()
    trouble.start("500", every=5)
    viewers = [new_viewer() for _ in range(VIEWERS)]
    found = viewers[0].ok("GET", "v1/films", params={"limit": 100, "sort": "rating"})["films"]
    films = [film["film_id"] for film in found]

    liked = [[films[(3 * place + step) % len(films)] for step in range(LIKES)] for place in range(VIEWERS)]
    turns = [(place, step) for step in range(LIKES) for place in range(VIEWERS)]
    with ThreadPoolExecutor(AT_ONCE) as crowd:  # everybody takes turns, so all lists change all the time
        list(crowd.map(lambda turn: like_surely(viewers[turn[0]], liked[turn[0]][turn[1]]), turns))

    wait_for(lambda: trouble.bill()["requests"] - before["requests"] >= VIEWERS, 240, trouble.bill)
    trouble.wait_until_quiet(240)
    for viewer, chosen in zip(viewers, liked, strict=True):
        page = viewer.home_when(lambda page: page["state"] != "updating")
        assert page["source"] in ("personal", "gigachat")
        assert not {film["film_id"] for film in page["films"]} & set(chosen)
        held = viewer.ok("GET", "v1/feedback", params={"limit": 100})["feedback"]
        assert {item["film_id"] for item in held} == set(chosen)
        newest = max(datetime.fromisoformat(item["updated_at"]) for item in held)
        assert datetime.fromisoformat(page["generated_at"]) >= newest, "the list was made from all thirty"
    after = trouble.bill()
    assert after["max_in_flight"] == 1
    assert after["faults"]["500"] - before["faults"].get("500", 0) == (after["requests"] - before["requests"]) // 5
    difference = (trouble.spent_tokens() - spent) - (trouble.billed_tokens() - billed)
    assert difference == trouble.lost_tokens() - lost > 0, "exactly the reservations of answers that were lost"
    assert trouble.dead_letters() == 0
