"""The four buttons: shown at once, taken back when refused, undone when wished, without the page jumping."""

import re

import pytest
from playwright.sync_api import APIResponse, Route, expect

from tests.browser.fake_api import FakeApi
from tests.browser.viewer import PASSWORD, Action, Cinema, until


def test_rating_shows_at_once_when_the_api_is_slow(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer()
    viewer.register()
    api.delay_seconds = 2.0
    sent = len(api.requests)
    viewer.rates(0, "like")
    until(lambda: len(api.requests) > sent, 1, "nothing was sent")
    assert not api.users[viewer.email].feedback, "it was shown only after the API had it"


def test_next_film_comes_in_and_nothing_else_moves_when_one_is_rated(cinema: Cinema) -> None:
    viewer = cinema.viewer()
    viewer.register()
    viewer.place(1).locator(".action-like").scroll_into_view_if_needed()
    others = [viewer.title_at(index) for index in (0, 2, 3)]
    before = [viewer.place(index).bounding_box() for index in range(4)]
    title = viewer.rates(1, "like")
    assert [viewer.place(index).bounding_box() for index in range(4) if index != 1] == before[:1] + before[2:]
    expect(viewer.place(1).locator(".card-title")).not_to_have_text(title)
    assert [viewer.title_at(index) for index in (0, 2, 3)] == others or viewer.page.locator(".source-personal").count()


@pytest.mark.parametrize("action", ["like", "dislike", "saved", "seen", "more_like_this", "exclude"])
def test_film_is_back_and_forgotten_when_undone(cinema: Cinema, api: FakeApi, action: Action) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    title = viewer.rates(0, action)
    viewer.place(0).locator(".undo").click()
    expect(viewer.place(0).locator(".card-title")).to_have_text(title)
    feedback = api.users[viewer.email].feedback
    until(
        lambda: ("DELETE", f"v1/feedback/{viewer.page.evaluate(FIRST_ID)}") in api.requests, 5, "nothing was taken back"
    )
    until(lambda: not feedback, 5, "the film is still rated")


FIRST_ID = "document.querySelector('main .row .card-link').hash.split('/').at(-1)"


def test_film_is_back_and_the_viewer_told_when_the_api_refuses(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer()
    viewer.register()
    api.fail("PUT", "v1/feedback", 503)
    title = viewer.title_at(0)
    viewer.place(0).locator(".action-like").click()
    expect(viewer.page.locator(".message-error")).to_contain_text(title)
    expect(viewer.place(0).locator(".card-title")).to_have_text(title)
    viewer.page.locator(".message-action").click()
    until(lambda: len(api.users[viewer.email].feedback) == 1, 5, "trying again did not help")


def test_list_turns_personal_then_gigachat_by_itself_when_films_are_liked(cinema: Cinema) -> None:
    viewer = cinema.viewer()
    viewer.register()
    expect(viewer.page.locator(".source-top").first).to_be_visible()
    for index in range(3):
        viewer.rates(index, "like")
    expect(viewer.page.locator(".state-line .is-busy")).to_be_visible()
    viewer.sees_source("gigachat", 15)
    expect(viewer.page.locator(".row h2").nth(1)).to_contain_text("Потому что вам понравился")
    expect(viewer.page.locator(".state-line .is-busy")).to_have_count(0)


def test_list_stays_personal_when_gigachat_is_off(cinema: Cinema, api: FakeApi) -> None:
    api.is_gigachat_on = False
    viewer = cinema.viewer("en")
    viewer.register()
    for index in range(3):
        viewer.rates(index, "like")
    viewer.sees_source("personal", 15)
    expect(viewer.page.locator(".source-gigachat")).to_have_count(0)
    expect(viewer.page.locator(".hero .reason p")).to_contain_text("which you liked")


def test_asking_stops_when_the_list_is_fresh(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer()
    viewer.page.clock.install()
    viewer.register()
    viewer.rates(0, "like")
    viewer.sees_source("personal", 15)
    until(lambda: len([one for one in api.requests if one[1] == "v1/recommendations"]) >= 4, 15, "too few looks")

    def brings_nothing() -> bool:
        before = len(api.requests)
        viewer.page.clock.fast_forward("01:00")
        return len(api.requests) == before

    until(brings_nothing, 15, "goes on asking")  # the last looks after a like
    asked = len(api.requests)
    for _ in range(10):
        viewer.page.clock.fast_forward("01:00")
    assert len(api.requests) - asked <= 1


@pytest.mark.parametrize("is_new", [True, False], ids=["registers", "signs in"])
def test_what_a_stranger_says_is_kept_and_counts_when_they_have_signed_in(
    cinema: Cinema, api: FakeApi, is_new: bool
) -> None:
    viewer = cinema.viewer("en")
    if not is_new:
        viewer.register()
        viewer.signs_out()
    liked, saved = viewer.searches("the").nth(0), viewer.page.locator(".grid .card").nth(1)
    expect(viewer.page).to_have_url(re.compile("=the"))  # what is typed is looked for after a moment
    viewer.presses(liked, "like")
    viewer.presses(saved, "saved")
    expect(viewer.page.locator(".message")).to_contain_text("Sign in")
    viewer.page.reload()
    expect(liked.locator(".action-like")).to_have_attribute("aria-pressed", "true")
    viewer.page.locator(".top-sign-in").click()
    if is_new:
        viewer.page.locator(".sign-in-other a").last.click()
    viewer.page.locator("#email").fill(viewer.email)
    viewer.page.locator("#password").fill(PASSWORD)
    viewer.page.locator("form.sign-in .button-main").click()
    expect(viewer.page.locator("#search-text")).to_have_value("the")  # where they were
    feedback = api.users[viewer.email].feedback
    until(lambda: len(feedback) == 2, 5, "what was said before is lost")
    assert {(item["rating"], item["saved"]) for item in feedback.values()} == {("like", False), (None, True)}
    expect(liked.locator(".action-like")).to_have_attribute("aria-pressed", "true")
    viewer.signs_out()
    viewer.searches("the")
    expect(liked.locator(".action-like")).to_have_attribute("aria-pressed", "false")


def test_model_text_is_only_text_when_it_looks_like_markup(cinema: Cinema, api: FakeApi) -> None:
    evil = "<img src=x onerror=alert(1)><b>бей</b>"
    api.planted_film = {"title": evil, "reason": evil, "source": "gigachat", "poster_url": "javascript:alert(1)"}
    viewer = cinema.viewer()
    viewer.register()
    expect(viewer.page.locator(".hero .reason p")).to_have_text(evil)
    expect(viewer.page.locator(".hero img, .hero b")).to_have_count(0)


def test_a_mark_stays_when_all_ratings_are_being_read_as_it_is_set(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en")
    held: list[tuple[Route, APIResponse]] = []
    viewer.page.route("**/v1/feedback?*", lambda route: held.append((route, route.fetch())))
    viewer.register()
    expect(viewer.page.locator(".action-like").first).to_be_visible()
    viewer.page.wait_for_timeout(500)
    assert held, "ratings were not asked for"
    title = viewer.rates(0, "like")
    until(lambda: len(api.users[viewer.email].feedback) == 1, 5, "the like was lost")
    for route, answer in held:  # as it was before the like, and it comes after
        route.fulfill(response=answer)
    viewer.page.wait_for_timeout(200)
    viewer.open("#/search")
    card = viewer.page.locator(".grid .card", has_text=title)
    expect(card.first.locator(".action-like")).to_have_attribute("aria-pressed", "true")
