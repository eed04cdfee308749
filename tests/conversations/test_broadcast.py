"""An owner writes to members: shown as it will look, to whom they choose, how many and how long, then sent and watched."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.campaigns import runs
from models.outbox import OUTBOX
from tests.conversations.town import BOT, FORUM, Town

OURS = "You get this because Orchard Lane wrote this to members of its circles. /quiet stops it."


async def daytime(town: Town) -> None:
    """Nobody is written to at night, so it is noon in the shop's zone."""
    here = town.app.database.clock.now().astimezone(ZoneInfo("Asia/Shanghai"))
    await town.later(seconds=(36 - here.hour) % 24 * 3600)


def sold(session: Session) -> int:
    return int(session.scalar(select(func.count()).select_from(OUTBOX).where(OUTBOX.c.promotion)) or 0)


def begun(session: Session) -> int:
    return int(session.scalar(select(func.count()).select_from(runs)) or 0)


async def gathered(town: Town) -> None:
    """Four in the circle, of whom three pressed start."""
    await daytime(town)
    for name in ("ann", "bao", "chen"):
        await getattr(town, name).say("morning")
        await getattr(town, name).start()
    await town.dora.say("morning")
    await town.li.start()


async def texts(town: Town, name: str) -> list[str]:
    return [seen.text for seen in await getattr(town, name).private()]


async def sent(town: Town) -> None:
    """The fan-out has had its turns."""
    for _ in range(3):
        await town.app._fanout.turn()
        town.app.wake()
        await town.settled()


async def test_text_is_shown_counted_confirmed_sent_and_watched(town: Town) -> None:
    await gathered(town)
    await town.li.whisper("/broadcast")
    assert "{name}, {shop} and {circle}" in (await texts(town, "li"))[-1]
    await town.li.whisper("Hello {name}, {shop} is back in {circle} <b>&")
    preview, question = (await town.li.private())[-2:]
    lines = preview.text.splitlines()
    assert lines[0].startswith("Hello Li")
    assert lines[0].endswith(", Orchard Lane is back in Office 3F <b>&")
    assert lines[-1] == OURS
    assert "Who is to get it?" in question.text
    await town.li.press("All members", BOT)
    asked = (await town.li.private())[-1]
    assert asked.id == question.id
    assert "All members\n3 people, about 1 s\n1 more cannot be written to in private" in asked.text
    assert "2 such messages in 7 days" in asked.text
    assert await town.count(sold) == 0
    assert await town.li.press("Send it", BOT) == "It is on its way."
    await sent(town)
    assert [text for text in await texts(town, "ann") if "is back" in text] == [
        "Hello Ann, Orchard Lane is back in Office 3F <b>&\n\n" + OURS
    ]
    assert not [text for text in await texts(town, "dora") if "is back" in text]
    await town.later(seconds=4)
    page = (await town.li.private())[-1]
    assert page.id == question.id
    assert "done" in page.text
    assert " 12:" in page.text, "in the shop's zone, where it is noon"
    assert "3 of 3 sent" in page.text
    assert "never pressed start: 1" in page.text
    assert page.buttons == ()


async def test_a_photo_with_words_to_buyers_of_one_thing(town: Town) -> None:
    await gathered(town)
    await town.li.whisper("/broadcast")
    await town.li.photo("Oranges again")
    preview, _ = (await town.li.private())[-2:]
    assert "photo" in preview.raw
    await town.li.press("Who bought …", BOT)
    assert "Honey oranges, 5 kg" in (await town.li.private())[-1].buttons
    await town.li.press("Honey oranges", BOT)
    assert "Nobody would get it" in (await texts(town, "li"))[-1]
    await town.li.press("Somebody else", BOT)
    await town.li.press("One circle", BOT)
    await town.li.press("Office 3F", BOT)
    assert "Members of Office 3F" in (await texts(town, "li"))[-1]
    await town.li.press("Send it", BOT)
    await sent(town)
    got = [seen for seen in await town.bao.private() if "Oranges again" in seen.text]
    assert len(got) == 1
    assert "photo" in got[0].raw


