"""GigaChat fails in every way it can: the home page stays personal, no like is lost, nothing is paid for twice."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.deployed import Viewer, wait_for

LIKED = ("Matrix", "Alien", "Blade Runner")
ONCE = 1

FAILURES = [
    # kind, chat requests that one question may cost
    ("reset", 1),
    ("401", 4),  # the client's own repetition with a new token, then ours, which the client repeats as well
    ("402", 1),
    ("403", 1),
    ("404", 1),
    ("413", 1),
    ("422", 1),
    ("429", 1),
    ("429_retry_after", 1),
    ("500", 1),
    ("html", 1),
    ("null_content", 1),
]
USELESS = ["blacklist", "length", "hallucinated", "liked_only", "nonsense", "empty", "out_of_range"]
REPAIRED = ["401", "fenced", "truncated", "markup", "repeated"]


def rate_three(viewer: Viewer) -> list[str]:
    liked = viewer.films(*LIKED)
    viewer.like(*liked)
    return liked


def assert_all_is_well(viewer: Viewer, liked: list[str], page: Any) -> None:
    shown = [film["film_id"] for film in page["films"]]
    assert len(shown) == len(set(shown)) >= 20
    assert not set(shown) & set(liked)
    assert all(film["reason"] and len(film["reason"]) <= 200 for film in page["films"])
    held = viewer.ok("GET", "v1/feedback", params={"limit": 100})["feedback"]
    assert {item["film_id"] for item in held} == set(liked)


def question_ended(page: Any) -> bool:
    return bool(page["source"] != "top" and page["state"] != "updating")


def wait_until_acted(trouble: Any, kind: str, before: int) -> None:
    has_acted: Callable[[], bool] = lambda: trouble.acted(kind) > before  # noqa: E731
    wait_for(has_acted, 90, trouble.bill)


@pytest.mark.parametrize(("kind", "requests_max"), FAILURES, ids=[row[0] for row in FAILURES])
def test_list_stays_personal_when_the_call_fails(viewer: Viewer, trouble: Any, kind: str, requests_max: int) -> None:
    before, acted, spent, lost = trouble.bill(), trouble.acted(kind), trouble.spent_tokens(), trouble.lost_tokens()
    trouble.start(kind)
    liked = rate_three(viewer)
    wait_until_acted(trouble, kind, acted)
    page = viewer.home_when(question_ended)
    assert page["source"] == "personal"
    assert_all_is_well(viewer, liked, page)
    trouble.ask_again(viewer, times=5)
    trouble.wait_until_quiet()
    after = trouble.bill()
    assert after["answers"] - before["answers"] == (kind == "null_content"), "an answer, if an empty one, and billed"
    assert 1 <= after["requests"] - before["requests"] <= requests_max
    assert trouble.spent_tokens() - spent == trouble.lost_tokens() - lost < 3_000, "one reservation at most"
    assert trouble.dead_letters() == 0


@pytest.mark.parametrize("kind", USELESS)
def test_question_is_paid_for_once_when_the_answer_is_of_no_use(viewer: Viewer, trouble: Any, kind: str) -> None:
    before, acted = trouble.bill(), trouble.acted(kind)
    trouble.start(kind)
    liked = rate_three(viewer)
    wait_until_acted(trouble, kind, acted)
    page = viewer.home_when(question_ended)
    assert page["source"] == "personal"
    assert_all_is_well(viewer, liked, page)
    trouble.ask_again(viewer, times=5)
    trouble.wait_until_quiet()
    assert trouble.bill()["requests"] - before["requests"] == ONCE
    assert trouble.dead_letters() == 0


@pytest.mark.parametrize("kind", REPAIRED)
def test_list_is_gigachats_when_the_answer_can_be_used_all_the_same(viewer: Viewer, trouble: Any, kind: str) -> None:
    before = trouble.bill()
    trouble.start(kind, 1)
    liked = rate_three(viewer)
    page = viewer.home_when(lambda page: page["source"] == "gigachat")
    assert_all_is_well(viewer, liked, page)
    trouble.ask_again(viewer, times=5)
    trouble.wait_until_quiet()
    assert trouble.bill()["answers"] - before["answers"] == ONCE
    assert trouble.dead_letters() == 0


def test_list_is_personal_at_once_when_the_service_takes_a_minute(viewer: Viewer, trouble: Any) -> None:
    before, lost = trouble.bill(), trouble.lost_tokens()
    trouble.start("slow", 1)
    liked = rate_three(viewer)
    page = viewer.home_when(lambda page: page["source"] == "personal", seconds=20)
    assert_all_is_well(viewer, liked, page)
    page = viewer.home_when(question_ended)
    assert page["source"] == "personal"
    trouble.ask_again(viewer, times=5)
    trouble.wait_until_quiet()
    after = trouble.bill()
    assert (after["requests"] - before["requests"], after["answers"] - before["answers"]) == (1, 0)
    assert trouble.lost_tokens() > lost, "what it may have cost stays in the ledger"


def test_like_during_the_call_is_in_the_list_and_so_is_the_answer(viewer: Viewer, trouble: Any) -> None:
    before = trouble.bill()
    trouble.start("slow", 1, seconds=6)
    liked = rate_three(viewer)
    wait_for(lambda: trouble.bill()["requests"] > before["requests"], 90, trouble.bill)
    newer = viewer.home(limit=1)["films"][0]["film_id"]
    viewer.like(newer)
    page = viewer.home_when(lambda page: page["source"] == "gigachat")
    assert_all_is_well(viewer, [*liked, newer], page)
    trouble.wait_until_quiet()
    page = viewer.home_when(question_ended)
    assert (page["source"], page["state"]) == ("gigachat", "waiting"), "the newer like waits for the next question"
    assert trouble.bill()["answers"] - before["answers"] == ONCE


def test_home_page_is_the_same_when_messages_come_five_times(viewer: Viewer, trouble: Any) -> None:
    before = trouble.bill()
    rate_three(viewer)
    viewer.home_when(lambda page: page["source"] == "gigachat")
    trouble.wait_until_quiet()
    shown = [film["film_id"] for film in viewer.home(limit=100)["films"]]
    trouble.ask_again(viewer, times=5)
    trouble.wait_until_quiet()
    assert [film["film_id"] for film in viewer.home(limit=100)["films"]] == shown
    assert trouble.bill()["answers"] - before["answers"] == ONCE
