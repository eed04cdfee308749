"""What only one person may see, and what one person pays, votes or hides."""

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.house import ANN, BAO, OFFICE, House, Shop
from tests.browser.phone import Phone


def test_an_ephemeral_message_is_seen_by_its_receiver_alone(house: House, shop: Shop, open_page: Open) -> None:
    page = open_page()
    ann, bao = Phone(page, "Ann"), Phone(page, "Bao")
    house.call(
        "sendMessage",
        chat_id=OFFICE,
        text="Your seat: 2 · 36.00",
        ephemeral_message_parameters={"receiver_user_id": ANN},
    )
    expect(ann.message("Your seat: 2")).to_contain_text("Only you see this")
    house.say(BAO, "A word after it")
    expect(bao.message("A word after it")).to_be_visible()
    expect(bao.node.get_by_text("Your seat: 2")).to_have_count(0)
    page.reload()
    expect(ann.message("Your seat: 2")).to_contain_text("Only you see this")
    expect(bao.message("A word after it")).to_be_visible()
    expect(bao.node.get_by_text("Your seat: 2")).to_have_count(0)


def test_an_invoice_can_be_paid_or_left(house: House, shop: Shop, open_page: Open) -> None:
    house.post("/start", person_id=ANN)
    bot = house.call("getMe")["id"]
    page = open_page(f"/?as={ANN}&chat={bot}")
    ann = Phone(page, "Ann")
    for number in (1043, 1044):
        house.call(
            "sendInvoice",
            chat_id=ANN,
            title=f"Order {number}",
            description="Honey oranges ×2",
            payload=str(number),
            currency="XTR",
            prices=[{"label": "Oranges", "amount": 64}],
        )
    ann.message("Order 1043").get_by_role("button", name="Not now").click()
    expect(ann.message("Order 1043")).to_contain_text("Not paid")
    expect(ann.message("Order 1043").get_by_role("button", name="Pay")).to_have_count(1)  # one may change one's mind
    ann.message("Order 1044").get_by_role("button", name="Pay").click()
    expect(ann.message("Order 1044").get_by_role("status")).to_have_text("Paid")
    expect(ann.message("Order 1044").get_by_role("button", name="Pay")).to_have_count(0)
    expect(ann.node.locator(".service").last).to_contain_text("Ann paid ★ 64")


def test_a_poll_shows_choices_then_shares(house: House, shop: Shop, open_page: Open) -> None:
    house.call(
        "sendPoll",
        chat_id=OFFICE,
        question="What next week?",
        is_anonymous=False,
        options=[{"text": "Oranges"}, {"text": "Apples"}],
    )
    page = open_page()
    ann, bao = Phone(page, "Ann"), Phone(page, "Bao")
    ann.message("What next week?").get_by_role("button", name="Oranges").click()
    expect(ann.message("What next week?").locator(".poll-share")).to_have_text(["100%", "0%"])
    expect(bao.message("What next week?")).to_contain_text("1 vote")
    bao.message("What next week?").get_by_role("button", name="Apples").click()
    expect(ann.message("What next week?").locator(".poll-share")).to_have_text(["50%", "50%"])


def test_a_spoiler_is_read_by_a_click(house: House, shop: Shop, open_page: Open) -> None:
    house.call("sendMessage", chat_id=OFFICE, text="The prize is <tg-spoiler>a basket</tg-spoiler>", parse_mode="HTML")
    page = open_page()
    spoiler = Phone(page, "Ann").node.locator(".spoiler")
    spoiler.click()
    expect(spoiler).to_have_class("spoiler open")
