"""axe-core finds nothing on any screen, in both themes, on a desktop and on a phone."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.fake_films import FILMS
from tests.browser.viewer import DESKTOP, PHONE, Cinema, Viewer

# WCAG 2.2 AA and everything below it, and the rules of good practice.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """Rule and element of everything axe finds."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def visit(viewer: Viewer, screen: str, ready: str) -> list[str]:
    viewer.open(screen)
    expect(viewer.page.locator(ready).first).to_be_visible()
    return violations(viewer.page)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_when_each_screen_is_looked_at(
    cinema: Cinema, size: ViewportSize, theme: Literal["light", "dark"]
) -> None:
    viewer = cinema.viewer("ru" if theme == "light" else "en", size, theme)
    found = {"register": visit(viewer, "#/register", ".wall .poster"), "sign in": visit(viewer, "#/sign-in", "#email")}
    found["forgotten"] = visit(viewer, "#/forgotten", "#email")
    found["search"] = visit(viewer, "#/search", ".grid .card")
    found["nothing found"] = visit(viewer, "#/search?query=qwertyuiop", ".notice")
    found["missing"] = visit(viewer, "#/nowhere", ".notice")
    viewer.register()
    found["first home"] = violations(viewer.page)
    found["first minute"] = visit(viewer, "#/start", ".first-film")
    for _ in range(3):
        viewer.page.locator(".first-film").first.click()
    found["first minute, picked"] = violations(viewer.page)
    viewer.page.locator(".first-done").click()
    expect(viewer.page.locator(".reveal-films .card")).to_have_count(3, timeout=20_000)
    found["reveal"] = violations(viewer.page)
    viewer.page.locator(".reveal-on a").click()
    viewer.sees_list()
    viewer.rates(0, "saved")
    if size == PHONE:
        viewer.place(1).locator(".action-menu").click()
        found["menu"] = violations(viewer.page)
        viewer.page.keyboard.press("Escape")
    found["later"] = visit(viewer, "#/later", ".grid .card")
    viewer.open("#/")
    viewer.sees_list()
    for index in range(3):
        viewer.rates(index, "like")
    found["rated"] = violations(viewer.page)
    viewer.sees_source("gigachat", 15)
    found["home"] = violations(viewer.page)
    viewer.row().locator("a").first.click()
    expect(viewer.page.locator(".film-why, .film h1").first).to_be_visible()
    found["film"] = violations(viewer.page)
    found["asked"] = visit(viewer, "#/ask?text=western+1975+purple", ".chip")
    found["asked, and the model reads"] = visit(viewer, "#/ask?text=cosy", ".ask-note")
    found["nothing asked"] = visit(viewer, "#/ask", ".mood")
    found["mine"] = visit(viewer, "#/mine", ".rated-film")
    found["mine, empty"] = visit(viewer, "#/mine/exclude", ".notice")
    found["account"] = visit(viewer, "#/account", "#current")
    viewer.page.locator(".family-switch").click()
    expect(viewer.page.locator('.family-switch[aria-pressed="true"]')).to_be_visible()
    found["family"] = violations(viewer.page)
    hidden = next(film_id for film_id, film in FILMS.items() if film["age_rating"] == 18)
    found["family, hidden film"] = visit(viewer, f"#/film/{hidden}", ".notice")
    found["account"] += visit(viewer, "#/account", "#current")
    viewer.page.locator("section > .button-danger").click()
    found["delete"] = violations(viewer.page)
    assert {screen: list_ for screen, list_ in found.items() if list_} == {}
