"""The picture the README begins with: the real bot in a sandbox, one Friday evening, in the moment the price falls.

`python -m tests.browser.evening` (make pictures) takes it anew; tests/browser/test_evening.py sees to it that it is true.
"""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Self

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.app import App
from bot.core.clock import Clock
from bot.gateway.throttle import Rates
from campaigns.linter import check
from sandbox.clock import Clock as PlatformClock
from tests.browser.conftest import NAMES, QUIET
from tests.browser.house import ANN, BAO, CHEN, LI_WEI, OFFICE, House
from tests.browser.phone import Phone

PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "evening.png"
FRIDAY = 1_796_380_000  # Fri 4 Dec 2026, 18:26 in Shanghai
WIDTH, HEIGHT = 1440, 960
BOT = 2000
PATIENCE = 20.0
OFFER = "/sell Honey oranges, 5 kg 39.90, 3 people 36, 8 people 32, Fri 20:00"
_STAY = "const soon = setTimeout; setTimeout = (run, ms, ...rest) => soon(run, ms > 4000 ? 1e6 : ms, ...rest);"  # toasts wait
CONFIG = """
[bot]
token = "env:TUAN_EVENING_TOKEN"
api_root = "{url}"
database = "sqlite:///{folder}/tuan.db"
languages = ["en", "zh_CN"]

[[shop]]
id = "orchard"
name = "Orchard Lane"
currency = "CNY"
timezone = "Asia/Shanghai"
owners = [1001]
pay_to = "Transfer to Li Wei"

[[circle]]
chat_id = -1001000000001
name = "Office 3F"
language = "en"
"""


class Evening(House):
    """A house with the real bot in it, both on a Friday's clock; the card that Li Wei opened stands in the circle."""

    def __init__(self) -> None:
        began = time.time()
        super().__init__(PlatformClock(lambda: FRIDAY + time.time() - began))
        self._now = Clock(timedelta(seconds=FRIDAY - began))

    def __enter__(self) -> Self:
        super().__enter__()
        self._folder = tempfile.TemporaryDirectory(prefix="tuan-evening-")
        self._app = self._run(self._open())
        self._serving = asyncio.run_coroutine_threadsafe(self._app.run(), self._loop)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._app.stop)
        self._serving.result(30)
        self._run(self._app.close())
        self._folder.cleanup()
        super().__exit__()

    async def _open(self) -> App:
        os.environ["TUAN_EVENING_TOKEN"] = f"{BOT}:a-token-of-this-machine-that-opens-nothing"
        file = Path(self._folder.name) / "bot.toml"
        file.write_text(CONFIG.format(url=self.url, folder=self._folder.name))
        loaded = check(file)
        assert loaded.config is not None, loaded.mistakes
        rates = Rates(
            per_second=100, per_chat_per_second=100, per_group_per_minute=1000, card_gap=0.1
        )  # nobody waits here
        return await App.open(loaded.config, clock=self._now, file=file, rates=rates)

    def play(self) -> None:
        """Two have joined; the next one makes it three, and all pay less."""
        for person in (LI_WEI, ANN, BAO, CHEN):
            self.post("/start", person_id=person, bot_id=BOT)
        self.say(LI_WEI, OFFER, chat=BOT)
        self.press(LI_WEI, "Open in Office 3F", chat=BOT)
        self._until(lambda: next((one for one in self._seen(ANN, OFFICE) if "pinned_message" in one), None))
        self.say(ANN, "+2")
        self.shows("You: 2")
        self.press(CHEN, "+1")
        self.shows("Chen ×1")

    def press(self, person: int, label: str, chat: int = OFFICE) -> None:
        """Taps the newest button of that name."""
        message = self._until(lambda: self._bearing(person, chat, label))
        self.post("/tap", chat_id=chat, message_id=message["message_id"], person_id=person, button=label)

    def shows(self, text: str) -> dict[str, object]:
        """The newest message of the circle with that text; waits for it."""
        return self._until(lambda: next((one for one in self._seen(ANN, OFFICE) if text in str(one.get("text"))), None))

    def _bearing(self, person: int, chat: int, label: str) -> dict[str, object] | None:
        for message in self._seen(person, chat):
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                if any(button["text"] == label for button in row):
                    return message
        return None

    def _seen(self, person: int, chat: int) -> list[dict[str, object]]:
        return list(reversed(self.get(f"/chats/{chat}", person_id=person)["messages"]))

    def _until(self, look: Callable[[], dict[str, object] | None]) -> dict[str, object]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if (found := look()) is not None:
                return found
            time.sleep(0.05)  # people look again
        raise AssertionError("the evening did not come about")


def look_on(browser: Browser, evening: Evening) -> Page:
    """The page as a visitor has it: Ann, Bao and Chen side by side in the circle."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB", timezone_id="Asia/Shanghai",
        color_scheme="light", reduced_motion="reduce",
    )  # fmt: skip
    page = context.new_page()
    page.add_init_script(_STAY)
    columns = "&".join(f"column={person}:{OFFICE}" for person in (ANN, BAO, CHEN))
    page.goto(f"{evening.url}/?{columns}")
    expect(Phone(page, "Bao").message("Chen ×1")).to_be_visible()
    return page


def bao_joins(page: Page) -> None:
    """Bao taps on the page; everybody sees the card change and the line that the price fell."""
    Phone(page, "Bao").key("+1").click()
    for name in ("Ann", "Bao", "Chen"):
        phone = Phone(page, name)
        expect(phone.message("Bao ×1")).to_be_in_viewport()
        expect(phone.message("all pay 36.00 now")).to_be_in_viewport()
    expect(Phone(page, "Bao").toast).to_contain_text("You: 1 · 36.00 each now")


def take(page: Page) -> Image.Image:
    """What is to be seen, the mouse out of the way."""
    page.mouse.move(0, 0)
    page.wait_for_function(
        "[...document.images].every((image) => image.complete) && document.fonts.status === 'loaded'"
    )
    return Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")


def main() -> int:
    with sync_playwright() as playwright, Evening() as evening:
        browser = playwright.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, NAMES)), None), args=QUIET
        )
        evening.play()
        page = look_on(browser, evening)
        bao_joins(page)
        take(page).quantize(192).save(PICTURE, optimize=True)
        page.context.close()
        browser.close()
    print(PICTURE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
