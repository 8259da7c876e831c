"""The page tells what it showed and what was opened, once a list, and nobody notices whether that works."""

from typing import Any

from playwright.sync_api import expect

from chalicelib.outcomes.list_version import source_at
from tests.browser.fake_api import FakeApi
from tests.browser.viewer import DESKTOP, Cinema, Viewer, until

BATCH_SECONDS = 12  # a second in sight, eight until a batch leaves


def told(api: FakeApi, viewer: Viewer) -> list[dict[str, Any]]:
    return list(api.users[viewer.email].told)


def of_kind(api: FakeApi, viewer: Viewer, kind: str) -> list[str]:
    return [event["film_id"] for event in told(api, viewer) if event["type"] == kind]


def in_sight(viewer: Viewer) -> set[str]:
    """Films of which more than half is in sight; those of which it is nearly half are left out."""
    found: list[str] = viewer.page.evaluate(
        """[...document.querySelectorAll('.card, .hero-film')].filter((one) => {
             const { top, bottom, left, right, width, height } = one.getBoundingClientRect();
             const row = one.closest('.row-films')?.getBoundingClientRect() ?? { left: 0, right: innerWidth };
             const wide = Math.min(right, row.right, innerWidth) - Math.max(left, row.left, 0);
             const high = Math.min(bottom, innerHeight) - Math.max(top, 0);
             return wide > 0 && high > 0 && wide * high > 0.6 * width * height;
           }).map((one) => one.querySelector('a').hash.split('/')[2])"""
    )
    return set(found)


def test_films_in_sight_for_a_second_are_told_as_shown_with_their_place_and_no_others(
    cinema: Cinema, api: FakeApi
) -> None:
    viewer = cinema.viewer("en", DESKTOP)
    viewer.register()
    viewer.page.mouse.wheel(0, 500)
    viewer.page.wait_for_timeout(500)
    seen = in_sight(viewer)
    assert len(seen) >= 3
    until(lambda: seen <= set(of_kind(api, viewer, "shown")), BATCH_SECONDS, "shown")
    events = told(api, viewer)
    assert len({event["film_id"] for event in events}) == len(events) < 60, "each once, and not the whole list"
    for event in events:
        assert event["surface"] == "home"
        assert source_at(event["list_version"], event["place"]) == "top"


def test_a_film_that_is_opened_is_told_at_once_when_the_page_goes(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en", DESKTOP)
    viewer.register()
    film_id = viewer.place(0).locator(".card-link").get_attribute("href").rpartition("/")[2]  # type: ignore[union-attr]
    viewer.place(0).locator(".card-link").click()
    expect(viewer.page.locator(".film h1")).to_be_visible()
    viewer.page.goto("about:blank")
    until(lambda: of_kind(api, viewer, "opened") == [film_id], 5, "opened")
    assert film_id in of_kind(api, viewer, "shown"), "who opens a film has seen it"
    (opened,) = [event for event in told(api, viewer) if event["type"] == "opened"]
    assert source_at(opened["list_version"], opened["place"]) == "top"
    assert opened["surface"] == "home", "where it stood"


def test_what_was_found_is_told_without_a_list(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en", DESKTOP)
    viewer.register()
    viewer.open("#/search")
    expect(viewer.page.locator(".grid .card").first).to_be_visible()
    seen = in_sight(viewer)
    until(lambda: seen <= set(of_kind(api, viewer, "shown")), BATCH_SECONDS, "shown")
    searched = [event for event in told(api, viewer) if event["surface"] == "search"]
    assert searched
    assert not any("list_version" in event or "place" in event for event in searched)


def test_a_stranger_tells_nothing(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en", DESKTOP)
    viewer.open("#/search")
    expect(viewer.page.locator(".grid .card").first).to_be_visible()
    viewer.page.wait_for_timeout(1_500)
    viewer.page.goto("about:blank")
    assert ("POST", "v1/events") not in api.requests


def test_nothing_is_seen_of_it_when_the_api_refuses_and_it_is_told_later(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en", DESKTOP)
    api.fail("POST", "v1/events", 503, times=1)
    viewer.register()
    seen = in_sight(viewer)
    until(lambda: ("POST", "v1/events") in api.requests, BATCH_SECONDS, "a first try")
    expect(viewer.page.get_by_role("alert")).to_have_count(0)
    viewer.place(0).locator(".card-link").click()
    expect(viewer.page.locator(".film h1")).to_be_visible()
    until(lambda: seen <= set(of_kind(api, viewer, "shown")), BATCH_SECONDS, "told with what came next")
