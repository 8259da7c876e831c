"""Workers of every function are killed while viewers are busy: what was acknowledged holds, nobody waits for ever."""

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

import httpx
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.recommendations.model import AskState
from infra.deploy.functions import FUNCTIONS
from tests.deployed import Stack, Viewer, wait_for

VIEWERS, LIKES = 4, 10
KILLS_EVERY_SECONDS = 1.0
KILLS_EACH = 3  # of a function's workers: more, and a loaded machine would do nothing but start them
KILLING_SECONDS_MOST = 240.0
QUIET_SECONDS = 300.0
TRIES = 40
WOKEN_HERE: dict[str, dict[str, object]] = {
    "Sweep": {}, "NotePremieres": {}, "Learn": {"at_once": True}, "PostLetters": {"Records": []},
    "TakeImports": {"Records": []}, "WriteEvents": {"Records": []}, "CountOutcomes": {},
    "BeginWeekly": {}, "SendWeekly": {"Records": []},
}  # fmt: skip
"""Functions that a clock wakes, or nobody of this crowd, and with what: else no worker of theirs would be met."""


class Killer(threading.Thread):
    """Kills a worker of whichever function has lost the fewest, some of each, until it is told to end."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(daemon=True)
        self.stack, self.ended, self.killed = stack, threading.Event(), Counter[str]()

    def run(self) -> None:
        random_ = random.Random(7)
        names = [one.id for one in FUNCTIONS]
        while not self.ended.wait(KILLS_EVERY_SECONDS):
            self._wake(random_.choice(sorted(WOKEN_HERE)))
            for name in sorted(names, key=lambda one: (self.killed[one], random_.random())):
                if self.killed[name] < KILLS_EACH and (pids := self.stack.workers(name)):
                    with suppress(ProcessLookupError):
                        os.kill(random_.choice(pids), signal.SIGKILL)
                        self.killed[name] += 1
                    break

    def _wake(self, name: str) -> None:
        with suppress(ClientError, BotoCoreError):
            self.stack.wake(name, WOKEN_HERE[name])

    def unharmed(self) -> list[str]:
        """Functions that have lost no worker yet."""
        return [one.id for one in FUNCTIONS if not self.killed[one.id]]


def surely(viewer: Viewer, method: str, path: str, body: object = None) -> httpx.Response:
    """A request that is safe to repeat, repeated while it meets dead workers, as any client would."""
    seen: list[object] = []
    for _ in range(TRIES):
        try:
            answer = viewer.call(method, path, body, timeout=30.0)
        except httpx.HTTPError as error:
            seen.append(error)
        else:
            if answer.status_code < 500 and answer.status_code != 429:
                return answer
            seen.append(f"{answer.status_code} {answer.text}")
        time.sleep(0.1)
    raise AssertionError(f"{method} {path} was not answered in {TRIES} tries: {seen}")


def answered(stack: Stack, viewer: Viewer) -> AskState | None:
    """What is known of a viewer's questions once the model has answered one and none is under way."""
    record = stack.record(viewer.user_id)
    return record.state if record.reply and not record.state.pending_since else None


@pytest.mark.usefixtures("impatient_queue")
def test_words_hold_and_nobody_is_forgotten_when_workers_of_every_function_are_killed(
    stack: Stack, new_viewer: Callable[..., Viewer], trouble: Any
) -> None:
    spent, billed = trouble.spent_tokens(), trouble.billed_tokens()
    viewers = [new_viewer() for _ in range(VIEWERS)]
    leaving = new_viewer()
    films = [film["film_id"] for film in leaving.ok("GET", "v1/films", params={"limit": 100})["films"]]
    killer = Killer(stack)
    deadline = time.monotonic() + KILLING_SECONDS_MOST

    def live(viewer: Viewer) -> dict[str, str]:
        """Says things until every function has lost a worker. Returns the last word on each film."""
        said: dict[str, str] = {}
        rnd = random.Random(viewer.user_id)
        while (len(said) < LIKES or killer.unharmed()) and time.monotonic() < deadline:
            film, rating = rnd.choice(films), rnd.choice(["like", "like", "dislike"])
            assert surely(viewer, "PUT", f"v1/feedback/{film}", {"rating": rating}).status_code == 200
            said[film] = rating
            assert surely(viewer, "GET", "v1/recommendations?limit=20").status_code == 200
        return said

    def leave() -> None:
        """Deletes the account in the middle of it; a repeated try may meet an account that is gone."""
        assert surely(leaving, "PUT", f"v1/feedback/{films[0]}", {"rating": "like"}).status_code == 200
        assert surely(leaving, "DELETE", "v1/me").status_code in (204, 401)

    killer.start()
    try:
        with ThreadPoolExecutor(VIEWERS + 1) as crowd:
            left = crowd.submit(leave)
            last_words = list(crowd.map(live, viewers))
            left.result()
        while killer.unharmed() and time.monotonic() < deadline:  # the second purge comes a minute after the first
            time.sleep(1)
    finally:
        killer.ended.set()
        killer.join()
    assert not killer.unharmed(), f"nobody died of {killer.unharmed()}: {killer.killed}"

    trouble.wait_until_quiet(QUIET_SECONDS)
    for viewer, said in zip(viewers, last_words, strict=True):
        held = viewer.ok("GET", "v1/feedback", params={"limit": 100})["feedback"]
        assert {item["film_id"]: item["rating"] for item in held} == said
        newest = max(datetime.fromisoformat(item["updated_at"]) for item in held)

        def is_right(page: Any, newest: datetime = newest, said: dict[str, str] = said) -> bool:
            made = datetime.fromisoformat(page["generated_at"])
            return made >= newest and not {film["film_id"] for film in page["films"]} & said.keys()

        viewer.home_when(is_right, QUIET_SECONDS)
        state = wait_for(partial(answered, stack, viewer), QUIET_SECONDS)
        if state.stale_since is None:  # else more was said after the question, and the next one waits for its hour
            viewer.home_when(lambda page: page["source"] == "gigachat", QUIET_SECONDS)
    needles = (leaving.user_id, leaving.email)
    wait_for(lambda: not stack.held(*needles), QUIET_SECONDS, lambda: json.dumps(stack.held(*needles), default=str))
    assert trouble.spent_tokens() - spent >= trouble.billed_tokens() - billed
    assert trouble.dead_letters() == 0
    assert stack.waiting("StreamFailures") == stack.waiting("ErasureQueueDeadLetters") == 0
