"""An evening with a draw in it, through the sandbox: opened by its campaign, entered by taps, checked from the file in the chat."""

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.cli import main
from models import invariants
from tests.conversations.town import OFFICE, Town, a_town

DRAW = """
[[campaign]]
id = "spring"
kind = "lucky_draw"
schedule = { every = "1h" }
circles = ["#office"]
prizes = [{ voucher = "5.00" }, { goods = "A box of oranges", worth = "39.90" }]
budget = "50.00"
lasts = "3h"
standing = "0s"
text = { en = "Spring draw", zh_CN = "春天抽奖" }
"""


async def content(town: Town, document: dict[str, Any]) -> bytes:
    """A file as the page downloads it."""
    async with aiohttp.ClientSession() as http, http.get(f"{town.sandbox.url}{document['url']}") as response:
        return await response.read()


async def test_three_take_part_two_win_and_anybody_can_check_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with a_town(tmp_path, monkeypatch, more=DRAW) as town:
        for person in (town.ann, town.bao, town.chen):
            await person.start()
            await person.say("hello")
        await town.later(hours=1, seconds=2)
        await town.later(seconds=2)
        board = next(seen for seen in await town.ann.sees(OFFICE) if seen.text.startswith("🎲"))
        assert "voucher of 5.00" in board.text
        assert "Nobody takes part yet" in board.text
        for person in (town.ann, town.bao, town.chen):
            assert "ticket" in await person.press("Take part")
        assert "already" in await town.ann.press("Take part")
        assert "your own shop" in await town.li.press("Take part")
        forged = board.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"].replace("drw:1", "drw:2")
        await town.dora.tap(board, forged, forge=True)
        await town.later(hours=3, seconds=5)
        await town.later(minutes=2)
        await town.settled()
        seen = await town.ann.sees(OFFICE)
        texts = [message.text for message in seen]
        closing = next(i for i, text in enumerate(texts) if "told before the seed" in text)
        revealed = next(i for i, message in enumerate(seen) if message.raw.get("document"))
        assert closing < revealed, "the tickets' hash comes before the seed"
        assert "Take part" not in str([message.buttons for message in seen])
        file = tmp_path / "draw.json"
        file.write_bytes(await content(town, seen[revealed].raw["document"]))
        record = json.loads(file.read_text(encoding="utf-8"))
        seed_sha256 = next(word for word in board.text.split() if len(word) == 64)
        tickets_sha256 = next(word for word in texts[closing].split() if len(word) == 64)
        assert main(["draw", "verify", str(file), "--seed", seed_sha256, "--tickets", tickets_sha256]) == 0
        assert "ok: 3 tickets, 2 winners" in capsys.readouterr().out
        assert record["terms"]["prizes"][1] == "A box of oranges"
        won = [person for person in (town.ann, town.bao, town.chen) if any("was drawn" in m.text for m in await person.private())]
        assert len(won) == 2
        assert any("hand over" in message.text for message in await town.li.private())
        assert await town.count(invariants.check) == []
