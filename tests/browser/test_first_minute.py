"""A new viewer's first minute: five films, what they say, three for tonight; or none of it, by one press."""

from collections import Counter

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.fake_api import GIGACHATS_TASTE, FakeApi
from tests.browser.fake_films import FILMS
from tests.browser.viewer import DESKTOP, PHONE, Cinema, Language, until

SHIFTS = """
globalThis.shifts = 0;
new PerformanceObserver((list) => list.getEntries().forEach((one) => one.hadRecentInput || (shifts += one.value)))
  .observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_page_has_understood_when_five_films_are_picked(
    cinema: Cinema, api: FakeApi, language: Language, size: ViewportSize
) -> None:
    viewer = cinema.viewer(language, size, calm=False)
    page = viewer.page
    page.add_init_script(SHIFTS)
    viewer.registers()
    films = page.locator(".first-film")
    expect(films).to_have_count(12)
    years = page.locator(".first-film .poster-small > :first-child").all_inner_texts()
    assert len({year[:3] for year in years}) >= 6, "all eras are there"
    for place in range(4):
        before = films.all_inner_texts()
        films.nth(place).click()
        expect(page.locator(".first-place button")).to_have_count(place + 1)
        expect(films).to_have_count(12)
        assert len(set(before) - set(films.all_inner_texts())) >= 2, "it asks what tells more by now"
    sought = "Побег из Шоушенка" if language == "ru" else "The Shawshank Redemption"
    page.locator("#first-text").fill(sought)
    expect(films).to_have_count(1)
    films.first.click()
    expect(page.locator(".first-place button")).to_have_count(5)
    feedback = api.users[viewer.email].feedback
    until(lambda: len(feedback) == 5, 5, "not all were kept")
    assert {item["rating"] for item in feedback.values()} == {"like"}
    page.locator(".first-done").click()
    sentences = page.locator(".reveal p")
    expect(sentences).to_have_count(3)
    genres = Counter(genre for film_id in feedback for genre in FILMS[film_id]["genres"])
    of_five = "из 5" if language == "ru" else "of 5"
    expect(sentences.first).to_contain_text(f"{genres.most_common(1)[0][1]} {of_five}")
    expect(page.locator(".reveal-films .card")).to_have_count(3, timeout=15_000)
    expect(page.locator(".reveal-films .source-personal, .reveal-films .source-gigachat")).to_have_count(3)
    expect(sentences).to_have_text(list(GIGACHATS_TASTE[language]), timeout=20_000)
    assert page.evaluate("shifts") <= 0.02, "it jumped"
    page.locator(".reveal-on a").click()
    viewer.sees_list()


def test_first_minute_is_over_by_one_press_and_comes_back_by_one(cinema: Cinema) -> None:
    viewer = cinema.viewer("en")
    viewer.registers()
    viewer.page.locator(".first-skip").click()
    viewer.sees_list()
    viewer.page.locator(".state-line a").click()
    expect(viewer.page.locator(".first-film")).to_have_count(12)


def test_stranger_picks_first_and_signs_in_later(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("ru")
    page = viewer.page
    viewer.open()
    page.locator('.landing a[href="#/start"]').click()
    for _ in range(3):
        page.locator(".first-film").first.click()
    page.locator(".first-place button").first.click()  # not that one
    expect(page.locator(".first-place button")).to_have_count(2)
    page.locator(".first-film").first.click()
    page.locator(".first-done").click()
    expect(page.locator(".reveal-films .card")).to_have_count(3)
    page.locator(".reveal-on a").click()
    page.locator("#email").fill(viewer.email)
    page.locator("#password").fill("a long evening at the pictures")
    page.locator("form.sign-in .button-main").click()
    viewer.sees_list()
    until(lambda: len(api.users[viewer.email].feedback) == 3, 5, "what was picked is lost")
    viewer.sees_source("personal", 15)


def test_picking_goes_on_when_an_era_cannot_be_read(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    api.fail("GET", "v1/films", 503, times=4)
    viewer.open("#/start")
    expect(viewer.page.locator(".first-film")).to_have_count(12)
