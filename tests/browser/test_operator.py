"""The operator's page: who gets there, and whether it says what the API does."""

import gzip
import re

import pytest
from playwright.sync_api import Response, expect

from tests.browser.fake_api import FakeApi
from tests.browser.fake_operator import FakeOperator
from tests.browser.test_accessibility import violations
from tests.browser.viewer import DESKTOP, PHONE, Cinema, Language, Viewer

LATE_BYTES_MAX = 12_000


def operator(cinema: Cinema, api: FakeApi, language: Language = "en", *, is_phone: bool = False) -> Viewer:
    """Somebody who is signed in, and an operator."""
    viewer = cinema.viewer(language, PHONE if is_phone else DESKTOP, "dark" if is_phone else "light")
    viewer.register()
    api.users[viewer.email].operator = FakeOperator()
    viewer.page.reload()
    return viewer


def test_only_an_operator_sees_the_way_there_and_others_are_told_so(cinema: Cinema, api: FakeApi) -> None:
    viewer = cinema.viewer("en")
    viewer.register()
    loaded: list[Response] = []
    viewer.page.on("response", lambda answer: loaded.append(answer))
    expect(viewer.page.locator('.sections a[href="#/operator"]')).to_have_count(0)
    viewer.open("#/operator")
    expect(viewer.page.locator(".notice")).to_contain_text("for those who run the site")
    assert not [one.url for one in loaded if "operator" in one.url], "nothing of it is loaded for them"
    assert not [path for _, path in api.requests if "operator" in path]
    api.users[viewer.email].operator = FakeOperator()
    viewer.page.reload()
    viewer.page.locator('.sections a[href="#/operator"]').click()
    expect(viewer.page.locator("#op-tokens")).to_be_visible()
    late = [one for one in loaded if re.search(r"/assets/operator[.]\w+[.](js|css)$", one.url)]
    assert len(late) == 2
    assert sum(len(gzip.compress(one.body(), 6)) for one in late) < LATE_BYTES_MAX


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_bar_is_one_line_on_every_desk(cinema: Cinema, api: FakeApi, language: Language) -> None:
    viewer = operator(cinema, api, language)
    expect(viewer.page.locator('.sections a[href="#/operator"]')).to_be_visible()
    for width in (861, 960, 1080, 1081, 1200, 1280, 1366, 1440, 1920):
        viewer.page.set_viewport_size({"width": width, "height": 800})
        heights = viewer.page.evaluate(
            "[...document.querySelectorAll('.sections a span')].map((one) => one.getClientRects().length)"
        )
        assert set(heights) == {1}, f"a section wraps at {width}"
        bar = viewer.page.evaluate(
            "[document.documentElement.scrollWidth, document.querySelector('.top').offsetHeight]"
        )
        assert bar[0] <= width, f"the page is wider than {width}: {bar[0]}"
        assert bar[1] <= 65, f"the bar has two lines at {width}"


def test_today_says_what_was_asked_what_it_cost_and_what_is_left(cinema: Cinema, api: FakeApi) -> None:
    viewer = operator(cinema, api)
    viewer.open("#/operator")
    questions, tokens = viewer.page.locator(".panel:has(#op-questions)"), viewer.page.locator(".panel:has(#op-tokens)")
    for figure in ("412", "27", "405"):
        expect(questions).to_contain_text(figure)
    for figure in ("RUB", "39.55", "608,475", "9,150", "3,050", "1,000,000", "379,325"):  # the last: what is left
        expect(tokens).to_contain_text(figure)
    tokens.locator("summary").click()
    expect(tokens.get_by_role("row")).to_have_count(5)
    expect(viewer.page.locator(".panel:has(#op-lists)")).to_contain_text("3,120")


def test_a_part_that_is_away_is_said_and_can_be_asked_again(cinema: Cinema, api: FakeApi) -> None:
    viewer = operator(cinema, api)
    api.fail("GET", "v1/operator/status", 503, times=2)
    viewer.open("#/operator")
    viewer.page.get_by_role("button", name="Try again").click()
    expect(viewer.page.locator("#op-tokens")).to_be_visible()


