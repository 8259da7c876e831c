"""Sessions: renewed unseen, shared by tabs, out of reach of scripts."""

from playwright.sync_api import Page, expect

from tests.browser.fake_api import FakeApi
from tests.browser.viewer import Cinema, Viewer, until


def second_tab(viewer: Viewer, screen: str = "") -> Page:
    page = viewer.context.new_page()
    viewer.watch(page)
    page.goto(f"{viewer.address}{screen}")
    return page


def test_work_goes_on_unseen_when_the_access_token_has_ended(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer()
    viewer.register()
    api.expire_access()
    viewer.rates(0, "like")
    until(lambda: len(api.users[viewer.email].feedback) == 1, 5, "the like was lost")
    expect(viewer.page.locator(".message-error")).to_have_count(0)


def test_token_is_renewed_before_it_ends_when_little_of_it_is_left(cinema: Cinema, api: FakeApi) -> None:
    api.access_seconds = 900
    viewer = cinema.viewer()
    viewer.page.clock.install()
    viewer.register()
    viewer.page.clock.fast_forward("14:40")
    viewer.open("#/mine")
    expect(viewer.page.locator(".notice h2")).to_be_visible()
    assert ("POST", "v1/auth/session/refresh") in api.requests


def test_two_tabs_stay_signed_in_when_both_renew_at_once(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer()
    viewer.register()
    other = second_tab(viewer)
    expect(other.locator(".row .card").first).to_be_visible()
    for _ in range(3):
        api.expire_access()
        for page in (viewer.page, other):
            page.evaluate("location.hash = '#/mine'")
        for page in (viewer.page, other):
            expect(page.locator(".notice h2")).to_be_visible()
            page.evaluate("location.hash = '#/'")
            expect(page.locator(".row .card").first).to_be_visible()
    refreshes = [one for one in api.requests if one[1] == "v1/auth/session/refresh"]
    assert len(refreshes) <= 1 + 2 * 3  # the second tab's start, and at most one a tab each time the token had ended


def test_other_tab_is_signed_out_and_in_when_this_one_is(cinema: Cinema) -> None:
    viewer = cinema.viewer()
    viewer.register()
    other = second_tab(viewer)
    expect(other.locator(".row .card").first).to_be_visible()
    viewer.signs_out()
    expect(other.locator("form.sign-in")).to_be_visible()
    viewer.signs_in()
    expect(other.locator(".row .card").first).to_be_visible()


def test_viewer_signs_in_again_when_the_session_was_revoked(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    api.refresh.clear()
    api.expire_access()
    viewer.page.evaluate("location.hash = '#/mine'")
    expect(viewer.page.locator("form.sign-in")).to_be_visible()


def test_viewer_is_still_signed_in_when_the_page_is_reloaded(cinema: Cinema) -> None:
    viewer = cinema.viewer()
    viewer.register()
    viewer.page.reload()
    viewer.sees_list()


def test_session_is_kept_when_the_api_is_down_for_a_while(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer()
    viewer.register()
    api.fail("POST", "v1/auth/session/refresh", 503, times=2)
    viewer.page.reload()
    expect(viewer.page.locator(".notice .button")).to_be_visible()
    viewer.page.locator(".notice .button").click()
    viewer.sees_list()


def test_no_script_finds_a_token_when_it_looks_around(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer()
    viewer.register()
    reach = viewer.page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, location.href])"
    )
    for token in [*api.access, *api.refresh]:
        assert token not in reach
    cookies = viewer.context.cookies()
    assert [cookie["httpOnly"] and cookie["sameSite"] == "Strict" for cookie in cookies] == [True]
    assert cookies[0]["path"].endswith("/v1/auth/session")
    assert not [path for _, path in api.requests if "token" in path]
