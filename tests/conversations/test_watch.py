"""bot.toml is edited while the bot runs, and nobody types /reload."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.campaigns import campaigns
from models.catalogue import products
from tests.conversations.town import FORUM_TOO, Town, a_town

DEAL = """
[[product]]
id = "plums"
title = "Plums"
price = "12.00"

[[campaign]]
id = "plums-daily"
kind = "group_buy"
schedule = { cron = "0 18 * * *" }
product = "plums"
closes_after = "2h"
"""


def saved(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")


async def edited(town: Town, file: Path, text: str) -> None:
    """An operator saves the file; the bot looks twice."""
    saved(file, text)
    for _ in range(3):  # the ticker may look in between, too
        await town.app.watched()
    town.app.wake()
    await town.settled()


def keys(session: Session, table: object) -> list[str]:
    columns = getattr(table, "c")  # noqa: B009  # any table with keys
    return sorted(session.scalars(select(columns.key)))


async def told(town: Town) -> list[str]:
    return [seen.text for seen in await town.olga.private()]


async def test_a_good_edit_is_taken_over_and_nobody_is_told(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "bot.toml"
    await town.olga.start()
    before = await told(town)
    await edited(town, file, file.read_text("utf-8") + DEAL)
    assert "plums" in await town.count(keys, products)
    assert await town.count(keys, campaigns) == ["plums-daily"]
    assert "plums-daily" in town.app.config.campaigns
    assert await told(town) == before


async def test_a_broken_edit_keeps_the_old_set_and_tells_the_operators_once(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "bot.toml"
    good = file.read_text("utf-8")
    await town.olga.start()
    await town.bao.start()
    before = len(await told(town))
    running = town.app.config
    await edited(town, file, good + DEAL.replace("12.00", "12,00"))
    assert town.app.config is running
    assert (await told(town))[before:] == [(await told(town))[-1]]
    assert 'price is "12,00"; write money as text, as in "39.90"' in (await told(town))[-1]
    assert "12,00" not in "".join(seen.text for seen in await town.bao.private())
    await edited(town, file, good + DEAL.replace("12.00", "12,00"))  # saved again, the same words
    assert len(await told(town)) == before + 1
    await edited(town, file, good + DEAL.replace("12.00", "12;00"))
    assert len(await told(town)) == before + 2
    await edited(town, file, good + DEAL)
    assert "plums-daily" in town.app.config.campaigns
    assert len(await told(town)) == before + 2


async def test_what_the_database_cannot_follow_is_told_in_words(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "bot.toml"
    await town.olga.start()
    await edited(town, file, file.read_text("utf-8").replace('"CNY"', '"EUR"'))
    assert (await told(town))[-1].endswith("has sold in CNY already, so its currency stays.")
    assert town.app.config.shops["orchard"].currency == "CNY"


async def test_a_new_included_file_is_found_and_its_loss_stops_its_campaign(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "bot.toml"
    await edited(town, file, 'include = ["deals/*.toml"]\n' + file.read_text("utf-8"))
    await edited(town, tmp_path / "deals" / "plums.toml", DEAL)
    assert await town.count(next_at, "plums-daily") is not None
    (tmp_path / "deals" / "plums.toml").unlink()
    await edited(town, file, file.read_text("utf-8"))
    assert await town.count(next_at, "plums-daily") is None
    assert "plums-daily" not in town.app.config.campaigns


async def test_an_edit_that_changes_words_alone_fires_no_slot_again(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "bot.toml"
    await edited(town, file, file.read_text("utf-8") + DEAL)
    slot = await town.count(next_at, "plums-daily")
    await edited(town, file, file.read_text("utf-8").replace('"2h"', '"3h"'))
    assert await town.count(next_at, "plums-daily") == slot > datetime.now(UTC)


async def test_the_ticker_looks_by_itself(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "bot.toml"
    saved(file, file.read_text("utf-8") + DEAL)
    for _ in range(4):  # each is a tick
        town.app.wake()
        await town.settled()
    assert "plums-daily" in town.app.config.campaigns


async def test_the_broken_edit_is_told_once_though_the_bot_starts_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message's key is made of the content, so a process that finds it anew says nothing."""
    async with a_town(tmp_path, monkeypatch, more=FORUM_TOO) as town:
        await town.olga.start()
        file = tmp_path / "bot.toml"
        good = file.read_text("utf-8")
        await edited(town, file, good + "stok = 1\n")
        count = len(await told(town))
        town.app._watch = type(town.app._watch)(file, town.app.config.digest)  # a process that saw nothing yet
        for _ in range(3):
            await town.app.watched()
        await town.settled()
        assert len(await told(town)) == count


def next_at(session: Session, key: str) -> datetime | None:
    return session.scalar(select(campaigns.c.next_at).where(campaigns.c.key == key))


async def test_who_asks_by_reload_is_answered_and_not_told_twice(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "bot.toml"
    good = file.read_text("utf-8")
    saved(file, good.replace("operators = [1002]", "operators = [1002, 1004]"))
    await town.olga.start()
    await town.bao.start()
    await town.olga.whisper("/reload")
    saved(file, file.read_text("utf-8") + DEAL.replace("12.00", "12,00"))
    before = len(await told(town))
    await town.olga.whisper("/reload")
    await edited(town, file, file.read_text("utf-8"))
    assert len([text for text in (await told(town))[before:] if "12,00" in text]) == 1
    assert len([seen for seen in await town.bao.private() if "12,00" in seen.text]) == 1, "nobody has answered him"
