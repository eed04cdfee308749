"""Chromium, a sandbox of its own for each test, and pages that fail the test when their console complains."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.browser.house import House, Shop

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail(
            f"The browser tests need Chromium: put one of {', '.join(NAMES)} on PATH, or its path into CHROMIUM.",
            pytrace=False,
        )
    started = playwright.chromium.launch(executable_path=path, args=QUIET)
    yield started
    started.close()


@pytest.fixture
def house() -> Iterator[House]:
    with House() as running:
        yield running


@pytest.fixture
def shop(house: House) -> Iterator[Shop]:
    with Shop(house) as open_shop:
        yield open_shop


@pytest.fixture
def open_page(browser: Browser, house: House) -> Iterator[Open]:
    """Opens the page: open_page("/?as=1003", width=375, dark=True); whatever the console complains of fails the test."""
    complaints: list[str] = []
    contexts = []

    def heard(kind: str, text: str) -> None:
        if (
            kind in ("error", "warning") and "net::ERR_" not in text
        ):  # a lost connection is told to the reader, not a mistake
            complaints.append(text)

    def opened(
        path: str = "/", width: int = 1440, height: int = 860, dark: bool = False, locale: str = "en-GB"
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale=locale,
            timezone_id="Asia/Shanghai",
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda word: heard(word.type, word.text))
        page.goto(house.url + path)
        page.locator(".column").first.wait_for(state="attached")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
