"""The whole product with its films in a real OpenSearch, and with that OpenSearch gone.

`make run` does the same with `CATALOG_URL=http://127.0.0.1:9200/films` in its environment.
"""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from infra.local import processes
from infra.local.opensearch.node import running_node
from infra.local.running_copy import down
from infra.local.up import up
from tests.deployed import CROWDED, PASSWORD, Viewer

STATE = Path(__file__).parent.parent.parent / ".local" / "opensearch-test"
PATIENCE_SECONDS = 3.0


class Site:
    """The API's address, and the end of the search engine."""

    def __init__(self, url: str, stop_engine: Callable[[], None]) -> None:
        self.url, self.stop_engine = url, stop_engine


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    environment = dict(os.environ)
    engine = running_node(int(os.environ.get("OPENSEARCH_PORT", "9250")) + 10)
    stopped: list[None] = []

    def stop_engine() -> None:
        if not stopped:
            stopped.append(None)
            engine.__exit__(None, None, None)

    down(STATE)
    os.environ["CATALOG_URL"] = f"{engine.__enter__()}/films"
    try:
        yield Site(up(STATE, processes.free_port(), more=CROWDED), stop_engine)
    finally:
        down(STATE)
        stop_engine()
        os.environ.clear()
        os.environ.update(environment)


def signed_in(url: str) -> Viewer:
    viewer = Viewer(url)
    viewer.email = f"{uuid4().hex}@example.com"
    viewer.ok("POST", "v1/auth/register", {"email": viewer.email, "password": PASSWORD})
    viewer.token = viewer.ok("POST", "v1/auth/login", {"email": viewer.email, "password": PASSWORD})["access_token"]
    return viewer


def test_list_turns_gigachat_and_outlives_the_search_engine_when_it_stops(site: Site) -> None:
    viewer = signed_in(site.url)
    liked = viewer.films("матрица", "terminator", "alien")
    viewer.like(*liked)
    page = viewer.home_when(lambda page: page["source"] == "gigachat" and page["state"] == "fresh")
    shown = [film["film_id"] for film in page["films"]]
    assert viewer.ok("POST", "v1/films/titles", {"film_ids": shown})["missing"] == []

    site.stop_engine()
    for _ in range(2):  # the first call after the stop may be a cold start
        began = time.monotonic()
        answer = viewer.call("GET", "v1/films", params={"query": "matrix"})
        took = time.monotonic() - began
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
    assert took < PATIENCE_SECONDS

    viewer.ok("PUT", f"v1/feedback/{liked[0]}", {"steer": "more_like_this"})
    viewer.ok("PUT", f"v1/feedback/{shown[0]}", {"rating": "dislike"})
    assert shown[0] not in [film["film_id"] for film in viewer.home(limit=100)["films"]]
    again = viewer.ok("POST", "v1/auth/login", {"email": viewer.email, "password": PASSWORD})
    assert again["access_token"]
    unknown = viewer.call("PUT", f"v1/feedback/{uuid4()}", {"rating": "like"})
    assert unknown.status_code == 503
    assert len(viewer.ok("GET", "v1/feedback")["feedback"]) == 4
