"""How soon a like changes the list, through HTTP on the deployed stack. Last line: one JSON object.

    python -m tests.bench.freshness [--url http://127.0.0.1:…/] [--likes 50]

Without `--url` it deploys a copy of its own and takes it down again.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import uuid4

from infra.local import processes
from infra.local.running_copy import down
from infra.local.up import up
from tests.deployed import LOCAL, PASSWORD, Viewer

WARM_UP_LIKES = 5
DEADLINE_SECONDS = 60.0
POLL_SECONDS = 0.01


@contextmanager
def deployed(url: str | None) -> Iterator[str]:
    """The given stack, or one for this bench alone."""
    if url:
        yield url
        return
    state = LOCAL / "bench"
    down(state)
    try:
        yield up(state, processes.free_port())
    finally:
        down(state)


def new_viewer(url: str) -> Viewer:
    """Registered and signed in."""
    viewer, email = Viewer(url), f"{uuid4().hex}@example.com"
    viewer.ok("POST", "v1/auth/register", {"email": email, "password": PASSWORD})
    viewer.token = viewer.ok("POST", "v1/auth/login", {"email": email, "password": PASSWORD})["access_token"]
    return viewer


def until_list_is_newer(viewer: Viewer, moment: datetime) -> None:
    """Looks at the home page until its list was made after the moment. Raises `TimeoutError`."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while datetime.fromisoformat(viewer.home(limit=20)["generated_at"]) <= moment:
        if time.monotonic() > deadline:
            raise TimeoutError(f"no new list in {DEADLINE_SECONDS} s")
        time.sleep(POLL_SECONDS)


def measure(url: str, likes: int) -> list[float]:
    """Seconds from sending a like to having a list that knows of it, one after the other."""
    viewer = new_viewer(url)
    films = [film["film_id"] for film in viewer.ok("GET", "v1/films", params={"limit": 100, "sort": "rating"})["films"]]
    viewer.like(*films[:WARM_UP_LIKES])
    deadline = time.monotonic() + DEADLINE_SECONDS
    while viewer.home(limit=1)["state"] == "updating" and time.monotonic() < deadline:
        time.sleep(0.2)
    took = []
    for film_id in films[WARM_UP_LIKES : WARM_UP_LIKES + likes]:
        began = time.monotonic()
        said = viewer.ok("PUT", f"v1/feedback/{film_id}", {"rating": "like"})
        until_list_is_newer(viewer, datetime.fromisoformat(said["updated_at"]))
        took.append(time.monotonic() - began)
    return took


def main() -> None:
    """Prints the figures; the last line is JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.freshness")
    parser.add_argument("--url", help="a running stack's base address, as in .local/url")
    parser.add_argument("--likes", type=int, default=50)
    given = parser.parse_args()
    with deployed(given.url) as url:
        took = measure(url, given.likes)
    cuts = statistics.quantiles(took, n=20)
    figures = {"p50_seconds": statistics.median(took), "p95_seconds": cuts[18], "max_seconds": max(took)}
    print(json.dumps({"likes": len(took)} | {name: round(value, 3) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