async def test_posts_in_the_circles(town_of_two: Town) -> None:
    town = town_of_two
    await gathered(town)
    await town.li.whisper("/broadcast We are open on Sunday, {circle}")
    await town.li.press("Posts in the circles", BOT)
    assert "2 posts, about 1 s" in (await texts(town, "li"))[-1]
    assert "The last line of the preview is for private messages" in (await texts(town, "li"))[-1]
    await town.li.press("Send it", BOT)
    await sent(town)
    for chat, name in ((-1001000000001, "Office 3F"), (FORUM, "Forum")):
        said = [seen.text for seen in await town.ann.sees(chat) if seen.by_bot]
        assert f"We are open on Sunday, {name}" in said
    assert await town.count(sold) == 2


async def test_a_draft_is_sent_once_and_only_while_it_is_the_latest(town: Town) -> None:
    await gathered(town)
    await town.li.whisper("/broadcast first")
    await town.li.press("All members", BOT)
    old = (await town.li.private())[-1]
    await town.li.whisper("second")
    assert "another time" in await town.li.tap(old, "Send it", BOT)
    await town.li.press("All members", BOT, text="Who is to get it?")
    ask = (await town.li.private())[-1]
    data = ask.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await town.li.tap(ask, "Send it", BOT)
    assert "another time" in await town.li.tap(ask, data, BOT, forge=True)
    await sent(town)
    assert await town.count(begun) == 1
    assert [text.splitlines()[0] for text in await texts(town, "ann") if "stops it" in text] == ["second"]


async def test_cancel_and_change(town: Town) -> None:
    await gathered(town)
    await town.li.whisper("/broadcast hello")
    assert "anew" in await town.li.press("Change", BOT)
    await town.li.whisper("hello again")
    await town.li.press("Cancel", BOT)
    await town.li.whisper("nobody reads this")
    assert "/help" in (await texts(town, "li"))[-1]
    assert await town.count(begun) == 0


async def test_a_run_that_waits_for_the_morning_is_paused_and_cancelled(town: Town) -> None:
    await gathered(town)
    await town.later(hours=11)
    await town.li.whisper("/broadcast hello")
    await town.li.press("All members", BOT)
    await town.li.press("Send it", BOT)
    await sent(town)
    await town.li.press("Look again", BOT)
    page = (await town.li.private())[-1]
    assert "0 of 3 sent · 3 wait" in page.text
    assert "waited for the morning: 3" in page.text
    assert page.buttons == ("Pause", "Cancel", "Look again")
    assert await town.li.press("Pause", BOT) == "Paused. What has left has left."
    assert (await town.li.private())[-1].buttons == ("Go on", "Cancel", "Look again")
    await town.li.press("Go on", BOT)
    assert "under way" in (await texts(town, "li"))[-1]
    assert "never will" in await town.li.press("Cancel", BOT)
    done = (await town.li.private())[-1]
    assert done.id == page.id
    assert "cancelled" in done.text
    assert "not sent: cancelled: 3" in done.text
    assert "is over" in await town.li.tap(done, page.raw["reply_markup"]["inline_keyboard"][0][1]["callback_data"], BOT, forge=True)
    assert "operator" in await town.bao.tap((await town.bao.private())[-1], town.app.desk.buttons.data("crun", 1), BOT, forge=True)
    await town.later(hours=24)
    assert not [text for text in await texts(town, "ann") if text.startswith("hello")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Hello {nme}", "Did you mean name?"), ("Hello {token}", "Filled in are"), ("x" * 4000, "room for 3776"),
        ("\u200b\u2800", "no words"),
    ],
)  # fmt: skip
async def test_what_cannot_be_sent_is_said_at_once(town: Town, text: str, told: str) -> None:
    await gathered(town)
    await town.li.whisper("/broadcast")
    await town.li.whisper(text)
    assert told in (await texts(town, "li"))[-1]
    await town.li.whisper("then this")
    assert "Who is to get it?" in (await texts(town, "li"))[-1]


async def test_a_photo_has_less_room_and_templates_stay_words(town: Town) -> None:
    await gathered(town)
    await town.li.whisper("/broadcast")
    await town.li.photo("y" * 900)
    assert "room for 704" in (await texts(town, "li"))[-1]
    await town.li.photo("")
    assert "no words" in (await texts(town, "li"))[-1]
    await town.li.whisper("{{ 7*7 }} {% raw %}")
    assert (await texts(town, "li"))[-2].startswith("{{ 7*7 }} {% raw %}")


