"""What a visit costs, by the browser's own measure: bytes, requests, shifts, and time from a press to its effect."""

import gzip
from statistics import quantiles

from playwright.sync_api import Response, expect

from tests.browser.viewer import PHONE, Cinema

FIRST_LOAD_BYTES = 75_000  # decision 050; every answer of the first screen counts, those of the API too
SHIFT_MAX = 0.02
EFFECT_MILLISECONDS = 100

WATCH = """
globalThis.shifts = 0;
globalThis.presses = [];
new PerformanceObserver((list) => list.getEntries().forEach((one) => one.hadRecentInput || (shifts += one.value)))
  .observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (one.name === "click") presses.push(one.duration);
}).observe({ type: "event", buffered: true, durationThreshold: 16 });
"""


def test_first_screen_is_light_when_everything_on_it_is_counted(cinema: Cinema) -> None:
    viewer = cinema.viewer()
    answers: list[Response] = []
    viewer.page.on("response", lambda answer: answers.append(answer))
    viewer.open()
    expect(viewer.page.locator(".wall .poster").last).to_be_attached()
    sizes = {answer.url.rsplit("/", 1)[-1]: len(gzip.compress(answer.body(), 6)) for answer in answers}
    assert len(sizes) <= 7, sizes
    assert sum(sizes.values()) < FIRST_LOAD_BYTES, sizes


def test_second_visit_loads_nothing_but_the_page_when_files_are_kept(cinema: Cinema) -> None:
    viewer = cinema.viewer()
    viewer.open()
    expect(viewer.page.locator("form.sign-in")).to_be_visible()
    viewer.page.goto("about:blank")
    viewer.open()
    expect(viewer.page.locator("form.sign-in")).to_be_visible()
    loaded = viewer.page.evaluate(
        "performance.getEntriesByType('resource').filter((one) => /[.](js|css)$/.test(one.name) && one.transferSize)"
    )
    assert loaded == []


def test_nothing_shifts_and_presses_show_at_once_when_a_list_turns_personal(cinema: Cinema) -> None:
    for size in (PHONE, None):
        viewer = cinema.viewer("ru", size, calm=False) if size else cinema.viewer("en", calm=False)
        viewer.page.add_init_script(WATCH)
        viewer.register()
        for index in range(5):
            viewer.rates(index, "like")
        viewer.sees_source("gigachat", 20)
        assert viewer.page.evaluate("shifts") <= SHIFT_MAX
        # From the press to the frame that shows it. A machine that many tests share has pauses of its own, so the
        # quicker quarter is judged: it still holds all the work that a press makes.
        presses = viewer.page.evaluate("presses")
        assert quantiles(presses, n=4)[0] < EFFECT_MILLISECONDS, presses
