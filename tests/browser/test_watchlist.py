"""Films put aside: on every card, on a screen of their own, and no word on anybody's taste."""

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.fake_api import FakeApi
from tests.browser.viewer import DESKTOP, PHONE, Cinema, Language, until


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_film_waits_on_the_watchlist_until_it_is_seen(
    cinema: Cinema, api: FakeApi, language: Language, size: ViewportSize
) -> None:
    viewer = cinema.viewer(language, size)
    page = viewer.page
    viewer.register()
    first, second = viewer.rates(0, "saved"), viewer.rates(1, "saved")
    expect(page.locator(".state-line .is-busy")).to_have_count(0)
    page.locator('.sections a[href="#/later"]').click()
    cards = page.locator(".grid .card")
    expect(cards.locator(".card-title")).to_have_text([second, first])
    viewer.presses(cards.nth(1), "seen")
    expect(page.locator(".grid .rated-title")).to_have_text(first)
    feedback = api.users[viewer.email].feedback
    until(lambda: {(one["title"], one["rating"], one["saved"]) for one in feedback.values()}
          == {(first, "seen", False), (second, None, True)}, 5, "it was not stored")  # fmt: skip
    page.locator(".grid .undo").click()
    expect(cards).to_have_count(2)
    until(lambda: all(one["saved"] and not one["rating"] for one in feedback.values()), 5, "it was not put back")
    page.locator('.sections a[href="#/"]').click()
    viewer.sees_list()
    titles = page.locator("main .card-title").all_inner_texts()
    assert not {first, second} & set(titles), "what stands on a list of one's own is not recommended"


def test_film_says_where_it_stands_when_it_is_opened(cinema: Cinema) -> None:
    viewer = cinema.viewer("en")
    page = viewer.page
    viewer.register()
    viewer.place(0).locator(".card-link").click()
    expect(page.locator(".film .stands")).to_contain_text("place")
    page.locator(".film .action-saved").click()
    expect(page.locator(".film .stands")).to_contain_text("for later")
    page.locator(".film .action-like").click()
    expect(page.locator(".film .stands")).to_contain_text("Like")
    expect(page.locator(".film .stands")).not_to_contain_text("for later")


def test_menu_of_a_phone_gives_the_focus_back_when_it_is_closed(cinema: Cinema) -> None:
    viewer = cinema.viewer("ru", PHONE)
    viewer.register()
    opener = viewer.place(0).locator(".action-menu")
    opener.click()
    expect(viewer.page.locator(".sheet .action")).to_have_count(6)
    viewer.page.keyboard.press("Escape")
    expect(viewer.page.locator(".sheet")).to_have_count(0)
    expect(opener).to_be_focused()
