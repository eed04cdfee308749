"""The page as it looks, kept in docs/pictures and checked against drift: three widths, light and dark, one evening's chat.

`TUAN_PICTURES=write pytest tests/browser/test_picture.py` draws them anew. Fonts differ between machines, so pictures are
compared as blocks of twelve pixels: what moves, vanishes or changes its colour is seen, how a letter is drawn is not.
"""

import os
import time
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Browser, Page, expect

from sandbox.clock import Clock
from tests.browser.house import ANN, BAO, CHEN, DORA, OFFICE, House, Shop
from tests.browser.phone import Phone

KEPT = Path(__file__).parents[2] / "docs" / "pictures"
FRIDAY = 1_796_380_000  # Fri 4 Dec 2026, 18:26 in Shanghai
BLOCK = 12
DRIFT = 6.0  # mean difference of the blocks' brightness, of 255
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
HEIGHTS = {375: 812, 900: 860, 1440: 860}


def evening() -> Clock:
    """A clock that starts on a Friday evening and runs."""
    began = time.monotonic()
    return Clock(lambda: FRIDAY + time.monotonic() - began)


def play(house: House, shop: Shop) -> None:
    """What the pictures show: a card with a seat taken, a private word, a question with its answer, a photo."""
    card = shop.card["message_id"]
    house.photo(DORA, "Mine from last Friday")
    asked = house.say(CHEN, "Are they sweet or sour?")
    house.say(ANN, "Sweet. I had them three times, my kids ask for nothing else.", reply_to=asked["message_id"])
    again = house.call("sendMessage", chat_id=OFFICE, text=shop.text(), parse_mode="HTML", reply_markup=shop.keys)
    house.call("unpinChatMessage", chat_id=OFFICE, message_id=card)
    house.call("pinChatMessage", chat_id=OFFICE, message_id=again["message_id"], disable_notification=True)
    shop.card = again
    house.post("/tap", chat_id=OFFICE, message_id=again["message_id"], person_id=BAO, button="+1")
    for person in (ANN, CHEN):
        house.post("/react", chat_id=OFFICE, message_id=again["message_id"], person_id=person, emoji="👍")
    house.call(
        "sendMessage",
        chat_id=OFFICE,
        text="You: 2 · 36.00 each now",
        ephemeral_message_parameters={"receiver_user_id": ANN},
    )
    house.say(BAO, "+1 large", reply_to=again["message_id"])


def blocks(picture: Image.Image) -> Image.Image:
    grey = picture.convert("L")
    return grey.resize((max(1, grey.width // BLOCK), max(1, grey.height // BLOCK)), Image.Resampling.BOX)


def drift(before: Image.Image, now: Image.Image) -> float:
    """How far two pictures are apart, as the mean difference of their blocks."""
    if before.size != now.size:
        return 255.0
    return ImageStat.Stat(ImageChops.difference(blocks(before), blocks(now))).mean[0]


def test_the_page_looks_as_it_did(browser: Browser) -> None:
    drifted = []
    with House(evening()) as house, Shop(house) as shop:
        play(house, shop)
        page = look(browser, house)
        for width, height in HEIGHTS.items():
            for scheme in SCHEMES:
                picture = shot(page, width, height, scheme)
                kept = KEPT / f"chat-{width}-{scheme}.png"
                if os.environ.get("TUAN_PICTURES") == "write":
                    kept.parent.mkdir(parents=True, exist_ok=True)
                    picture.quantize(192).save(kept, optimize=True)
                with Image.open(kept) as before:
                    if (apart := drift(before.convert("RGB"), picture)) > DRIFT:
                        drifted.append(f"{kept.name}: {apart:.1f}")
        page.context.close()
    assert drifted == [], "the page looks different; if that is meant, draw the pictures anew with TUAN_PICTURES=write"


def look(browser: Browser, house: House) -> Page:
    context = browser.new_context(locale="en-GB", timezone_id="Asia/Shanghai", reduced_motion="reduce")
    page = context.new_page()
    page.goto(house.url)
    expect(Phone(page, "Ann").message("+1 large")).to_be_visible()
    return page


def shot(page: Page, width: int, height: int, scheme: Scheme) -> Image.Image:
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    expect(Phone(page, "Ann").message("+1 large")).to_be_in_viewport()
    page.evaluate(
        "Promise.all([document.fonts.ready, ...[...document.images].map((image) => image.decode())]).then(() => 1)"
    )
    return Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")


def test_a_moved_column_would_be_noticed() -> None:
    """The check itself is checked: a picture shifted by half a bubble is not the same picture."""
    with Image.open(KEPT / "chat-1440-light.png") as kept:
        picture = kept.convert("RGB")
    assert drift(picture, picture) == 0
    assert drift(picture, ImageChops.offset(picture, 40, 0)) > DRIFT
