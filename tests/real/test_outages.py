"""The search engine and GigaChat's key are away for a while, on the deployed stack: every list is right within five
minutes of their return, no message is given up, and nobody has done anything.

    OUTAGE_SECONDS=3600 python -m pytest tests/real/test_outages.py      an hour of it; a minute and a half by default
"""

import os
import random
import select
import signal
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import msgspec
import pytest

from infra.local import processes
from infra.local.opensearch.node import running_node
from infra.local.running_copy import down
from infra.local.up import up
from tests.deployed import CROWDED, PASSWORD, Stack, Viewer, wait_for

STATE = Path(__file__).parent.parent.parent / ".local" / "outage-test"
OUTAGE_SECONDS = float(os.environ.get("OUTAGE_SECONDS", "90"))
RIGHT_WITHIN_SECONDS = 300.0
QUEUES = ("RebuildQueue", "AskQueue")
DEAD = (*(f"{queue}DeadLetters" for queue in QUEUES), "ErasureQueueDeadLetters", "StreamFailures")


class Line(socketserver.ThreadingTCPServer):
    """A line to a server on loopback that can be cut: connections end, new ones are ended at once."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int) -> None:
        self.port, self.is_cut = port, threading.Event()
        super().__init__(("127.0.0.1", 0), _Call)


class _Call(socketserver.BaseRequestHandler):
    server: Line

    def handle(self) -> None:
        """Passes bytes both ways until one side ends or the line is cut."""
        if self.server.is_cut.is_set():
            return
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.server.port)) as far:
            other = {self.request: far, far: self.request}
            while not self.server.is_cut.is_set():
                for one in select.select(list(other), [], [], 0.2)[0]:
                    if not (sent := one.recv(65_536)):
                        return
                    other[one].sendall(sent)


@contextmanager
def running_site() -> Iterator[tuple[Stack, Line]]:
    """The whole product with its films in a real OpenSearch at the end of a line."""
    environment = dict(os.environ)
    down(STATE)
    try:
        with running_node(processes.free_port()) as url, Line(int(url.rpartition(":")[2])) as line:
            threading.Thread(target=line.serve_forever, daemon=True).start()
            os.environ["CATALOG_URL"] = f"http://127.0.0.1:{line.server_address[1]}/films"
            address = up(STATE, processes.free_port(), more=CROWDED)
            outputs = msgspec.json.decode((STATE / "outputs.json").read_bytes(), type=dict[str, str])
            yield Stack(address, (STATE / "gigachat").read_text(), STATE, outputs), line
            line.shutdown()
    finally:
        down(STATE)
        os.environ.clear()
        os.environ.update(environment)


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[Stack, Line]]:
    with running_site() as found:
        yield found


@contextmanager
def away(stack: Stack, line: Line) -> Iterator[None]:
    """Neither films nor key, and no worker that remembers them."""
    secrets, key = boto3.client("secretsmanager"), stack.outputs["GigachatKey"]
    line.is_cut.set()
    secrets.delete_secret(SecretId=key, RecoveryWindowInDays=7)
    for pid in [*stack.workers("Ask"), *stack.workers("Rebuild")]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    try:
        yield
    finally:
        line.is_cut.clear()
        secrets.restore_secret(SecretId=key)


def arrive(stack: Stack) -> Viewer:
    """A new viewer, signed in."""
    viewer = Viewer(stack.url)
    account = {"email": f"{uuid4().hex}@example.com", "password": PASSWORD}
    viewer.ok("POST", "v1/auth/register", account)
    viewer.email = account["email"]
    sign_in(viewer)
    return viewer


def sign_in(viewer: Viewer) -> None:
    """Again: an hour is longer than an access token lives."""
    pair = viewer.ok("POST", "v1/auth/login", {"email": viewer.email, "password": PASSWORD})
    viewer.token = pair["access_token"]


def is_right(viewer: Viewer) -> Any:
    """The home page, when it was made after the last word; else None."""
    held = viewer.ok("GET", "v1/feedback", params={"limit": 100})["feedback"]
    page = viewer.home(limit=100)
    made, newest = (datetime.fromisoformat(one) for one in (page["generated_at"], held[0]["updated_at"]))
    seen = {item["film_id"] for item in held} & {film["film_id"] for film in page["films"]}
    return page if made >= newest and page["state"] != "updating" and not seen else None


def test_every_list_is_right_within_minutes_when_films_and_key_come_back(site: tuple[Stack, Line]) -> None:
    stack, line = site
    old = [arrive(stack) for _ in range(3)]
    for viewer in old:
        viewer.like(*[film["film_id"] for film in viewer.home(limit=3)["films"]])
        viewer.home_when(lambda page: page["source"] == "gigachat" and page["state"] != "updating")
    new = [arrive(stack) for _ in range(3)]
    chosen = [[film["film_id"] for film in viewer.home(limit=3)["films"]] for viewer in new]
    for viewer, films in zip(new, chosen, strict=True):
        viewer.like(*films)  # their first questions wait for a pause, and meet the outage

    rnd = random.Random(5)
    with away(stack, line):
        assert old[0].call("GET", "v1/films", params={"query": "matrix"}).status_code == 503
        ends = time.monotonic() + OUTAGE_SECONDS
        while time.monotonic() < ends:
            for viewer in old:
                sign_in(viewer)
                shown = viewer.home(limit=20)["films"]
                assert shown, "what is stored is served"
                film = rnd.choice(shown)["film_id"]
                viewer.ok("PUT", f"v1/feedback/{film}", {"rating": rnd.choice(["like", "dislike"])})
                assert film not in [one["film_id"] for one in viewer.home(limit=100)["films"]]
            time.sleep(min(60.0, OUTAGE_SECONDS / 6))
    came_back = time.monotonic()

    for viewer in (*old, *new):
        sign_in(viewer)
        left = RIGHT_WITHIN_SECONDS - (time.monotonic() - came_back)
        wait_for(lambda viewer=viewer: is_right(viewer), left, viewer.home)  # type: ignore[misc]
    print(f"every list was right {time.monotonic() - came_back:.0f} s after the return")
    for viewer in new:
        viewer.home_when(lambda page: page["source"] == "gigachat", RIGHT_WITHIN_SECONDS)
    print(f"newcomers' questions were answered {time.monotonic() - came_back:.0f} s after the return")
    wait_for(lambda: not any(stack.waiting(queue) for queue in QUEUES), RIGHT_WITHIN_SECONDS)
    assert {queue: stack.waiting(queue) for queue in DEAD} == dict.fromkeys(DEAD, 0)
