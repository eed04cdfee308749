"""What a friend hears of an invitation whose inviter is erased: the same amounts, and no name or dots in place of one."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import privacy
from models.people import Person, person_table
from tests.conversations.town import a_town
from tests.referral.test_story import REFERRAL, begun, buys, hears, token


def forgets(session: Session, telegram_id: int, now: object) -> None:
    person_id = session.scalars(select(person_table.c.id).where(person_table.c.telegram_id == telegram_id)).one()
    privacy.erase(session, person_id, now)  # type: ignore[arg-type]  # the town's clock gives an instant
    assert session.get_one(Person, person_id).name == ""


async def test_no_name_stands_where_nobody_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_town(tmp_path, monkeypatch, more=REFERRAL) as town:
        await begun(town)
        link = await token(town.ann)
        await town.bao.start(link)
        assert "Ann sees that a friend came" in await hears(town.bao)
        await town.app.database.write(forgets, town.ann.id, town.app.database.clock.now())
        await town.bao.start(link)
        again = (await town.bao.private())[-1].text
        assert again.startswith("You are invited to buy together at Orchard Lane.")
        assert "you get 3.00 CNY." in again
        assert "sees that a friend came" not in again
        await buys(town, town.bao, "Bao")
        await town.later(days=7, hours=2)
        told = await hears(town.bao)
        assert "You came by a friend's link and your first order is complete: 3.00 CNY is pending in your wallet." in told
        assert "You came by a friend's link and your first order is complete: 3.00 CNY is in your wallet." in told
        assert "…'s" not in told
