"""What a person takes along of the ledger, that erasing them leaves its sums, and `tuan ledger` for whoever keeps the books."""

import csv
import hashlib
import json
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.commands import ledger as command
from models import chain, invariants, ledger, privacy
from models.accounts import account_table
from models.transfers import transfer_table
from tests.ledger.deals import Deal


def done(session: Session) -> Deal:
    """Ann's order is paid from her wallet with a voucher, and complete; 3.00 stay in the wallet."""
    deal = Deal(session)
    deal.fills("Ann", 3400)
    deal.uses("Ann", deal.voucher("Ann", 500))
    deal.uses_wallet("Ann")
    deal.collects("Ann")
    assert deal.has(deal.wallet_of("Ann")) == 300
    return deal


def test_the_export_holds_the_ledgers_rows_of_the_person_and_of_nobody_else(session: Session) -> None:
    deal = done(session)
    deal.fills("Bao", 777)
    kept = json.loads(json.dumps(privacy.export(session, deal.person("Ann"))))
    mine = f"wallet:{deal.shop}:{deal.person('Ann')}"
    assert [(row["from"], row["to"], row["amount"]) for row in kept["ledger"]] == [
        ("the shop", mine, 3400), (mine, "the shop", 3100)
    ]  # fmt: skip
    assert [(row["state"], row["value"]) for row in kept["vouchers"]] == [("used", 500)]
    assert [row["balance"] for row in kept["accounts"]] == [300]
    assert "777" not in json.dumps(kept)


def test_erasing_a_person_leaves_the_trial_balance_as_it_was(session: Session) -> None:
    deal = done(session)
    deal.tells()
    before = session.execute(select(account_table.c.key, account_table.c.balance).order_by(account_table.c.id)).all()
    promised = ledger.balance(session, ledger.shop(deal.shop))
    privacy.erase(session, deal.person("Ann"), deal.now)
    after = session.execute(select(account_table.c.key, account_table.c.balance).order_by(account_table.c.id)).all()
    assert (after, ledger.balance(session, ledger.shop(deal.shop))) == (before, promised)
    assert [str(difference) for difference in invariants.check(session) if difference.invariant.startswith("ledger")] == []
    assert not any("Ann" in str(value) for row in session.execute(select(transfer_table)) for value in row[:7])


def test_whoever_has_both_files_computes_each_days_digest_anew(session: Session, tmp_path: Path) -> None:
    deal = done(session)
    deal.now += timedelta(days=1)
    deal.fills("Bao", 500)
    chain.close_days(session, deal.now + timedelta(days=2))
    rows, days = tmp_path / "ledger.csv", tmp_path / "ledger.days.csv"
    assert command._written(session, rows, days) == (3, 2)
    before = ""
    for day in csv.DictReader(days.read_text(encoding="utf-8").splitlines()):
        sha = hashlib.sha256(before.encode())
        for row in csv.DictReader(rows.read_text(encoding="utf-8").splitlines()):
            if row["day"] == day["day"]:
                told = [
                    int(row["id"]), row["kind"], row["from"], row["to"], int(row["amount"]), row["reason"], row["asked"],
                    *(int(row[name]) if row[name] else None for name in ("of", "order")), row["at"],
                ]  # fmt: skip
                sha.update(b"\n" + json.dumps(told, separators=(",", ":")).encode())
        assert sha.hexdigest() == day["digest"]
        before = day["digest"]
