"""With `--state FILE` an evening can be carried on the next day."""

from pathlib import Path

import aiohttp
import pytest

from sandbox.errors import ApiError
from sandbox.server import start
from tests.sandbox.conftest import OFFICE, Play


async def test_the_next_day_everything_is_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "evening.json"
    for day in (1, 2):
        running = await start(0, limits=False, state=file)
        async with aiohttp.ClientSession() as session:
            play = Play(running, session)
            if day == 1:
                card = await play.bot(
                    "sendMessage",
                    chat_id=OFFICE,
                    text="Oranges",
                    reply_markup={"inline_keyboard": [[{"text": "+1", "callback_data": "x"}]]},
                )
                await play.bot("sendPoll", chat_id=OFFICE, question="Pears?", options=["yes", "no"], open_period=600)
                await play.do("photo", chat_id=OFFICE, person_id=1003, caption="look")
                await play.do("react", chat_id=OFFICE, person_id=1004, message_id=card["message_id"], emoji="👍")
                await play.do("clock", advance=60)
                before = (await play.chat(OFFICE), (await play.see("state"))["people"])
            else:
                assert (await play.chat(OFFICE), (await play.see("state"))["people"]) == before
                assert [next(iter(u.keys() - {"update_id"})) for u in await play.updates()] == ["message"]
                await play.do("clock", advance=601)
                closed = (await play.chat(OFFICE))[1]["poll"]
                assert closed["is_closed"] is True
                assert (await play.bot("sendMessage", chat_id=OFFICE, text="more"))["message_id"] == 4
        await running.stop()


async def test_a_file_that_is_something_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.json"
    file.write_text('{"!": "Popen"}')
    with pytest.raises(ApiError, match="is not a state of this sandbox"):
        await start(0, state=file)
