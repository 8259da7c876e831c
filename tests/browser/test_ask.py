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


def test_the_models_plan_takes_the_place_of_the_rules_without_a_reload(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    viewer.open("#/ask?text=cosy")
    page = viewer.page
    expect(page.locator(".ask-note")).to_have_text("GigaChat is reading your words too…")
    expect(page.locator(".chip")).to_have_text(["Comedy×"])
    top = page.locator(".grid").bounding_box()
    expect(page.locator(".chip")).to_have_text(["Western×"], timeout=15_000)
    expect(page.locator(".ask-note")).to_have_text("GigaChat has read your words.")
    assert page.locator(".grid").bounding_box()["y"] == top["y"], "nothing jumps"  # type: ignore[index]
    asked = api.times_asked
    page.get_by_role("button", name="Take away: Western").click()
    expect(page.locator(".chip")).to_have_count(0)
    assert api.times_asked == asked, "once there, it is not looked for again"


def test_films_under_the_viewers_hand_stay_until_the_better_ones_are_asked_for(cinema: Cinema) -> None:
    viewer = cinema.viewer("ru")
    viewer.register()
    viewer.open("#/ask?text=cosy")
    page = viewer.page
    expect(page.locator(".chip")).to_have_text(["Комедия×"])
    page.locator(".grid .card a").first.focus()
    button = page.get_by_role("button", name="Показать фильмы, как понял GigaChat")
    expect(button).to_be_attached(timeout=15_000)
    expect(page.locator(".chip")).to_have_text(["Комедия×"])
    button.click()
    expect(page.locator(".chip")).to_have_text(["Вестерн×"])


def test_one_press_on_the_home_page_is_a_request_with_chips(cinema: Cinema) -> None:
    viewer = cinema.viewer("en", PHONE)
    viewer.register()
    page = viewer.page
    page.get_by_role("group", name="Watching").get_by_role("link", name="together").click()
    chips = page.locator(".understood .chip")
    expect(chips).to_have_text(["Comedy / Romance×", "no: Horror×"])
    expect(page.locator(".grid .card").first).to_be_visible()
    page.get_by_role("button", name="Take away: no: Horror").click()
    expect(chips).to_have_text(["Comedy / Romance×"])
    viewer.open("#/ask")
    page.get_by_role("group", name="There is time for").get_by_role("link", name="two hours").click()
    expect(chips).to_have_text(["at most 120 min×"])


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
