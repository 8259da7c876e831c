"""Viewers of whom the truth is known drive the deployed stack: what lies between the arms is found again, within its
interval, and whoever is in the arm without the model is not asked about."""

import itertools
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from chalicelib import resources
from chalicelib.outcomes.experiments.assignment import arm_of
from chalicelib.outcomes.experiments.treatments import REMEMBERED_SECONDS
from chalicelib.viewer_ids import of_server
from infra.__main__ import main
from infra.local.up import STACK
from tests.deployed import SCHEDULED, Stack, Viewer, made_server_key, revoke_server_key, wait_for

AT_ONCE = SCHEDULED | {"detail": {"at_once": True}}
LIKES = {"default": 0.5, "control": 0.2}
"""What share of the films they are shown viewers of either arm like: so far apart that forty viewers tell."""
VIEWERS = {"default": 24, "control": 16}
SHOWN = 5
WRITTEN_SECONDS = 150  # a minute is gathered


@pytest.fixture(scope="module", autouse=True)
def _running(stack: Stack) -> Iterator[None]:
    """The control without a model, which no local copy has on by itself. All workers know of it a minute later."""
    with redirect_stdout(StringIO()):
        assert main(["experiments", "start", "no-model", "--stack", STACK]) == 0
    known_from = time.monotonic() + REMEMBERED_SECONDS
    wait_for(lambda: time.monotonic() > known_from, REMEMBERED_SECONDS + 5)
    yield
    with redirect_stdout(StringIO()):
        assert main(["experiments", "stop", "no-model", "--stack", STACK]) == 0


class SiteViewer(Viewer):
    """Somebody for whom the site's own server speaks; the name says which arm they are in."""

    def __init__(self, url: str, key: str, name: str) -> None:
        super().__init__(url, key)
        self.user_id, self.name = of_server(name), name
        self.http.headers["X-Viewer"] = name


@pytest.fixture
def viewers_in(stack: Stack) -> Iterator[Callable[[str, int], list[SiteViewer]]]:
    """As many viewers of an arm as are asked for: an arm follows from the name, as it does in the stack."""
    key = made_server_key("e2e-experiments", "act")
    declared = next(one for one in resources.checked_experiments() if one.name == "no-model")
    run = uuid4().hex

    def made(arm: str, count: int) -> list[SiteViewer]:
        names = (f"{run} {number}" for number in itertools.count())
        fitting = (name for name in names if arm_of(declared, of_server(name)) == arm)
        return [SiteViewer(stack.url, key, name) for name in itertools.islice(fitting, count)]

    (first,) = made("default", 1)
    wait_for(lambda: first.call("GET", "v1/recommendations").is_success, 15)
    yield made
    revoke_server_key("e2e-experiments")


def test_who_is_in_the_arm_without_the_model_is_not_asked_about(
    stack: Stack, viewers_in: Callable[[str, int], list[SiteViewer]]
) -> None:
    (other,), (control,) = viewers_in("default", 1), viewers_in("control", 1)
    liked = other.films("Matrix", "Alien", "Terminator")
    for viewer in (control, other):
        viewer.like(*liked)
    page = other.home_when(lambda page: page["source"] == "gigachat")
    assert page["list_version"].endswith("~no-model:default")
    page = control.home_when(lambda page: page["source"] == "personal" and page["state"] == "fresh")
    assert page["list_version"].endswith("~no-model:control")
    control.ok("POST", "v1/recommendations/refresh")
    control.home_when(lambda page: page["state"] == "fresh")
    assert find_state(stack, control) == (None, "no-model:control")
    assert find_state(stack, other)[1] == "no-model:default"


def find_state(stack: Stack, viewer: SiteViewer) -> tuple[object, str]:
    """When the viewer was asked about, and the arms of their list."""
    record = stack.record(viewer.user_id)
    return record.state.asked_at, record.list_.arms if record.list_ else ""


def simulated(viewer: SiteViewer, arm: str, number: int, first: str) -> tuple[int, int]:
    """A viewer likes a film, is shown a list, says so, and likes as many of its films as their arm does. How many films
    that were, and how many of them were liked."""
    draw = random.Random(f"{arm} {number}")
    viewer.like(first)
    page = viewer.home_when(lambda page: page["list_version"].endswith(f"~no-model:{arm}"))
    films = [film["film_id"] for film in page["films"][:SHOWN]]
    told = [
        {"type": "shown", "film_id": film_id, "at": datetime.now(UTC).isoformat(), "place": place, "surface": "lift",
         "list_version": page["list_version"]}
        for place, film_id in enumerate(films, 1)
    ]  # fmt: skip
    viewer.ok("POST", "v1/events", {"events": told})
    liked = [film_id for film_id in films if draw.random() < LIKES[arm]]
    viewer.like(*liked)
    return len(films), len(liked)


@pytest.mark.usefixtures("gigachat_off")
def test_a_known_lift_is_found_again_within_its_interval(
    stack: Stack, viewers_in: Callable[[str, int], list[SiteViewer]], capsys: pytest.CaptureFixture[str]
) -> None:
    crowd = [(one, arm, number) for arm, count in VIEWERS.items() for number, one in enumerate(viewers_in(arm, count))]
    (first,) = crowd[0][0].films("Matrix")
    truth = {arm: [0, 0] for arm in VIEWERS}
    with ThreadPoolExecutor(4) as pool:
        for (_, arm, _), (shown, liked) in zip(
            crowd, pool.map(lambda one: simulated(one[0], one[1], one[2], first), crowd), strict=True
        ):
            truth[arm][0] += shown
            truth[arm][1] += liked

    def report() -> Any:
        stack.invoke("CountOutcomes", AT_ONCE)
        capsys.readouterr()
        assert main(["experiments", "report", "--json", "--stack", STACK]) == 0
        found = msgspec.json.decode(capsys.readouterr().out)
        return {arm["name"]: arm for arm in found["experiments"][0]["arms"]}

    def counted() -> Any:
        arms = report()
        return arms if all([arms[arm]["shown"], arms[arm]["liked"]] == truth[arm] for arm in truth) else None

    wait_for(lambda: not stack.waiting("EventsQueue"), WRITTEN_SECONDS, lambda: stack.waiting("EventsQueue"))
    arms = wait_for(counted, 90, lambda: (truth, report()))
    assert {arm: arms[arm]["viewers"] for arm in VIEWERS} == VIEWERS
    between = arms["control"]["difference"]
    assert between["low"] <= LIKES["control"] - LIKES["default"] <= between["high"] < 0
    for arm, share in LIKES.items():
        assert arms[arm]["rate"]["low"] <= share <= arms[arm]["rate"]["high"]
