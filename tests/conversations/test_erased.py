"""Who is erased is gone: no byte of their name or their words is left in the database file."""

import sqlite3
from pathlib import Path

from tests.conversations.town import BOT, OFFICE, Town

NAME, NOTE, WORDS = "Zebulonia", "Xylophonia", "Quaggaberry"


async def test_no_byte_of_an_erased_person_is_left(town: Town, tmp_path: Path) -> None:
    person = await town.post("people", name=NAME, language_code="en")
    number = int(person["id"])
    await town.post("join", chat_id=OFFICE, person_id=number)
    zeb = town.who(number)
    await town.li.start()
    await town.bao.start()
    await zeb.start()
    await town.offer("pears")
    line = await zeb.say(f"+1 large for {NOTE}", reply_to=(await town.card()).id)
    await town.bao.press("+1 large")
    await zeb.edit(line, f"+2 large for {NOTE}")
    await town.bao.say(f"thanks {NAME}", reply_to=line)
    await zeb.press("Share")
    await zeb.press("Say something with it", BOT)
    await zeb.whisper(f"as good as {WORDS}")
    await town.bao.start((await zeb.private())[-1].text.split("start=")[1].split()[0])
    await town.later(hours=24, seconds=2)
    await town.li.whisper(f"/paid {NAME}")
    await town.li.press(f"{NAME} has paid", BOT)
    await town.li.whisper("/orders")
    await town.li.press(f"{NAME}: handed over", BOT)
    await zeb.press("Something is wrong", BOT)
    await zeb.press("1", BOT)
    await zeb.whisper(f"one {WORDS} is squashed")
    await town.li.press("Replace", BOT)
    assert _found(tmp_path / "tuan.db") == [NAME, NOTE, WORDS]
    await zeb.whisper("/privacy")
    await zeb.press("Erase me", BOT)
    await zeb.press("Yes, erase me", BOT)
    await town.settled()
    assert _found(tmp_path / "tuan.db") == []


def _found(file: Path) -> list[str]:
    """Which of the words stand in a compact copy of the database: what VACUUM would leave."""
    copy = file.with_name("copy.db")
    copy.unlink(missing_ok=True)
    with sqlite3.connect(file) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    connection.close()
    held = copy.read_bytes()
    return [word for word in (NAME, NOTE, WORDS) if word.encode() in held]
