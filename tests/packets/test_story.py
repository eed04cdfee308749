"""Evenings with red packets, coupons and vouchers, through the sandbox: opened by their campaigns and owners, taken by taps."""

from pathlib import Path

import pytest

from models import invariants
from tests.conversations.town import BOT, OFFICE, Person, Seen, Town, a_town

PACKET = """
[[campaign]]
id = "weekend"
kind = "red_packet"
schedule = { every = "1h" }
circles = ["#office"]
total = "20.00"
shares = 2
ttl = "40m"
standing = "0s"
text = { en = "Weekend packet", zh_CN = "周末红包" }
"""


async def board(person: Person, sign: str) -> Seen:
    """The latest board with that sign."""
    return next(seen for seen in reversed(await person.sees(OFFICE)) if seen.text.startswith(sign))


async def gathered(town: Town) -> None:
    """Three members have started the bot and spoken."""
    for person in (town.ann, town.bao, town.chen):
        await person.start()
        await person.say("hello")


async def test_three_tap_two_are_drawn_and_the_vouchers_stand_in_their_wallets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_town(tmp_path, monkeypatch, more=PACKET) as town:
        await gathered(town)
        await town.later(hours=1, seconds=2)
        await town.later(seconds=2)
        before = await board(town.ann, "🧧")
        assert "Weekend packet" in before.text
        assert "20.00 CNY in vouchers · 2 random shares" in before.text
        for person in (town.ann, town.bao, town.chen):
            assert "drawn in" in await person.press("Open")
        assert "own shop" in await town.li.press("Open")
        assert "in a moment" in (await board(town.ann, "🧧")).text
        await town.later(seconds=40)
        after = await board(town.ann, "🧧")
        assert "All given: 2 members" in after.text
        assert after.id == before.id, "one message that edits itself"
        assert after.buttons == ()
        told = [await person.tap(after, before.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"], forge=True)
                for person in (town.ann, town.bao, town.chen)]  # fmt: skip
        assert sorted("voucher of" in text for text in told) == [False, True, True]
        assert any("was not drawn" in text for text in told)
        private = [" ".join(seen.text for seen in await person.private()) for person in (town.ann, town.bao, town.chen)]
        assert sum("A voucher for you" in told for told in private) == 2
        assert "CNY" not in after.text.split("shares", 1)[1], "nobody's amount stands in the circle"
        assert await town.count(invariants.check) == []


async def test_an_owner_hands_out_a_packet_and_gets_the_rest_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_town(tmp_path, monkeypatch) as town:
        await gathered(town)
        await town.later(days=4)
        await town.li.start()
        await town.li.whisper("/packet 20,00 4 equal 6h")
        read_back = (await town.li.private())[-1]
        assert "20.00 CNY in vouchers · 4 equal shares" in read_back.text
        assert not [seen for seen in await town.ann.sees(OFFICE) if seen.text.startswith("🧧")], "nothing before it is confirmed"
        assert "stands in" in await town.li.press("Put it into Office", chat=BOT)
        assert "stands in" in await town.li.press("Office", chat=BOT), "twice is once"
        assert sum(seen.text.startswith("🧧") for seen in await town.ann.sees(OFFICE)) == 1
        assert "drawn in" in await town.ann.press("Open")
        await town.later(seconds=40)
        assert "voucher of 5.00 CNY" in await town.ann.press("Open")
        assert "voucher of 5.00 CNY" in await town.bao.press("Open"), "late is the next share"
        assert "members who have been here for 3 days" in await town.dora.press("Open")
        assert "2 of 4 left" in (await board(town.ann, "🧧")).text
        await town.later(hours=6)
        shown = await board(town.ann, "🧧")
        assert "Over: 2 members got one" in shown.text
        assert "Ann, Bao" in shown.text
        assert "10.00 CNY went back" in (await town.li.private())[-1].text
        forged = await town.chen.tap(shown, button_of_old(town), forge=True)
        assert "over" in forged
        await town.ann.whisper("/wallet")
        assert "5.00 less" in (await town.ann.private())[-1].text
        assert await town.count(invariants.check) == []


def button_of_old(town: Town) -> str:
    """What the board's button sent while there was one."""
    return town.app.desk.buttons.button("", "pkt", 1)["callback_data"]


async def test_friends_open_a_coupon_and_a_voucher_is_for_everybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_town(tmp_path, monkeypatch) as town:
        await gathered(town)
        await town.later(days=4)
        await town.li.start()
        await town.li.whisper("/coupon 12.00 2")
        await town.li.press("Office", chat=BOT)
        assert "1 more friend" in await town.ann.press("Open it together")
        assert "1 more friend" in (await board(town.ann, "🎟")).text
        assert "voucher of 6.00 CNY" in await town.bao.press("Open it together")
        shown = await board(town.ann, "🎟")
        assert "Ann, Bao" in shown.text
        assert "All given" in shown.text
        assert any("A voucher for you" in seen.text for seen in await town.ann.private())
        await town.li.whisper("/voucher 10% max 15.00")
        await town.li.press("Office", chat=BOT)
        for person in (town.ann, town.bao, town.chen):
            assert "10% less" in await person.press("Get one")
        assert await town.count(invariants.check) == []


UNMEANT = ("/packet", "/packet lots", "/packet 1.00 500", "/coupon 5 1", "/voucher 120%", "/packet 5.001 2")


@pytest.mark.parametrize("typed", UNMEANT)
async def test_what_cannot_be_meant_gets_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    async with a_town(tmp_path, monkeypatch) as town:
        await town.li.start()
        await town.li.whisper(typed)
        told = (await town.li.private())[-1]
        assert f"{typed.split(maxsplit=1)[0]} " in told.text
        assert told.buttons == ()
        await town.ann.start()
        await town.ann.whisper("/packet 20.00 10")
        assert "🧧" not in (await town.ann.private())[-1].text
        assert await town.count(invariants.check) == []
