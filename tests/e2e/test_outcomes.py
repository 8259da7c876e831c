"""What a viewer was shown and did, at the deployed stack: from the API over queue and bucket to what a day came to."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import boto3
import pytest

from chalicelib.outcomes.adapters.store import DynamoOutcomes
from chalicelib.outcomes.model import Cell
from chalicelib.outcomes.rates import AGES
from infra.__main__ import main
from tests.deployed import SCHEDULED, Stack, Viewer, made_server_key, revoke_server_key, wait_for

AT_ONCE = SCHEDULED | {"detail": {"at_once": True}}
WRITTEN_SECONDS = 150  # a minute is gathered


def files(stack: Stack) -> list[str]:
    """What lies in the bucket."""
    answer = boto3.client("s3").list_objects_v2(Bucket=stack.outputs["LearningBucket"], Prefix="events/")
    return [one["Key"] for one in answer.get("Contents", [])]


def cells(stack: Stack) -> tuple[Cell, ...]:
    """What today has come to, counted now."""
    stack.invoke("CountOutcomes", SCHEDULED)
    today = datetime.now(UTC).date()
    found = DynamoOutcomes(stack.outputs["OutcomesTable"]).find_days([today])
    return found[today].cells if today in found else ()


@pytest.fixture
def surface() -> str:
    """One try of one test alone has it: others tell of what was shown, too, on the same stack."""
    return f"outcomes-{uuid4().hex[:8]}"


def events(page: Any, surface: str, kind: str, *places: int) -> list[dict[str, Any]]:
    return [
        {"type": kind, "film_id": page["films"][place - 1]["film_id"], "at": datetime.now(UTC).isoformat(),
         "list_version": page["list_version"], "place": place, "surface": surface}
        for place in places
    ]  # fmt: skip


def band_of(year: int) -> int:
    """The age of a film of that year, as cells have it."""
    return max(first for first in AGES if first <= max(0, datetime.now(UTC).year - year))


def of_this_test(found: tuple[Cell, ...], surface: str) -> list[Cell]:
    return [cell for cell in found if cell.surface == surface]


@pytest.mark.usefixtures("gigachat_off")
def test_what_was_shown_and_liked_is_counted_by_who_advised_it_and_nobody_is_named(
    stack: Stack, viewer: Viewer, surface: str, capsys: pytest.CaptureFixture[str]
) -> None:
    viewer.like(*viewer.films("Matrix", "Alien", "Terminator"))
    page = viewer.home_when(lambda page: page["source"] == "personal")
    assert [film["place"] for film in page["films"]] == list(range(1, len(page["films"]) + 1))
    assert [film["source"] for film in page["films"][:3]] == ["personal"] * 3
    before = set(files(stack))
    given = [*events(page, surface, "shown", 1, 2, 3, 15), *events(page, surface, "opened", 1, 2),
             *events(page, surface, "finished", 2)]  # fmt: skip
    for _ in range(2):  # the answer was lost, say
        assert viewer.ok("POST", "v1/events", {"events": given}) == {"accepted": 7}
    viewer.like(page["films"][0]["film_id"])

    wait_for(lambda: set(files(stack)) - before, WRITTEN_SECONDS, lambda: stack.waiting("EventsQueue"))
    wait_for(lambda: not stack.waiting("EventsQueue"), WRITTEN_SECONDS, lambda: stack.waiting("EventsQueue"))
    wait_for(lambda: sum(cell.liked for cell in of_this_test(cells(stack), surface)) == 1, 60, lambda: cells(stack))
    found = of_this_test(cells(stack), surface)
    source = page["films"][14]["source"]
    ages = {place: band_of(page["films"][place - 1]["year"]) for place in (1, 2, 3, 15)}
    assert found == sorted([
        Cell("personal", 1, surface, "", 1, 1, 0, 0, 1, 0, "", ages[1]),
        Cell("personal", 2, surface, "", 1, 1, 0, 1, 0, 0, "", ages[2]),
        Cell("personal", 3, surface, "", 1, 0, 0, 0, 0, 0, "", ages[3]),
        Cell(source, 11, surface, "", 1, 0, 0, 0, 0, 0, "", ages[15]),
    ], key=lambda cell: (cell.source, cell.place))  # fmt: skip

    key = made_server_key("e2e-outcomes", "operate")
    operator = Viewer(stack.url, key)
    wait_for(lambda: operator.call("GET", "v1/operator/outcomes").status_code == 200, 15)
    rows = operator.ok("GET", "v1/operator/outcomes", params={"days": 1, "by": "surface"})["rows"]
    (told,) = [row for row in rows if row["value"] == surface]
    assert [told[name] for name in ("shown", "opened", "started", "finished", "liked", "disliked")] == [
        4,
        2,
        0,
        1,
        1,
        0,
    ]
    assert told["rates"]["opened"]["low"] < 0.5 < told["rates"]["opened"]["high"]
    by_age = operator.ok("GET", "v1/operator/outcomes", params={"days": 1, "by": "age"})["rows"]
    assert {AGES[age] for age in ages.values()} <= {row["value"] for row in by_age}
    by_prompt = operator.ok("GET", "v1/operator/outcomes", params={"days": 1, "by": "prompt_version"})["rows"]
    assert "none" in {row["value"] for row in by_prompt}
    assert viewer.call("GET", "v1/operator/outcomes").status_code == 403
    now = operator.ok("GET", "v1/operator/status")
    assert now["lists"]["by_source"]["personal"] >= 1
    assert now["catalogue"]["films"] > 1_000
    assert now["catalogue"]["loaded_at"]
    assert now["tokens"]["budget"] == 1_000_000
    assert {"ask", "rebuild", "events"} <= set(now["queues"])
    assert main(["status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["lists"] == operator.ok("GET", "v1/operator/status")["lists"]
    revoke_server_key("e2e-outcomes")

    s3 = boto3.client("s3")
    for key in files(stack):
        body = s3.get_object(Bucket=stack.outputs["LearningBucket"], Key=key)["Body"].read()
        assert viewer.user_id.encode() not in body

    kept_as = viewer.ok("GET", "v1/me/export")["outcomes"]["events_are_kept_as"]
    assert kept_as
    store = DynamoOutcomes(stack.outputs["OutcomesTable"])
    assert store.find_salt(viewer.user_id)
    viewer.ok("DELETE", "v1/me")
    wait_for(lambda: store.find_salt(viewer.user_id) is None, 60)
    assert of_this_test(cells(stack), surface) == found, "what was counted is nobody's"


@pytest.mark.usefixtures("gigachat_off")
def test_a_film_shown_ten_times_and_never_touched_makes_room_and_the_operator_sees_why(
    stack: Stack, viewer: Viewer, surface: str
) -> None:
    viewer.like(*viewer.films("Matrix", "Alien", "Terminator"))
    viewer.home_when(lambda page: page["source"] == "personal")
    wait_for(lambda: not stack.waiting("RebuildQueue"), 60)  # each of the three has its list
    page = viewer.home()
    tired, touched = (page["films"][place]["film_id"] for place in (0, 1))
    before = set(files(stack))
    shown = [
        event | {"list_version": f"{number}.p100"}
        for number in range(10)
        for event in events(page, surface, "shown", 1, 2)
    ]
    viewer.ok("POST", "v1/events", {"events": [*shown, *events(page, surface, "opened", 2)]})
    wait_for(lambda: set(files(stack)) - before, WRITTEN_SECONDS, lambda: stack.waiting("EventsQueue"))
    stack.invoke("CountOutcomes", AT_ONCE)
    page = viewer.home_when(lambda page: page["films"][-1]["film_id"] == tired)
    assert touched in [film["film_id"] for film in page["films"][:20]]
    assert viewer.ok("GET", "v1/me/export")["outcomes"]["films_that_make_room"] == {tired: 10}

    operator = Viewer(stack.url, made_server_key("e2e-resting", "operate"))
    wait_for(lambda: operator.call("GET", "v1/operator/status").status_code == 200, 15)
    places = operator.ok("GET", f"v1/operator/viewers/{viewer.user_id}/list")["places"]
    assert places[-1]["film_id"] == tired
    assert places[-1]["account"]["shown_untouched"] == 10
    revoke_server_key("e2e-resting")

    store = DynamoOutcomes(stack.outputs["OutcomesTable"])
    viewer.ok("DELETE", "v1/me")
    wait_for(lambda: not store.find_resting(viewer.user_id), 60)


def test_a_question_is_counted_with_its_tokens_and_its_list(stack: Stack, viewer: Viewer) -> None:
    operator = Viewer(stack.url, made_server_key("e2e-status", "operate"))
    wait_for(lambda: operator.call("GET", "v1/operator/status").status_code == 200, 15)
    before = operator.ok("GET", "v1/operator/status")
    viewer.like(*viewer.films("Matrix", "Alien", "Terminator"))
    viewer.home_when(lambda page: page["source"] == "gigachat")

    def counted() -> Any:
        now = operator.ok("GET", "v1/operator/status")
        is_answered = now["questions"]["by_outcome"].get("answered", 0) > before["questions"]["by_outcome"].get(
            "answered", 0
        )
        is_listed = now["lists"]["by_source"]["gigachat"] > before["lists"]["by_source"]["gigachat"]
        return now if is_answered and is_listed else None

    now = wait_for(counted, 60, lambda: operator.ok("GET", "v1/operator/status"))
    assert now["questions"]["today"] > before["questions"]["today"]
    assert now["tokens"]["used"] > before["tokens"]["used"]
    assert now["tokens"]["money"]["amount"] == round((now["tokens"]["used"] - now["tokens"]["lost"]) * 65 / 1e6, 2)
    shown = operator.ok("GET", f"v1/operator/viewers/{viewer.user_id}/list")
    assert shown["source"] == "gigachat"
    assert any(place["account"] and place["account"]["pick"] for place in shown["places"])
    revoke_server_key("e2e-status")
