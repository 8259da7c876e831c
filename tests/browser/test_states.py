"""What a screen shows when there is nothing, not yet, not at all, or no connection."""

import pytest
from playwright.sync_api import expect

from tests.browser.fake_api import FakeApi
from tests.browser.viewer import DESKTOP, PHONE, Cinema


def test_skeletons_stand_in_and_nothing_shifts_when_the_network_is_slow(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer(size=PHONE)
    viewer.register()
    api.delay_seconds = 0.8
    viewer.page.add_init_script(SHIFTS)
    viewer.page.reload()
    expect(viewer.page.locator(".card-skeleton").first).to_be_visible()
    viewer.sees_list()
    assert viewer.page.evaluate("shifts") <= 0.02


SHIFTS = """
globalThis.shifts = 0;
new PerformanceObserver((list) => list.getEntries().forEach((one) => one.hadRecentInput || (shifts += one.value)))
  .observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize(
    ("screen", "request_path"),
    [("#/", "v1/recommendations"), ("#/search", "v1/films"), ("#/mine", "v1/feedback")],
)
def test_screen_says_so_and_recovers_when_the_api_fails(
    cinema: Cinema, api: FakeApi, screen: str, request_path: str
) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    api.fail("GET", request_path, 503, times=100)
    viewer.open(screen)
    viewer.page.reload()
    expect(viewer.page.get_by_role("alert")).to_contain_text("busy")
    api.faults.clear()
    viewer.page.get_by_role("button", name="Try again").click()
    expect(viewer.page.get_by_role("alert")).to_have_count(0)


def test_film_that_does_not_exist_is_named_so_when_its_address_is_opened(cinema: Cinema) -> None:
    viewer = cinema.viewer("en")
    viewer.open("#/film/6f0c1f5e-3f6e-4c39-9d5b-ffffffffffff")
    expect(viewer.page.locator(".notice h2")).to_have_text("The catalogue has no such film.")


def test_unknown_address_leads_home_when_opened(cinema: Cinema) -> None:
    viewer = cinema.viewer()
    viewer.open("#/nowhere")
    viewer.page.locator(".notice .button").click()
    expect(viewer.page.locator("form.sign-in")).to_be_visible()


def test_line_says_offline_and_what_was_loaded_stays_when_the_connection_is_lost(cinema: Cinema) -> None:
    viewer = cinema.viewer()
    viewer.register()
    viewer.context.set_offline(True)
    expect(viewer.page.locator(".offline-line")).to_be_visible()
    expect(viewer.row().locator(".card").first).to_be_visible()
    viewer.page.locator(".sections a").nth(1).click()
    expect(viewer.page.get_by_role("alert")).to_contain_text("нет связи")
    viewer.context.set_offline(False)
    expect(viewer.page.locator(".offline-line")).to_have_count(0)
    viewer.page.get_by_role("button", name="Повторить").click()
    expect(viewer.page.locator(".grid .card").first).to_be_visible()


@pytest.mark.parametrize("tab", ["like", "dislike", "seen", "more_like_this", "exclude"])
def test_tab_tells_what_will_be_there_when_it_is_empty(cinema: Cinema, tab: str) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    viewer.open(f"#/mine/{tab}")
    expect(viewer.page.locator(".notice h2")).to_have_text("Nothing here yet")


def test_search_offers_a_way_out_when_nothing_is_found(cinema: Cinema) -> None:
    viewer = cinema.viewer("en")
    viewer.searches("qwertyuiop")
    expect(viewer.page.locator(".notice h2")).to_have_text("Nothing found")
    viewer.page.get_by_role("link", name="Reset").click()
    expect(viewer.page.locator(".grid .card").first).to_be_visible()
    expect(viewer.page.locator("#search-text")).to_have_value("")


# The longest that a card is given, in long words and in short ones (ranking/reasons.py: at most 90 characters).
LONGEST = (
    "Потому что вам понравился фильм «Криминальное чтиво»: тот же режиссёр, Quentin Tarantino.",
    "Потому что вам понравились «Достопримечательности», «Неприкасаемые» и «Интерстеллар» вот.",
    "Because you liked The Good, the Bad and the Ugly: the same director, Sergio Leone himself",
)


def test_the_longest_reason_is_whole_on_a_card(cinema: Cinema) -> None:
    for size in (PHONE, DESKTOP):
        viewer = cinema.viewer("ru", size)
        viewer.register()
        reason = viewer.page.locator(".row .card .reason p").first
        for said in LONGEST:
            hidden = reason.evaluate(
                "(p, said) => { p.textContent = said; return p.scrollHeight - p.clientHeight; }", said
            )
            assert hidden <= 0, said