def test_outcomes_are_drawn_and_told_as_a_table_by_what_is_chosen(cinema: Cinema, api: FakeApi) -> None:
    viewer = operator(cinema, api)
    viewer.open("#/operator/outcomes")
    table = viewer.page.locator("table")
    expect(table).to_contain_text("GigaChat")
    rows = table.locator("tbody tr").count()
    assert viewer.page.locator(".op-row .op-dot").count() == rows
    assert viewer.page.locator(".op-row .op-ring").count() == rows
    viewer.page.get_by_role("radio", name="place").check()
    expect(table.locator("tbody th").first).to_have_text("1")
    expect(viewer.page.locator(".op-row .op-ring")).to_have_count(0)
    viewer.page.get_by_role("radio", name="film’s age, years").check()
    expect(table.locator("thead th").first).to_have_text("film’s age, years")
    viewer.page.get_by_role("radio", name="prompt version").check()
    expect(table.locator("thead th").first).to_have_text("prompt version")
    viewer.page.locator("#op-days").select_option("90")
    expect(viewer.page.locator(".panel")).to_contain_text("of 90 days")
    api.users[viewer.email].operator.has_outcomes = False  # type: ignore[union-attr]
    viewer.page.locator("#op-days").select_option("7")
    expect(viewer.page.locator(".op-nothing")).to_be_visible()


def test_experiments_say_whether_the_model_pays(cinema: Cinema, api: FakeApi) -> None:
    viewer = operator(cinema, api)
    viewer.open("#/operator/experiments")
    panel = viewer.page.locator(".panel")
    expect(panel.get_by_role("row")).to_have_count(3)
    for figure in ("running", "0.92 (-0.04 … 1.88)", "412.75", "-1% (-2.04% … 0.04%)", "5%"):
        expect(panel).to_contain_text(figure)
    expect(panel.locator(".op-row .op-dot")).to_have_count(2)


def test_dead_letters_are_looked_at_and_sent_back_to_work(cinema: Cinema, api: FakeApi) -> None:
    viewer = operator(cinema, api)
    viewer.open("#/operator/queues")
    dead = viewer.page.locator(".has-dead")
    expect(dead).to_have_count(1)
    dead.get_by_role("button", name="Look").click()
    expect(dead.locator(".op-letters li")).to_have_count(2)
    expect(dead).to_contain_text("ValidationError")
    dead.get_by_role("button", name="Send again").click()
    expect(viewer.page.locator(".message")).to_contain_text("2 messages sent back to work")
    expect(dead).to_have_count(0)


def test_a_viewer_is_found_and_each_place_says_what_put_it_there(cinema: Cinema, api: FakeApi) -> None:
    viewer = operator(cinema, api)
    viewer.open("#/operator/viewers")
    viewer.page.locator("#who").fill("nobody-knows")
    viewer.page.get_by_role("button", name="Find").click()
    expect(viewer.page.locator(".field-error")).to_have_text("No such viewer.")
    viewer.page.locator("#who").fill("somebody@example.com")
    viewer.page.get_by_role("button", name="Find").click()
    places = viewer.page.locator("tbody tr")
    expect(places).to_have_count(12)
    expect(places.nth(0)).to_contain_text("GigaChat’s pick (Alien)")
    expect(places.nth(0)).to_contain_text("(60 + 18 + 5 + 0) × 100 %")
    expect(places.nth(1)).to_contain_text("-3, shown 12 times, never touched, promised, by lot, 12.5%")
    expect(places.nth(2)).to_contain_text("top list")
    viewer.page.get_by_text("Prompt", exact=True).click()
    expect(viewer.page.locator(".op-words").first).to_contain_text('Likes: "Alien" 1979')


def test_learning_is_told_beside_plain_popularity(cinema: Cinema, api: FakeApi) -> None:
    viewer = operator(cinema, api)
    viewer.open("#/operator/learning")
    for figure in ("9,724", "184,230", "15.9%", "6.1%"):
        expect(viewer.page.locator(".op-panels")).to_contain_text(figure)
    viewer.page.locator(".panel:has(#op-runs) summary").click()
    expect(viewer.page.locator(".panel:has(#op-runs) tbody tr")).to_have_count(2)


def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(cinema: Cinema, api: FakeApi) -> None:
    for is_phone in (False, True):
        viewer = operator(cinema, api, "ru" if is_phone else "en", is_phone=is_phone)
        ready = {
            "today": "#op-tokens",
            "outcomes": "table",
            "experiments": "table",
            "queues": ".op-queue",
            "learning": "#op-runs",
        }
        found = {}
        for view, selector in ready.items():
            viewer.open(f"#/operator/{view}")
            expect(viewer.page.locator(selector).first).to_be_visible()
            found[view] = violations(viewer.page)
            assert viewer.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), view
        viewer.open("#/operator/viewers")
        viewer.page.locator("#who").fill("somebody@example.com")
        viewer.page.locator("#who").press("Enter")
        expect(viewer.page.locator("#op-places")).to_be_visible()
        for summary in viewer.page.locator("summary").all():
            summary.click()
        found["viewer"] = violations(viewer.page)
        assert viewer.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert {view: list_ for view, list_ in found.items() if list_} == {}
