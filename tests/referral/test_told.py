"""What /wallet says of rewards on their way, and an owner's queue that is longer than one answer."""

from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from handlers import referrals as queue
from handlers import wallet
from models import statement
from models.referrals import referrals
from models.states import ReferralState
from tests.conversations.town import a_town
from tests.referral.test_story import REFERRAL, begun, buys, last, token


def stand_out(session: Session) -> None:
    session.execute(update(referrals).values(state=ReferralState.FLAGGED))


async def test_the_wallet_says_what_for_and_until_when(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_town(tmp_path, monkeypatch, more=REFERRAL) as town:
        await begun(town)
        link = await token(town.ann)
        for person, name in ((town.bao, "Bao"), (town.chen, "Chen")):
            await person.start(link)
            await buys(town, person, name)
        shown = (await last(town.ann, "/wallet")).splitlines()
        lines = [line for line in shown if line.startswith("· 5.00 on ")]
        assert len(lines) == 2
        assert all(line.endswith(": a friend came by your link") for line in lines)
        assert any(line.startswith("Pending: 10.00") for line in shown)
        assert "you came by a friend's link" in await last(town.bao, "/wallet")
        monkeypatch.setattr(wallet, "SHOWN", 1)
        assert "… and 1 more reward" in (await last(town.ann, "/wallet")).splitlines()
        await town.later(days=9)
        monkeypatch.setattr(statement, "_moved", lambda *_: 7)
        assert (await last(town.ann, "/wallet")).endswith("… and 5 more movements")


async def test_an_owner_hears_that_more_wait_than_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_town(tmp_path, monkeypatch, more=REFERRAL) as town:
        await begun(town)
        link = await token(town.ann)
        for person in (town.bao, town.chen, town.dora):
            await person.start(link)
        await town.app.database.write(stand_out)
        monkeypatch.setattr(queue, "LONG", 3)
        assert "more wait" not in await last(town.li, "/referrals")
        monkeypatch.setattr(queue, "LONG", 1)
        assert await last(town.li, "/referrals") == "2 more wait: decide on these, then send /referrals again."
