"""A browser for the whole run, and for each test a fake API with the page before it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.fake_api import FakeApi
from tests.browser.fake_server import served
from tests.browser.viewer import Cinema, cinema_at, launched

expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture
def cinema(browser: Browser, api: FakeApi) -> Iterator[Cinema]:
    with served(api) as address, cinema_at(browser, address) as cinema:
        yield cinema
    assert api.strays == [], "the real API says it otherwise"
