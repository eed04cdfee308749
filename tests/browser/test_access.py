"""For everybody: axe finds nothing, the keyboard alone suffices, English and Chinese, three widths, light and dark."""

import re
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.house import ANN, CHEN, OFFICE, House, Shop
from tests.browser.phone import Phone

WIDTHS = [375, 900, 1440]
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
STILL = """() => {
  const ending = (one) => one.effect.getComputedTiming().endTime !== Infinity;
  return Promise.allSettled(document.getAnimations().filter(ending).map((one) => one.finished)).then(() => true);
}"""


def complaints(page: Page) -> list[str]:
    """What axe objects to, one line each."""
    results = Axe().run(page).response["violations"]
    return [f"{found['id']}: {found['help']}: {node['html'][:160]}" for found in results for node in found["nodes"]]


def lively(house: House, shop: Shop) -> None:
    """A chat in which every kind of message stands."""
    asked = house.say(CHEN, "Are they sweet or sour? https://example.org /deals")
    house.say(ANN, "Sweet.", reply_to=asked["message_id"])
    house.photo(CHEN, "From Saturday")
    house.post("/document", chat_id=OFFICE, person_id=CHEN, name="list.csv", text="Ann,2")
    house.call(
        "sendPoll", chat_id=OFFICE, question="What next week?", options=[{"text": "Oranges"}, {"text": "Apples"}]
    )
    house.call(
        "sendMessage",
        chat_id=OFFICE,
        text="Your seat: 2 · 36.00",
        ephemeral_message_parameters={"receiver_user_id": ANN},
    )
    house.post("/react", chat_id=OFFICE, message_id=asked["message_id"], person_id=ANN, emoji="👍")


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_axe_finds_nothing_to_object_to(house: House, shop: Shop, open_page: Open, locale: str) -> None:
    lively(house, shop)
    page = open_page(locale=locale)
    expect(Phone(page, "Ann").message("Your seat: 2")).to_be_visible()
    page.get_by_role("button", name=re.compile("Inspector|检视")).click()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 860})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.evaluate(STILL)  # colours fade in; axe would measure them half-way
            assert complaints(page) == [], f"{width} {scheme}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_finds_nothing_in_the_list_the_menus_and_the_forms(house: House, shop: Shop, open_page: Open) -> None:
    page = open_page()
    Phone(page, "Ann").node.get_by_role("button", name="Chats").click()
    page.get_by_role("button", name="People, groups and faults").click()
    page.evaluate(STILL)
    assert complaints(page) == []
    page.get_by_role("menuitem", name="New group").click()
    page.evaluate(STILL)
    assert complaints(page) == []


def test_the_keyboard_alone_reads_replies_and_taps(house: House, shop: Shop, open_page: Open) -> None:
    house.say(CHEN, "Are they sweet or sour?")
    page = open_page(f"/?as={ANN}&chat={OFFICE}")
    ann = Phone(page, "Ann")
    expect(ann.message("sweet or sour")).to_be_visible()
    ann.node.locator(".timeline").focus()
    page.keyboard.press("ArrowUp")
    expect(ann.message("sweet or sour")).to_be_focused()
    page.keyboard.press("Enter")
    expect(ann.words).to_be_focused()
    page.keyboard.type("Sweet.")
    page.keyboard.press("Enter")
    expect(ann.message("Sweet.").locator(".quote")).to_contain_text("sweet or sour")
    ann.node.locator(".timeline").focus()
    for _ in range(2):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    expect(ann.message("sweet or sour").locator(".reaction")).to_contain_text("👍")


def test_chinese_by_the_browser_and_by_the_toggle(open_page: Open) -> None:
    page = open_page(locale="zh-CN")
    expect(page.get_by_role("button", name="加一列")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Add a column")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"


def test_the_theme_toggle_is_remembered(open_page: Open) -> None:
    page = open_page()
    page.get_by_role("button", name="Light or dark").click()
    page.reload()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_a_window_of_ones_own_fits_a_phone(house: House, shop: Shop, open_page: Open) -> None:
    page = open_page(f"/?as={ANN}&chat={OFFICE}", width=375, height=812)
    expect(Phone(page, "Ann").key("+1")).to_be_visible()
    assert page.locator(".column").evaluate("node => node.getBoundingClientRect().right") <= 375


def test_a_phone_shows_one_column_and_a_switcher(house: House, shop: Shop, open_page: Open) -> None:
    page = open_page(width=375, height=812)
    expect(page.locator(".column:visible")).to_have_count(1)
    page.get_by_role("navigation", name="Columns").get_by_role("button", name="Bao").click()
    expect(Phone(page, "Bao").key("+1")).to_be_visible()
    Phone(page, "Bao").key("+1").click()
    expect(Phone(page, "Bao").message("Bao ×1")).to_be_visible()
