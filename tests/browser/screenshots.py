"""Pictures of every screen in both languages, from a running copy: `make up screenshots`.

python -m tests.browser.screenshots http://127.0.0.1:4566/…/api/
"""

import os
import sys
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from infra.__main__ import main as infra
from infra.local.emulator import client_environment
from tests.browser.viewer import DESKTOP, PHONE, Cinema, Language, Viewer, launched

SCREENS = Path(__file__).parent.parent.parent / "docs" / "screens"
LOOKS: tuple[tuple[Language, ViewportSize, Literal["light", "dark"]], ...] = (
    ("ru", DESKTOP, "light"),
    ("en", PHONE, "dark"),
)
OPERATOR = {
    "today": "#op-tokens",
    "outcomes": ".panel, .op-nothing",
    "experiments": "table",
    "queues": ".op-queue",
    "learning": "#op-model",
    "viewers": "#who",
}
LIKED = {"ru": ("матрица", "чужой", "бегущий по лезвию"), "en": ("matrix", "alien", "blade runner")}
BYTES_MAX = 300_000


def grant_operator(viewer: Viewer) -> None:
    """By the command, on the stack whose page this is."""
    here = urlsplit(viewer.address)
    os.environ |= client_environment(here.port or 80)
    assert infra(["roles", "grant", viewer.email, "operator"]) == 0


def take(viewer: Viewer, look: str) -> None:
    """One viewer's way through all screens, a picture of each."""
    page = viewer.page
    viewer.open()
    expect(page.locator(".wall .poster").nth(9)).to_be_attached()
    picture(page, f"register-{look}")
    viewer.register()
    expect(page.locator(".message")).to_have_count(0, timeout=15_000)
    picture(page, f"home-first-{look}")
    for text in LIKED[viewer.language]:
        like_found(viewer, text)
    page.locator(".sections a").first.click()
    viewer.sees_list()
    for index in range(2):
        viewer.rates(index, "like")
    picture(page, f"home-liked-{look}")
    viewer.sees_source("gigachat", 60)
    expect(page.locator(".rated")).to_have_count(0)
    page.evaluate("scrollTo(0, 0)")
    picture(page, f"home-{look}")
    page.locator(".hero h2 a").click()
    expect(page.locator(".film-why")).to_be_visible()
    expect(page.locator(".row .card").first).to_be_visible()
    picture(page, f"film-{look}")
    viewer.searches(LIKED[viewer.language][2][:6])
    page.wait_for_timeout(1_500)
    picture(page, f"search-{look}")
    viewer.open("#/mine")
    expect(page.locator(".rated-film")).to_have_count(5)
    picture(page, f"my-ratings-{look}")
    viewer.open("#/account")
    picture(page, f"account-{look}")
    grant_operator(viewer)
    page.reload()
    for view, ready in OPERATOR.items():
        viewer.open(f"#/operator/{view}")
        expect(page.locator(ready).first).to_be_visible(timeout=40_000)  # a role holds within half a minute
        if view == "viewers":
            page.locator("#who").fill(viewer.email)
            page.locator("#who").press("Enter")
            expect(page.locator("#op-places")).to_be_visible()
        picture(page, f"operator-{view}-{look}")


def like_found(viewer: Viewer, text: str) -> None:
    """Likes the best match."""
    found = viewer.searches(text)
    match = found.filter(has_text=text.split()[0].capitalize()).first
    match.locator(".action-like").click()
    expect(match.locator(".action-like")).to_have_attribute("aria-pressed", "true")


def picture(page: Page, name: str) -> None:
    """A picture of what is to be seen now, small enough to be kept with the code."""
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)
    path = SCREENS / f"{name}.png"
    page.screenshot(path=path)
    print(f"{path.name}: {path.stat().st_size // 1000} KB")
    assert path.stat().st_size < BYTES_MAX


def main(address: str) -> None:
    """All looks."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launched(playwright)
        for language, size, theme in LOOKS:
            cinema = Cinema(browser, address)
            where = "desktop" if size == DESKTOP else "phone"
            take(cinema.viewer(language, size, theme), f"{language}-{where}")
            cinema.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
