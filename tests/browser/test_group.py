"""Groups on the page: albums, topics, moving house, an old message that changes, what the inspector tells."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.house import ANN, BAO, CHEN, FORUM, OFFICE, House, Shop, oranges
from tests.browser.phone import Phone

STAIRWELL = -2000000001


def test_an_album_is_one_bubble_with_its_pictures_in_a_grid(house: House, open_page: Open) -> None:
    first = house.post("/photo", chat_id=OFFICE, person_id=CHEN, album="a", caption="From Saturday", bytes=oranges())
    page = open_page()
    ann = Phone(page, "Ann")
    album = ann.message("From Saturday")
    expect(album.locator("img")).to_have_count(1)
    second = house.post("/photo", chat_id=OFFICE, person_id=CHEN, album="a", name="b.png")
    house.post("/photo", chat_id=OFFICE, person_id=CHEN, album="a", name="c.png")
    expect(album.locator(".album img")).to_have_count(3)
    expect(ann.node.get_by_role("article")).to_have_count(1)
    house.post("/delete", chat_id=OFFICE, message_id=second["message_id"], person_id=CHEN)
    expect(album.locator(".album img")).to_have_count(2)
    house.post("/edit", chat_id=OFFICE, message_id=first["message_id"], person_id=CHEN, text="From Sunday")
    expect(ann.message("From Sunday").locator(".album img")).to_have_count(2)
    page.reload()
    expect(ann.message("From Sunday").locator(".album img")).to_have_count(2)


def test_a_forums_topics_are_read_and_written_one_by_one(house: House, open_page: Open) -> None:
    house.say(BAO, "In general", chat=FORUM)
    house.say(BAO, "Oranges on Friday", chat=FORUM, message_thread_id=2)
    page = open_page(f"/?as={ANN}&chat={FORUM}")
    ann = Phone(page, "Ann")
    expect(ann.message("In general")).to_be_visible()
    ann.node.get_by_role("button", name="Deals", exact=True).click()
    expect(ann.node.get_by_text("In general")).to_have_count(0)
    ann.say("I take two")
    expect(ann.message("I take two")).to_be_visible()
    assert house.get(f"/chats/{FORUM}", person_id=BAO)["messages"][-1]["message_thread_id"] == 2
    ann.node.get_by_role("button", name="General", exact=True).click()
    expect(ann.node.get_by_text("I take two")).to_have_count(0)
    house.post("/topics", chat_id=FORUM, name="Pickup")
    expect(ann.node.get_by_role("button", name="Pickup", exact=True)).to_be_visible()


def test_a_group_that_becomes_a_supergroup_is_followed(house: House, shop: Shop, open_page: Open) -> None:
    page = open_page(f"/?as={ANN}&chat={STAIRWELL}")
    ann = Phone(page, "Ann")
    ann.say("before")
    expect(ann.message("before")).to_be_visible()
    moved = house.post("/upgrade", chat_id=STAIRWELL)
    expect(ann.node.locator(".service").last).to_contain_text("supergroup")
    ann.say("after")
    expect(ann.message("after")).to_be_visible()
    assert house.get(f"/chats/{moved['to']}", person_id=BAO)["messages"][-1]["text"] == "after"


def test_a_card_edited_far_above_does_not_come_up_anew(house: House, shop: Shop, open_page: Open) -> None:
    house.fill(150)
    page = open_page(f"/?as={ANN}&chat={OFFICE}")
    ann = Phone(page, "Ann")
    expect(ann.message("Line 149")).to_be_visible()
    house.call("editMessageText", chat_id=OFFICE, message_id=shop.card["message_id"], text="Sold out")
    expect(ann.node.locator(".pin-bar")).to_contain_text("Sold out")
    house.say(BAO, "and then")
    expect(ann.message("and then")).to_be_visible()
    expect(ann.node.get_by_role("log").get_by_text("Sold out")).to_have_count(0)


def test_a_whisper_in_a_cards_place_is_seen_there_by_one(house: House, shop: Shop, open_page: Open) -> None:
    card = house.call(
        "sendMessage",
        chat_id=OFFICE,
        text="Apples",
        reply_markup={"inline_keyboard": [[{"text": "me", "callback_data": "me"}]]},
    )
    page = open_page()
    ann, bao = Phone(page, "Ann"), Phone(page, "Bao")
    expect(ann.message("Apples")).to_be_visible()
    tapped = house.post("/tap", chat_id=OFFICE, message_id=card["message_id"], person_id=ANN, button="me", wait=False)
    place = {"receiver_user_id": ANN, "callback_query_id": tapped["query_id"], "replace_callback_query_message": True}
    sent = house.call("sendMessage", chat_id=OFFICE, text="Yours: 2", ephemeral_message_parameters=place)
    expect(ann.message("Yours: 2")).to_be_visible()
    expect(ann.message("Apples")).to_have_count(0)
    expect(bao.message("Apples")).to_be_visible()
    house.call(
        "deleteEphemeralMessage",
        chat_id=OFFICE,
        receiver_user_id=ANN,
        ephemeral_message_id=sent["ephemeral_message_id"],
    )
    expect(ann.message("Apples")).to_be_visible()


def test_the_inspector_tells_what_was_and_what_comes(house: House, shop: Shop, open_page: Open) -> None:
    house.say(CHEN, "before the page was there")
    page = open_page()
    page.get_by_role("button", name="Inspector").click()
    inspector = page.get_by_role("complementary", name="Inspector")
    expect(inspector.get_by_role("listitem").filter(has_text="sendMessage")).to_have_count(1)
    inspector.get_by_role("tab", name="Updates").click()
    Phone(page, "Bao").key("+1").click()
    expect(inspector.get_by_role("listitem").first).to_contain_text("callback_query")
    for number in range(3):
        house.call("sendMessage", chat_id=OFFICE, text=f"{number}")
    house.call("sendChatAction", chat_id=OFFICE, action="typing")
    minute = inspector.locator(".meter-value").nth(1)
    expect(minute).to_have_text(re.compile(r"^5\b"))  # the card, its edit and three messages
