"""The whole life of a viewer on the deployed stack, in both languages, on a phone and a desktop."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from tests.browser.viewer import DESKTOP, PASSWORD, PHONE, Cinema, Language, cinema_at
from tests.deployed import Stack

WORDS = {
    "ru": {"query": "матрица", "found": "Матрица", "because": "Потому что вам понравился", "gone": "Такого фильма нет"},
    "en": {"query": "matrix", "found": "Matrix", "because": "Because you liked", "gone": "no such film"},
}
PERSONAL_SECONDS = 60.0  # a shared machine with cold functions; quality bars are measured by the benches
HISTORY = "The Terminator (1984)\nAlien (1979)\nNo such film at all (1950)\n"


@pytest.fixture
def house(browser: Browser, stack: Stack) -> Iterator[Cinema]:
    """The deployed stack with its doors open."""
    with cinema_at(browser, stack.url) as cinema:
        yield cinema


@pytest.mark.parametrize(("language", "size"), [("ru", DESKTOP), ("en", PHONE)], ids=["ru-desktop", "en-phone"])
def test_viewer_lives_a_whole_life_when_the_stack_is_deployed(
    house: Cinema, language: Language, size: ViewportSize
) -> None:
    words = WORDS[language]
    viewer = house.viewer(language, size)
    page = viewer.page
    viewer.register()
    expect(page.locator(".source-top").first).to_be_visible()

    found = viewer.searches(words["query"])
    expect(found.first).to_contain_text(words["found"])
    found.first.locator(".action-like").click()
    expect(found.first.locator(".action-like")).to_have_attribute("aria-pressed", "true")
    page.locator(".sections a").first.click()
    viewer.sees_list()
    for index in range(4):
        viewer.rates(index, "like")
    viewer.sees_source("personal", PERSONAL_SECONDS)
    viewer.sees_source("gigachat", PERSONAL_SECONDS)
    expect(page.locator(".row h2", has_text=words["because"]).first).to_be_visible()
    reasons = page.locator(".card .reason p").all_inner_texts()
    assert len(reasons) > 10
    assert all(reasons)

    expect(page.locator(".undo")).to_have_count(0)
    excluded = viewer.rates(0, "exclude")
    viewer.place(0).locator(".undo").click()
    expect(viewer.place(0).locator(".card-title")).to_have_text(excluded)
    excluded = viewer.rates(0, "exclude")
    expect(viewer.place(0).locator(".rated")).to_have_count(0)
    page.reload()
    viewer.sees_list()
    assert excluded not in page.locator(".card-title").all_inner_texts()

    viewer.open("#/mine/exclude")
    expect(page.locator(".rated-film")).to_contain_text([excluded])
    page.locator(".tabs a").first.click()
    expect(page.locator(".rated-film")).to_have_count(5)

    viewer.signs_out()
    viewer.signs_in()
    viewer.open("#/account")
    page.locator("section > .button-danger").click()
    page.locator("#delete-email").fill(viewer.email)
    page.locator("dialog .button-danger").click()
    expect(page.locator("form.sign-in")).to_be_visible()
    page.locator("#email").fill(viewer.email)
    page.locator("#password").fill(PASSWORD)
    page.locator("form.sign-in .button-main").click()
    expect(page.get_by_role("alert")).to_be_visible()


@pytest.mark.parametrize("language", ["ru", "en"])
def test_history_is_recognised_when_it_is_brought_along(house: Cinema, language: Language, tmp_path: Path) -> None:
    viewer = house.viewer(language)
    viewer.register()
    viewer.open("#/mine")
    history = tmp_path / "history.txt"
    history.write_text(HISTORY, encoding="utf-8")
    viewer.page.locator("input[type=file]").set_input_files(history)
    viewer.page.locator(".panel .button-main").click()
    expect(viewer.page.locator(".outcome-main")).to_contain_text("2", timeout=30_000)
    expect(viewer.page.locator(".outcome summary")).to_contain_text("1")
    expect(viewer.page.locator(".rated-film")).to_have_count(2)
    viewer.page.locator(".sections a").first.click()
    viewer.sees_source("personal", PERSONAL_SECONDS)


@pytest.mark.usefixtures("gigachat_off")
def test_list_is_personal_and_says_what_it_waits_for_when_gigachat_is_off(house: Cinema) -> None:
    viewer = house.viewer("en")
    viewer.register()
    for index in range(3):
        viewer.rates(index, "like")
    viewer.sees_source("personal", PERSONAL_SECONDS)
    expect(viewer.page.locator(".hero .reason p")).to_contain_text("Because you liked")
    expect(viewer.page.locator(".state-line")).to_contain_text("will come later", timeout=90_000)
    expect(viewer.page.locator(".source-gigachat")).to_have_count(0)


def test_session_goes_on_when_a_tab_was_closed_and_another_opened(house: Cinema) -> None:
    viewer = house.viewer("ru")
    viewer.register()
    viewer.page.reload()
    viewer.sees_list()
    other = viewer.context.new_page()
    viewer.watch(other)
    other.goto(viewer.address)
    expect(other.locator(".row .card").first).to_be_visible(timeout=30_000)
    viewer.page.close()
    other.reload()
    expect(other.locator(".row .card").first).to_be_visible(timeout=30_000)


def test_film_and_its_likes_are_shown_when_the_viewer_is_a_stranger(house: Cinema) -> None:
    viewer = house.viewer("en")
    found = viewer.searches("godfather")
    expect(found.first).to_contain_text("Godfather")
    found.first.locator("a").click()
    expect(viewer.page.locator(".film h1")).to_contain_text("Godfather")
    expect(viewer.page.locator(".row .card").first).to_be_visible()
    viewer.open("#/film/00000000-0000-4000-8000-000000000000")
    expect(viewer.page.locator(".notice h2")).to_contain_text(WORDS["en"]["gone"])
