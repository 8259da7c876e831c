"""The main job, through HTTP only: register, like five films, get a home page of one's own."""

from collections.abc import Callable

import pytest

from tests.deployed import Stack, Viewer, wait_for

FIVE = ("Matrix", "Terminator", "Alien", "Blade Runner", "Star Wars")


def test_list_turns_personal_then_gigachat_when_five_films_are_liked(viewer: Viewer, stranger: Viewer) -> None:
    start = viewer.home()
    assert start["source"] == "top"
    assert all(film["reason"] for film in start["films"])

    five = viewer.films(*FIVE)
    assert len(set(five)) == 5
    viewer.like(*five)
    viewer.home_when(lambda page: page["source"] in ("personal", "gigachat"), seconds=5)
    page = viewer.home_when(lambda page: page["source"] == "gigachat", seconds=60)  # it waits for a pause of 15 s

    shown = [film["film_id"] for film in page["films"]]
    assert len(shown) == len(set(shown)) >= 20
    assert not set(shown) & set(five)
    held = stranger.ok("POST", "v1/films/titles", {"film_ids": shown})
    assert held["missing"] == []
    assert set(held["titles"]) == set(shown)
    assert all(film["reason"] for film in page["films"])
    assert any(film["source"] == "gigachat" for film in page["films"])
    assert all(set(film["because"]) <= set(five) for film in page["films"])

    disliked = shown[0]
    viewer.ok("PUT", f"v1/feedback/{disliked}", {"rating": "dislike"})
    assert disliked not in [film["film_id"] for film in viewer.home(limit=100)["films"]]


def test_second_viewer_sees_nothing_of_the_first(new_viewer: Callable[..., Viewer]) -> None:
    first, second = new_viewer(), new_viewer()
    liked = first.films("Matrix")
    first.like(*liked)
    first.home_when(lambda page: page["source"] != "top")
    assert second.home()["source"] == "top"
    assert second.ok("GET", "v1/feedback")["feedback"] == []
    assert second.ok("GET", "v1/me")["user_id"] == second.user_id


@pytest.mark.usefixtures("gigachat_off")
def test_list_turns_personal_when_gigachat_is_off(viewer: Viewer) -> None:
    liked = viewer.films(*FIVE)
    viewer.like(*liked)
    page = viewer.home_when(lambda page: page["source"] == "personal", seconds=5)
    assert all(film["reason"] for film in page["films"])
    wait_for(lambda: viewer.home()["state"] == "waiting", 60, viewer.home)
    assert viewer.home()["source"] == "personal"


def test_reasons_follow_the_viewers_language(new_viewer: Callable[..., Viewer]) -> None:
    english = new_viewer("en")
    english.like(*english.films("Matrix"))
    page = english.home_when(lambda page: page["source"] == "personal")
    assert page["films"][0]["reason"].startswith("Because you liked")
    russian = new_viewer("ru")
    russian.like(*russian.films("Matrix"))
    page = russian.home_when(lambda page: page["source"] == "personal")
    assert "Матрица" in page["films"][0]["reason"]


def walked(viewer: Viewer) -> list[str] | None:
    """The films of all pages; None when the list was replaced on the way, after which a client starts over."""
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = viewer.call("GET", "v1/recommendations", params={"limit": 30} | ({"cursor": cursor} if cursor else {}))
        if answer.status_code == 410:
            return None
        page = answer.raise_for_status().json()
        found += [film["film_id"] for film in page["films"]]
        cursor = page["next_cursor"]
    return found


def test_every_page_of_the_list_is_walked_without_gaps(viewer: Viewer) -> None:
    viewer.like(*viewer.films("Matrix", "Alien"))
    viewer.home_when(lambda page: page["source"] == "personal" and page["state"] == "fresh")

    def is_whole() -> bool:
        """The pages together are the list, unless a rebuild came between the two looks."""
        return walked(viewer) == [film["film_id"] for film in viewer.home(limit=100)["films"]]

    wait_for(is_whole, 30)
    assert len(set(walked(viewer) or ["once", "once"])) > 30


def test_outdated_cursor_gets_410_when_the_list_was_replaced(viewer: Viewer) -> None:
    viewer.like(*viewer.films("Matrix"))
    page = viewer.home_when(lambda page: page["source"] == "personal")
    cursor = viewer.home(limit=5)["next_cursor"]
    viewer.like(*viewer.films("Alien"))
    wait_for(lambda: viewer.home()["generated_at"] != page["generated_at"], 30, viewer.home)
    answer = viewer.call("GET", "v1/recommendations", params={"cursor": cursor})
    assert answer.status_code == 410
    assert answer.json()["title"] == "Gone"


def test_excluded_and_steered_films_stay_away_when_nothing_else_was_said(viewer: Viewer) -> None:
    film_id = viewer.home()["films"][0]["film_id"]
    viewer.ok("PUT", f"v1/feedback/{film_id}", {"steer": "exclude"})
    assert film_id not in [film["film_id"] for film in viewer.home(limit=100)["films"]]
    viewer.home_when(lambda page: page["state"] != "updating")
    assert film_id not in [film["film_id"] for film in viewer.home(limit=100)["films"]]


def test_taking_everything_back_leads_to_the_top_list_again(viewer: Viewer) -> None:
    film_id = viewer.films("Matrix")[0]
    viewer.like(film_id)
    viewer.home_when(lambda page: page["source"] == "personal")
    assert viewer.call("DELETE", f"v1/feedback/{film_id}").status_code == 204
    viewer.home_when(lambda page: page["source"] == "top")


def test_queues_end_empty(stack: Stack) -> None:
    for queue in ("RebuildQueue", "AskQueue"):
        wait_for(lambda queue=queue: stack.waiting(queue) == 0, 60, lambda queue=queue: stack.waiting(queue))  # type: ignore[misc]
    for queue in ("RebuildQueueDeadLetters", "AskQueueDeadLetters", "ErasureQueueDeadLetters", "StreamFailures"):
        assert stack.waiting(queue) == 0
