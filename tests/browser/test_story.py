"""The evening's core, clicked on the page with the real bot behind it: from `+2` to the first box handed over."""

import asyncio
from collections.abc import Coroutine, Iterator
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.demo.evening import BOT_ID, Evening, evening
from bot.demo.living import opened
from bot.demo.shop import OFFICE
from tests.browser.house import ANN, BAO, CHEN, LI_WEI
from tests.browser.phone import Phone

PATIENT = 15_000  # ms: the bot, its database and Chromium share two cores with other tests


@pytest.fixture
def demo() -> Iterator[str]:
    """`tuan demo` as a visitor finds it, its first group buy open; the address of its page."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(60)

    played = evening(0, 1, None, hurry=True)
    there: Evening = run(played.__aenter__())
    try:
        run(opened(there))
        yield there.sandbox.url
    finally:
        run(played.__aexit__(None, None, None))
        run(_rest())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _rest() -> None:
    """Ends what the page's streams left behind."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


class Player(Phone):
    """A column that is turned to before it is used: on a phone one is shown at a time."""

    def __init__(self, page: Page, name: str) -> None:
        super().__init__(page, name)
        self.switch = page.locator(".switch", has_text=name)

    @property
    def here(self) -> "Player":
        if self.switch.is_visible():
            self.switch.click()
        return self


WINDOWS = [(width, scheme) for width in (375, 900, 1440) for scheme in ("light", "dark")]


@pytest.fixture(params=WINDOWS, ids=lambda window: f"{window[0]}-{window[1]}")
def page(request: pytest.FixtureRequest, browser: Browser, demo: str) -> Iterator[Page]:
    """Ann, Bao and Chen side by side in the circle, Li Wei in his chat with the bot."""
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, locale="en-GB", timezone_id="Asia/Shanghai"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENT)
    expect.set_options(timeout=PATIENT)
    columns = [(ANN, OFFICE), (BAO, OFFICE), (CHEN, OFFICE), (LI_WEI, BOT_ID)]
    page.goto(f"{demo}/?" + "&".join(f"column={person}:{chat}" for person, chat in columns))
    yield page
    expect.set_options(timeout=5_000)
    context.close()


def test_the_story_is_played_by_clicking(page: Page) -> None:
    ann, bao, chen, li_wei = (Player(page, name) for name in ("Ann", "Bao", "Chen", "Li Wei"))
    _join(ann, bao, chen)
    page.locator(".clock").click()
    page.get_by_role("menuitem", name="+6 hours").click()
    for phone in (ann, bao, chen):
        expect(phone.here.message("Locked: 36.00 each")).to_be_visible()
    _pay(ann, li_wei)
    _hand_over(ann, li_wei)


def _join(ann: Player, bao: Player, chen: Player) -> None:
    """Ann types, Bao taps, Chen brings the step; each card follows, each tap says seat, price and what is missing."""
    expect(ann.here.message("Honey oranges")).to_be_visible()
    ann.here.say("+2")
    for phone in (ann, bao, chen):
        expect(phone.here.message("1. Ann ×2")).to_be_visible()
    _plus_one(bao)
    expect(bao.here.toast).to_have_text("You: 1 · 39.90 each now · 1 more person and all pay 36.00")
    expect(chen.here.message("2. Bao ×1")).to_be_visible()
    _plus_one(chen)
    expect(chen.here.toast).to_have_text("You: 1 · 36.00 each now · 5 more people and all pay 32.00")
    for phone in (ann, bao, chen):
        expect(phone.here.message("3 people 36.00 ◀")).to_be_visible()
        expect(phone.here.message("all pay 36.00 now")).to_be_visible()


def _plus_one(phone: Player) -> None:
    phone.here.message("Honey oranges").get_by_role("button", name="+1", exact=True).click()


def _pay(ann: Player, li_wei: Player) -> None:
    """The receipt is in Ann's private chat; what she says there Li Wei is asked about."""
    ann.here.node.get_by_role("button", name="Chats").click()
    ann.here.node.locator(f'.chat-entry[data-chat="{BOT_ID}"]').click()
    expect(ann.here.message("that is 72.00 CNY")).to_contain_text("Transfer to Li Wei")
    ann.here.message("that is 72.00 CNY").get_by_role("button", name="I have paid").click()
    expect(li_wei.here.message("Ann says 72.00 CNY is paid")).to_be_visible()
    li_wei.here.message("Ann says 72.00 CNY is paid").get_by_role("button", name="It has arrived").click()
    expect(ann.here.message("Paid: 72.00")).to_be_visible()


def _hand_over(ann: Player, li_wei: Player) -> None:
    """Li Wei has the pick list unasked, and marks the first box."""
    expect(li_wei.here.message("1. Ann ×2 · 72.00")).to_be_visible()
    li_wei.here.say("/handover Ann")
    li_wei.here.message("paid, not handed over").get_by_role("button", name="handed over").click()
    expect(ann.here.message("Would you buy it again?")).to_be_visible()
    ann.here.message("Would you buy it again?").get_by_role("button", name="Again", exact=True).click()
    expect(ann.here.toast).to_have_text("Thank you, noted.")
