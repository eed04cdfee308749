"""Links of the pretend platform lead somewhere when clicked: start links, invitations, the share dialog."""

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.house import ANN, DORA, OFFICE, House, Shop
from tests.browser.phone import Phone

NINA = "Nina"


def test_a_start_link_opens_the_private_chat_with_its_payload(house: House, shop: Shop, open_page: Open) -> None:
    me = house.call("getMe")
    house.say(DORA, f"Come along: https://t.me/{me['username']}?start=ref_42")
    page = open_page()
    ann = Phone(page, "Ann")
    ann.message("Come along").get_by_role("link").click()
    expect(ann.message("/start ref_42")).to_be_visible()
    expect(ann.node.get_by_role("heading", level=2)).to_have_text(me["first_name"])


def test_an_invite_link_lets_a_newcomer_in(house: House, shop: Shop, open_page: Open) -> None:
    nina = house.post("/people", name=NINA)["id"]
    link = house.call("createChatInviteLink", chat_id=OFFICE, name="door")["invite_link"]
    house.post("/start", person_id=nina)
    house.call("sendMessage", chat_id=nina, text=f"Your door: {link}")
    page = open_page(f"/?as={nina}&chat={house.call('getMe')['id']}")
    Phone(page, NINA).message("Your door").get_by_role("link").click()
    expect(Phone(page, NINA).node.get_by_role("heading", level=2)).to_have_text("Office 3F")
    expect(Phone(page, NINA).node.locator(".service").last).to_contain_text("Nina joined")


def test_share_asks_where_and_says_it_there(house: House, shop: Shop, open_page: Open) -> None:
    page = open_page()
    ann = Phone(page, "Ann")
    ann.key("Share").click()
    dialog = page.get_by_role("dialog", name="Share with")
    expect(dialog.get_by_label("What to say")).to_have_value("https://t.me/shop?start=x\nOranges together")
    dialog.get_by_role("button", name="Office 3F").click()
    expect(Phone(page, "Bao").message("Oranges together")).to_be_visible()


def test_by_hand_a_person_a_group_and_the_clock(house: House, shop: Shop, open_page: Open) -> None:
    page = open_page()
    page.get_by_role("button", name="People, groups and faults").click()
    page.get_by_role("menuitem", name="Add a person").click()
    page.get_by_label("Name", exact=True).fill("Uma")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(Phone(page, "Uma").node.get_by_role("button", name="Join")).to_be_visible()
    Phone(page, "Uma").node.get_by_role("button", name="Join").click()
    expect(Phone(page, "Ann").node.locator(".service").last).to_contain_text("Uma joined")
    before = house.get("/state")["now"]
    page.get_by_role("button", name="Clock").click()
    page.get_by_role("menuitem", name="+1 day").click()
    expect(page.locator(".toast").filter(has_text="The clock has moved on")).to_be_visible()
    assert house.get("/state")["now"] - before > 86_000
    page.get_by_role("button", name="People, groups and faults").click()
    page.get_by_role("menuitem", name="New group").click()
    page.get_by_label("Title").fill("Stairwell B")
    page.get_by_role("button", name="Make").click()
    expect(Phone(page, "Ann").node.get_by_role("heading", level=2)).to_have_text("Stairwell B")
    assert ANN in house.get("/state")["chats"][-1]["members"]


def test_a_fault_is_switched_on_and_shown_by_the_inspector(house: House, shop: Shop, open_page: Open) -> None:
    page = open_page()
    page.get_by_role("button", name="Inspector").click()
    inspector = page.get_by_role("complementary", name="Inspector")
    house.call("sendMessage", chat_id=OFFICE, text="A call to look at")
    expect(inspector.get_by_role("listitem").first).to_contain_text("sendMessage")
    house.post("/faults", kind="stall", method="sendPhoto", rate=1, seed=1)
    expect(page.get_by_text("faults on")).to_be_visible()
    house._http.post(f"/bot{shop.token}/sendMessage", json={"chat_id": OFFICE, "text": ""})
    inspector.get_by_role("tab", name="Errors").click()
    expect(inspector.get_by_role("listitem").first).to_contain_text("400")
