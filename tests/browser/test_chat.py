"""Several people in one window: what one says the others see, at once and as a modern chat shows it."""

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.house import ANN, BAO, BOT, CHEN, LI_WEI, OFFICE, House, Shop
from tests.browser.phone import Phone


def test_three_friends_sit_side_by_side_and_read_what_ann_says(house: House, open_page: Open) -> None:
    page = open_page()
    ann, bao, li_wei = Phone(page, "Ann"), Phone(page, "Bao"), Phone(page, "Li Wei")
    ann.say("Oranges again this week?")
    ann.say("I take two.")
    for friend in (bao, li_wei):
        expect(friend.message("I take two.")).to_be_visible()
    expect(ann.message("I take two.")).to_have_class("message own")
    expect(bao.node.locator(".sender:visible")).to_have_text(["Ann"])  # two in a row are one group
    assert [m["text"] for m in house.get(f"/chats/{OFFICE}", person_id=BAO)["messages"]] == [
        "Oranges again this week?",
        "I take two.",
    ]


def test_a_reply_shows_what_it_answers_and_a_click_leads_there(house: House, open_page: Open) -> None:
    house.say(CHEN, "Are they sweet or sour?")
    house.fill(60)
    page = open_page()
    ann = Phone(page, "Ann")
    ann.message("Line 59").dblclick()
    expect(ann.node.locator(".reply-note")).to_contain_text("Line 59")
    ann.say("Sweet.")
    expect(ann.message("Sweet.").locator(".quote")).to_contain_text("Line 59")
    house.say(BAO, "I ask too", reply_to=1)
    ann.message("I ask too").locator(".quote").click()
    expect(ann.message("Are they sweet or sour?")).to_be_in_viewport()


def test_arrow_up_edits_ones_last_words_and_all_see_the_mark(house: House, open_page: Open) -> None:
    page = open_page()
    ann, bao = Phone(page, "Ann"), Phone(page, "Bao")
    ann.say("+2 lagre")
    expect(bao.message("+2 lagre")).to_be_visible()
    ann.words.press("ArrowUp")
    ann.say("+2 large")
    expect(bao.message("+2 large").locator(".edited")).to_be_visible()
    bao.message("+2 large").locator(".edited").click()
    expect(page.get_by_role("dialog", name="Earlier wordings")).to_contain_text("+2 lagre")


def test_what_is_deleted_goes_and_a_reaction_comes_to_everyone(house: House, open_page: Open) -> None:
    wrong, kept = house.say(CHEN, "wrong chat"), house.say(CHEN, "Good morning")
    page = open_page()
    ann, bao = Phone(page, "Ann"), Phone(page, "Bao")
    expect(bao.message("wrong chat")).to_be_visible()
    house.post("/delete", chat_id=OFFICE, message_id=wrong["message_id"], person_id=CHEN)
    expect(bao.node.get_by_text("wrong chat")).to_have_count(0)
    ann.message("Good morning").hover()
    ann.node.get_by_role("button", name="What to do with this message").click()
    page.get_by_role("menuitem", name="React").click()
    page.get_by_role("button", name="React with 🎉").click()
    expect(bao.message("Good morning").locator(".reaction")).to_contain_text("🎉")
    assert house.get(f"/chats/{OFFICE}", person_id=BAO)["messages"][0]["message_id"] == kept["message_id"]


def test_unread_counts_wait_in_other_chats_and_below(house: House, shop: Shop, open_page: Open) -> None:
    house.post("/start", person_id=ANN, bot_id=BOT)
    house.fill(40)
    page = open_page()
    ann = Phone(page, "Ann")
    expect(ann.message("Line 39")).to_be_visible()
    house.call("sendMessage", chat_id=ANN, text="Your order 1043")
    expect(ann.node.locator(".back .badge")).to_have_text("1")
    ann.node.locator(".timeline").hover()
    page.mouse.wheel(0, -1500)
    expect(ann.node.get_by_role("button", name="To the newest message")).to_be_visible()
    house.say(BAO, "Are you there?")
    expect(ann.node.locator(".to-end .badge")).to_have_text("1")
    ann.node.get_by_role("button", name="Chats").click()
    entry = ann.node.get_by_role("button", name=house.call("getMe")["first_name"])
    expect(entry.locator(".badge")).to_have_text("1")
    entry.click()
    expect(ann.message("Your order 1043")).to_be_visible()


def test_who_is_typing_is_seen_by_the_others(house: House, open_page: Open) -> None:
    page = open_page()
    Phone(page, "Ann").words.press_sequentially("Hel")
    expect(Phone(page, "Bao").node.locator(".typing")).to_have_text("Ann is typing")
    expect(Phone(page, "Ann").node.locator(".typing.on")).to_have_count(0)


def test_photos_and_files_arrive_and_can_be_kept(house: House, open_page: Open) -> None:
    page = open_page()
    ann, bao = Phone(page, "Ann"), Phone(page, "Bao")
    house.photo(LI_WEI, "From Saturday")
    expect(bao.message("From Saturday").locator("img")).to_be_visible()
    page.evaluate("document.querySelector('.photo img').decode()")
    with page.expect_file_chooser() as chooser:
        ann.node.get_by_role("button", name="Send photos or files").click()
    chooser.value.set_files({"name": "list.csv", "mimeType": "text/csv", "buffer": b"Ann,2\n"})
    with page.expect_download() as download:
        bao.message("list.csv").get_by_role("link").click()
    assert download.value.path().read_bytes() == b"Ann,2\n"


def test_one_person_in_a_window_of_their_own_and_a_column_more(house: House, open_page: Open) -> None:
    page = open_page(f"/?as={CHEN}&chat={OFFICE}")
    expect(page.locator(".column")).to_have_count(1)
    Phone(page, "Chen").say("Only me here")
    both = open_page()
    both.get_by_role("button", name="Add a column").click()
    expect(both.locator(".column")).to_have_count(4)
    both.locator(".column").last.get_by_label("Person of this column").select_option("Chen")
    expect(Phone(both, "Chen").message("Only me here")).to_have_class("message own")


def test_names_with_markup_are_only_text(house: House, open_page: Open) -> None:
    bad = "<img src=x onerror=alert(1)>"
    person = house.post("/people", name=bad)["id"]
    house.post("/join", chat_id=OFFICE, person_id=person)
    house.say(person, f"{bad} & <b>bold</b>")
    page = open_page()
    expect(Phone(page, "Ann").message("<b>bold</b>")).to_contain_text(bad)
    assert page.locator("img[src='x']").count() == 0


def test_two_windows_of_one_browser_hear_the_same(house: House, open_page: Open) -> None:
    first = open_page(f"/?as={ANN}&chat={OFFICE}")
    second = first.context.new_page()
    second.goto(f"{house.url}/?as={BAO}&chat={OFFICE}")
    Phone(second, "Bao").say("From my own window")
    expect(Phone(first, "Ann").message("From my own window")).to_be_visible()
    Phone(first, "Ann").say("I see you")
    expect(Phone(second, "Bao").message("I see you")).to_be_visible()


def test_a_page_finds_back_after_the_connection_broke(house: House, open_page: Open) -> None:
    page = open_page()
    ann = Phone(page, "Ann")
    ann.say("before")
    expect(ann.message("before")).to_be_visible()
    house.restart()
    expect(page.locator(".toast").filter(has_text="The sandbox is back.")).to_be_visible()
    house.say(BAO, "after")
    expect(ann.message("after")).to_be_visible()
