"""A viewer at the page: what people do there, told in their words. Used on the fake and on the deployed stack alike."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, ViewportSize, expect

CHROMIUM = "/usr/bin/chromium"
# Quiet on the network: the only address it may speak to is the page's own.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "a long evening at the pictures"
PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=800)

type Language = Literal["ru", "en"]
type Action = Literal["like", "dislike", "saved", "seen", "more_like_this", "exclude"]


def launched(playwright: Playwright) -> Browser:
    """Debian's chromium, headless."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)


@dataclass
class Viewer:
    """One person with one browser profile. `mistakes` collects what the page should never do: errors, refused code."""

    page: Page
    address: str
    language: Language
    email: str = field(default_factory=lambda: f"viewer-{uuid.uuid4().hex[:12]}@example.org")
    mistakes: list[str] = field(default_factory=list)

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def watch(self, page: Page) -> None:
        """Notes errors and refusals of the security policy."""
        page.on("pageerror", lambda error: self.mistakes.append(str(error)))
        page.on("console", lambda message: self._note(message.text))

    def _note(self, text: str) -> None:
        if "Content Security Policy" in text or "Trusted" in text:
            self.mistakes.append(text)

    def open(self, screen: str = "") -> None:
        """Opens a screen by its address behind the `#`."""
        self.page.goto(f"{self.address}{screen}")

    def register(self) -> None:
        """From the first page to the first list, past the first minute."""
        self.registers()
        self.page.locator(".first-skip").click()
        self.sees_list()

    def registers(self) -> None:
        """From the first page to the first minute."""
        self.open("#/")  # or signing in would lead back to where they were
        self.open("#/register")
        self.page.locator("#email").fill(self.email)
        self.page.locator("#password").fill(PASSWORD)
        self.page.locator("form.sign-in .button-main").click()
        expect(self.page.locator(".first-film").first).to_be_visible(timeout=30_000)

    def signs_in(self, password: str = PASSWORD) -> None:
        """By the form, wherever it is."""
        if not self.page.url.endswith("#/sign-in"):  # opened once more it would be loaded anew, under what is typed
            self.open("#/sign-in")
        self.page.locator("#email").fill(self.email)
        self.page.locator("#password").fill(password)
        self.page.locator("form.sign-in .button-main").click()
        expect(self.page.locator("form.sign-in")).to_have_count(0)
        self.page.locator(".sections a").first.click()
        self.sees_list()

    def signs_out(self) -> None:
        """From the account screen."""
        self.open("#/account")
        self.page.locator("[aria-labelledby=settings-title] > .button").click()
        expect(self.page).to_have_url(f"{self.address}#/sign-in")
        expect(self.page.locator("form.sign-in")).to_be_visible()

    def sees_list(self) -> None:
        """Waits for the home page's films."""
        expect(self.page.locator(".row .card").first).to_be_visible(timeout=30_000)

    def sees_source(self, source: str, seconds: float) -> float:
        """Waits until films of that source are shown; how long it took."""
        start = time.monotonic()
        expect(self.page.locator(f".source-{source}").first).to_be_visible(timeout=seconds * 1000)
        return time.monotonic() - start

    def row(self, index: int = 0) -> Locator:
        """A row of films on the home page."""
        return self.page.locator("main .row").nth(index)

    def place(self, index: int) -> Locator:
        """A place in the first row."""
        return self.row().locator(".slot").nth(index)

    def title_at(self, index: int) -> str:
        """The title in a place of the first row."""
        return self.place(index).locator(".card-title").inner_text()

    def rates(self, index: int, action: Action) -> str:
        """Presses a button of a film of the first row; its title."""
        title = self.title_at(index)
        self.presses(self.place(index), action)
        expect(self.place(index).locator(".rated")).to_be_visible()
        return title

    def presses(self, card: Locator, action: Action) -> None:
        """A button of a film, out of its menu where a phone has it there."""
        button = card.locator(f".action-{action}")
        if button.is_visible():
            button.click()
        else:
            card.locator(".action-menu").click()
            self.page.locator(f".sheet .action-{action}").click()

    def searches(self, text: str) -> Locator:
        """Types into the search; the films found."""
        self.open("#/search")
        self.page.locator("#search-text").fill(text)
        return self.page.locator(".grid .card")


@dataclass
class Cinema:
    """Gives viewers to a test, and checks at its end that none of their pages made a mistake."""

    browser: Browser
    address: str
    viewers: list[Viewer] = field(default_factory=list)

    def viewer(
        self,
        language: Language = "ru",
        size: ViewportSize = DESKTOP,
        theme: Literal["light", "dark"] = "light",
        *,
        calm: bool = True,
    ) -> Viewer:
        """A new profile. `calm` asks for reduced motion, which tests of looks want."""
        context = self.browser.new_context(
            viewport=size,
            locale={"ru": "ru-RU", "en": "en-GB"}[language],
            color_scheme=theme,
            has_touch=size["width"] < 500,
            is_mobile=size["width"] < 500,
            reduced_motion="reduce" if calm else "no-preference",
        )
        viewer = Viewer(context.new_page(), self.address, language)
        viewer.watch(viewer.page)
        self.viewers.append(viewer)
        return viewer

    def close(self) -> None:
        """Ends all profiles."""
        mistakes = [mistake for viewer in self.viewers for mistake in viewer.mistakes]
        for viewer in self.viewers:
            viewer.context.close()
        assert not mistakes, mistakes


@contextmanager
def cinema_at(browser: Browser, address: str) -> Iterator[Cinema]:
    """A `Cinema` that is closed, and its pages' mistakes told, whatever happens."""
    cinema = Cinema(browser, address)
    try:
        yield cinema
    finally:
        cinema.close()


def until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    """Looks again and again until it holds, at most so long."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
