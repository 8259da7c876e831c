"""A request in one's own words: what was understood stands there, and can be taken away."""

from playwright.sync_api import expect

from tests.browser.fake_api import FakeApi
from tests.browser.viewer import PHONE, Cinema


def test_films_come_for_a_request_and_more_of_them_when_a_wish_is_taken_away(cinema: Cinema) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    page = viewer.page
    page.locator("#ask-text").fill("Western comedy 1975")
    page.locator("#ask-text").press("Enter")
    chips = page.locator(".chip")
    expect(chips).to_have_text(["Western×", "Comedy×", "up to 1975×"])
    expect(page.locator(".notice h2")).to_have_text("Nothing found")
    page.get_by_role("button", name="Take away: Comedy").click()
    expect(chips).to_have_text(["Western×", "up to 1975×"])
    expect(page.locator(".grid .card").first).to_be_visible()
    few = page.locator(".grid .card").count()
    page.get_by_role("button", name="Take away: up to 1975").click()
    expect(chips).to_have_text(["Western×"])
    expect(page.locator(".grid .card")).not_to_have_count(few)
    assert page.locator(".grid .card").count() > few
    expect(page.locator(".grid .source-search").first).to_have_text("As you asked")


def test_a_request_stays_in_the_address_and_what_was_let_go_is_said(cinema: Cinema) -> None:
    viewer = cinema.viewer("ru", PHONE)
    viewer.register()
    viewer.open("#/ask?text=western+purple")
    page = viewer.page
    expect(page.locator("#ask-text")).to_have_value("western purple")
    expect(page.locator(".chip")).to_have_text(["Вестерн×"])
    expect(page.locator(".understood p")).to_have_text("Всего сразу нет ни в одном фильме, поэтому без этого: «purple»")
    page.reload()
    expect(page.locator(".chip")).to_have_text(["Вестерн×"])


def test_a_film_that_was_rated_is_not_offered_again(cinema: Cinema) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    viewer.open("#/ask?text=western")
    card = viewer.page.locator(".grid .card").first
    title = card.locator(".card-title").inner_text()
    card.locator(".action-like").click()
    expect(card.locator(".action-like")).to_have_attribute("aria-pressed", "true")
    viewer.open("#/ask?text=western+")
    viewer.page.reload()
    expect(viewer.page.locator(".grid .card").first).to_be_visible()
    assert title not in viewer.page.locator(".grid .card-title").all_inner_texts()


def test_nothing_is_asked_of_a_stranger(cinema: Cinema) -> None:
    viewer = cinema.viewer("en")
    viewer.open("#/ask?text=western")
    expect(viewer.page.locator("form.sign-in")).to_be_visible()


def test_a_failure_is_told_and_tried_again(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    api.fail("POST", "v1/ask", 503)
    viewer.open("#/ask?text=western")
    viewer.page.get_by_role("button", name="Try again").click()
    expect(viewer.page.locator(".grid .card").first).to_be_visible()