async def test_only_owners_write_to_members_and_nobody_else_presses_their_buttons(town: Town) -> None:
    await gathered(town)
    await town.bao.whisper("/broadcast buy from me")
    assert "shop" in (await texts(town, "bao"))[-1].lower()
    await town.li.whisper("/broadcast hello")
    ask = (await town.li.private())[-1]
    data = ask.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    greeting = (await town.bao.private())[-1]
    assert "another time" in await town.bao.tap(greeting, data, BOT, forge=True)
    for arg in ("p999", "c999", "k1", "nonsense"):
        forged = town.app.desk.buttons.data("ba", int(data.split(":")[1].split(".")[0]), arg)
        assert "another time" in await town.li.tap(ask, forged, BOT, forge=True)
    assert await town.count(begun) == 0


async def test_why_names_the_condition_and_the_quota(town: Town) -> None:
    await gathered(town)
    await town.ann.whisper("/why")
    assert "Nothing that sells has reached you" in (await texts(town, "ann"))[-1]
    greeting = (await town.ann.private())[0]
    await town.ann.whisper("/why", reply_to=greeting.id)
    assert "something you did" in (await texts(town, "ann"))[-1]
    await town.li.whisper("/broadcast hello")
    await town.li.press("All members", BOT)
    await town.li.press("Send it", BOT)
    await sent(town)
    await town.ann.whisper("/why")
    said = (await town.ann.private())[-1]
    assert said.text.splitlines()[0] == "You got this because Orchard Lane wrote this to members of its circles."
    assert "1 such message reached you in the last 7 days; 2 is the most." in said.text
    await town.ann.press("Less of this", BOT)
    await town.ann.press("Mute all that sells", BOT)
    await town.li.whisper("/broadcast hello again")
    await town.li.press("All members", BOT)
    await town.li.press("Send it", BOT)
    await sent(town)
    assert not [text for text in await texts(town, "ann") if "hello again" in text]
    await town.li.press("Look again", BOT)
    assert "muted it: 1" in (await texts(town, "li"))[-1]


async def test_why_of_a_receipt_is_the_order(town: Town) -> None:
    await town.offer(ladder=())
    await town.ann.start()
    await town.ann.press("+1")
    await town.later(hours=24, seconds=2)
    receipt = next(seen for seen in await town.ann.private() if "Order 1001" in seen.text)
    await town.ann.whisper("/why", reply_to=receipt.id)
    assert (await texts(town, "ann"))[-1] == "It is about your order 1001: /my"


async def test_who_sells_nothing_is_not_drawn_into_a_conversation(town: Town) -> None:
    await town.bao.start()
    await town.bao.whisper("/broadcast")
    assert "shop" in (await texts(town, "bao"))[-1].lower()
    await town.bao.whisper("hello")
    assert "/help" in (await texts(town, "bao"))[-1]
    await town.li.start()
    await town.li.whisper("/broadcast")
    await town.li.whisper("/my")
    await town.li.whisper("still a draft")
    assert "Who is to get it?" in (await texts(town, "li"))[-1]


async def test_the_preview_reads_as_what_an_owner_who_is_a_member_gets(town: Town) -> None:
    await gathered(town)
    await town.li.say("morning")
    await town.li.whisper("/broadcast hello {name}")
    preview = (await town.li.private())[-2]
    await town.li.press("All members", BOT)
    await town.li.press("Send it", BOT)
    await sent(town)
    got = [seen for seen in await town.li.private() if seen.text.startswith("hello")]
    assert len(got) == 2
    assert got[-1].text == preview.text


async def test_whom_a_condition_chose_reads_that_and_the_owner_sees_it_before(town: Town) -> None:
    await gathered(town)
    await town.li.whisper("/broadcast hello")
    await town.li.press("bought nothing", BOT)
    last = "You get this because you have not bought anything for 30 days. /quiet stops it."
    assert (await texts(town, "li"))[-1].endswith(f"Its last line will be:\n{last}")
    await town.li.press("Send it", BOT)
    await sent(town)
    assert (await texts(town, "ann"))[-1].endswith(last)
