"""The same package by the same template on LocalStack: register, like three films, get a list of one's own.

Functions run there on a bare Python with nothing but their two zips, so a library missing in the package fails here.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from infra.local import processes
from infra.local.localstack import host
from infra.local.running_copy import down
from infra.local.up import up
from tests.deployed import PASSWORD, Viewer

STATE = Path(__file__).parent.parent.parent / ".local" / "localstack"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    environment = dict(os.environ)
    down(STATE)
    try:
        yield up(STATE, processes.free_port(), host.start)
    finally:
        down(STATE)
        os.environ.clear()  # `up` points boto3 at its emulator; other tests of this run have their own
        os.environ.update(environment)


def test_list_turns_personal_then_gigachat_when_films_are_liked_on_localstack(url: str) -> None:
    viewer = Viewer(url, language="en")
    account = {"email": f"{uuid4().hex}@example.com", "password": PASSWORD, "language": "en"}
    viewer.ok("POST", "v1/auth/register", account)
    assert viewer.call("GET", "v1/me").status_code == 401
    viewer.token = viewer.ok("POST", "v1/auth/login", {"email": account["email"], "password": PASSWORD})["access_token"]
    assert viewer.home()["source"] == "top"

    liked = viewer.films("Matrix", "Terminator", "Alien")
    viewer.like(*liked)
    page = viewer.home_when(lambda page: page["source"] == "gigachat")

    shown = [film["film_id"] for film in page["films"]]
    assert len(shown) >= 20
    assert not set(shown) & set(liked)
    assert all(film["reason"] for film in page["films"])
    assert viewer.ok("POST", "v1/films/titles", {"film_ids": shown})["missing"] == []


def test_gateway_refuses_with_our_statuses_on_localstack(url: str) -> None:
    """Statuses only: LocalStack keeps the templates of gateway responses but does not apply them."""
    assert Viewer(url, token="forged").call("GET", "v1/me").status_code == 401
    assert Viewer(url).call("GET", "v1/nothing").status_code == 404
    assert Viewer(url).call("DELETE", "v1/films").status_code == 405
