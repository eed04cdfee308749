"""Evenings with red packets, coupons and vouchers, through the sandbox: opened by their campaigns and owners, taken by taps."""

from pathlib import Path

import pytest

from models import invariants
from tests.conversations.town import OFFICE, Person, Seen, Town, a_town

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
