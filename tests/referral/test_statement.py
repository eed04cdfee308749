"""The wallet's statement: what is pending says what for and until when, and what is not shown is counted."""

from datetime import timedelta

import pytest

from bot.core import drawings
from bot.core.pictures import statement as picture
from bot.core.pictures.statement import Statement
from bot.core.words import Words
from models import ledger, statement
from models.statement import Wallet
from tests.referral.bazaar import Bazaar


def wallet(bazaar: Bazaar, name: str) -> Wallet:
    found = statement.wallets(bazaar.session, bazaar.person(name), bazaar.now)
    assert len(found) == 1
    return found[0]


def drawn(bazaar: Bazaar, name: str, monkeypatch: pytest.MonkeyPatch, language: str = "en") -> Statement:
    """What the picture says."""
    kept: list[Statement] = []

    def keep(content: Statement) -> bytes:
        kept.append(content)
        return picture.drawn(content)

    monkeypatch.setattr(drawings, "_drawn_statement", keep)
    params = {"shop_id": bazaar.shop, "of_person": bazaar.person(name)}
    drawings.values(bazaar.session, drawings.STATEMENT, params, Words(language, now=bazaar.now))
    return kept[0]


def test_what_is_pending_says_what_for_and_until_when(bazaar: Bazaar) -> None:
    bazaar.brings("Ann", "Bao")
    bazaar.buys("Bao")
    bazaar.waits(days=1)
    bazaar.brings("Ann", "Chen")
    bazaar.buys("Chen")
    mine, theirs = wallet(bazaar, "Ann"), wallet(bazaar, "Bao")
    assert [(one.amount, one.what) for one in mine.waiting] == [(500, "referral"), (500, "referral")]
    assert mine.waiting[0].due == bazaar.of("Bao").due_at
    assert mine.waiting[1].due == bazaar.of("Chen").due_at
    assert [(one.amount, one.what) for one in theirs.waiting] == [(300, "referred")]
    assert sum(one.amount for one in mine.waiting) == mine.pending
    bazaar.waits(days=8)
    assert (wallet(bazaar, "Ann").waiting, wallet(bazaar, "Ann").pending) == ((), 0)


def test_one_that_a_person_looks_at_has_no_day(bazaar: Bazaar) -> None:
    bazaar.brings("Ann", "Bao")
    bazaar.buys("Bao")
    for number in range(4):
        bazaar.brings("Ann", f"Friend {number}")
    bazaar.leaves_chat("Bao")
    bazaar.waits(days=8)
    assert [one.due for one in wallet(bazaar, "Ann").waiting] == [None]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_picture_says_the_same(bazaar: Bazaar, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    bazaar.brings("Ann", "Bao")
    bazaar.buys("Bao")
    said = drawn(bazaar, "Ann", monkeypatch, language)
    expected = {"en": "Pending: 5.00, all of it yours on", "zh_CN": "待到账：5.00"}[language]
    assert said.pending.startswith(expected)
    assert said.pending.endswith({"en": "a friend came by your link", "zh_CN": "朋友从你的链接来"}[language])
    assert said.folded == ""


def test_movements_that_are_not_shown_are_counted(bazaar: Bazaar, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(statement.LONG + 3):
        mine = ledger.wallet(bazaar.shop, bazaar.person("Ann"))
        ledger.transfer(
            bazaar.session, reason=f"lock_difference:{number}", debit=ledger.shop(bazaar.shop), credit=mine, amount=100,
            now=bazaar.now + timedelta(minutes=number),
        )  # fmt: skip
    found = wallet(bazaar, "Ann")
    assert (len(found.movements), found.moved, found.more) == (statement.LONG, statement.LONG + 3, 3)
    assert drawn(bazaar, "Ann", monkeypatch).folded == "… and 3 more movements"
    assert drawn(bazaar, "Ann", monkeypatch, "zh_CN").folded == "……还有 3 笔"
