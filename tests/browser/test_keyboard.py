"""Everything without a mouse."""

from playwright.sync_api import expect

from tests.browser.viewer import PASSWORD, Cinema

FOCUSED = """(() => {
    const place = document.activeElement.closest(".slot");
    return place && [...place.parentElement.children].indexOf(place);
})()"""


def test_viewer_registers_likes_and_undoes_when_there_is_only_a_keyboard(cinema: Cinema) -> None:
    viewer = cinema.viewer("en")
    page = viewer.page
    viewer.open("#/register")
    page.locator("#email").focus()
    page.keyboard.type(viewer.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.locator(".first-skip").press("Enter")
    viewer.sees_list()

    viewer.place(0).locator("a").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(FOCUSED) == 1
    title = viewer.title_at(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(viewer.place(1).locator(".undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(viewer.place(1).locator("a")).to_be_focused()
    assert viewer.title_at(1) == title


def test_focus_goes_on_to_the_next_film_when_the_rated_one_leaves(cinema: Cinema) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    viewer.place(0).locator("a").focus()
    viewer.page.keyboard.press("Tab")
    viewer.page.keyboard.press("Space")
    expect(viewer.place(0).locator(".undo")).to_be_focused()
    viewer.page.keyboard.press("ArrowRight")
    assert viewer.page.evaluate(FOCUSED) == 1
    expect(viewer.place(0).locator(".card")).to_be_visible()
    assert viewer.page.evaluate(FOCUSED) == 1


def test_content_is_one_key_away_when_the_skip_link_is_used(cinema: Cinema) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    viewer.page.reload()
    viewer.sees_list()
    viewer.page.keyboard.press("Tab")
    expect(viewer.page.locator(".skip")).to_be_focused()
    viewer.page.keyboard.press("Enter")
    expect(viewer.page.locator("main")).to_be_focused()
    viewer.sees_list()


def test_focus_follows_to_the_new_screen_when_a_link_is_taken(cinema: Cinema) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    viewer.place(0).locator("a").focus()
    viewer.page.keyboard.press("Enter")
    expect(viewer.page.locator("main.film, main .film").first).to_be_visible()
    expect(viewer.page.locator("main")).to_be_focused()
