"""Each invariant of the ledger finds the fault it is there for, and finds nothing when all is well."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from models import chain, discounts, invariants, ledger, wallet
from models.invariants import ledger as checks
from tests.ledger.deals import Deal


def busy(session: Session) -> Deal:
    """Ann paid by wallet and voucher, Bao with points; a hold waits, one was captured, a reward was taken back."""
    deal = Deal(session)
    budget, ann = ledger.campaign(7), deal.person("Ann")
    deal.funds(budget, 5000, "budget:7")
    ledger.reward(session, reason="r:1", debit=budget, shop_id=deal.shop, person_id=ann, amount=500, now=deal.now)
    voucher = deal.voucher("Ann", 300)
    discounts.use_voucher(session, deal.number("Ann"), ann, voucher, deal.now)
    wallet.spend(session, deal.number("Ann"), ann, deal.now)
    deal.funds(ledger.points(deal.shop, deal.person("Bao")), 120, "showcase:1")
    discounts.use_points(session, deal.number("Bao"), deal.person("Bao"), deal.now)
    ledger.claw_back(session, "r:1", "r:1:void", deal.now)
    ledger.hold(session, reason="r:2", debit=budget, to=ledger.wallet(deal.shop, ann), amount=200, now=deal.now)
    ledger.hold(session, reason="r:3", debit=budget, to=ledger.wallet(deal.shop, ann), amount=200, now=deal.now)
    ledger.capture(session, "r:3", "r:3:paid", deal.now)
    chain.close_days(session, deal.now + timedelta(days=2))
    deal.now += timedelta(days=1)
    deal.tells()
    return deal


def test_when_all_is_well_nothing_is_found(session: Session) -> None:
    busy(session)
    assert invariants.check(session) == []


def opened(session: Session) -> None:
    """Somebody with the file in hand: triggers gone, constraints gone, the rows as they were."""
    for table in ("transfers", "accounts"):
        session.execute(text(f"CREATE TABLE plain AS SELECT * FROM {table}"))
        session.execute(text("PRAGMA foreign_keys=OFF"))
        session.execute(text(f"DROP TABLE {table}"))
        session.execute(text(f"ALTER TABLE plain RENAME TO {table}"))


def _run(*statements: str) -> Callable[[Session], None]:
    def plant(session: Session) -> None:
        session.commit()
        session.execute(text("PRAGMA foreign_keys=OFF"))
        opened(session)
        for statement in statements:
            session.execute(text(statement))

    return plant


COPY = (
    "INSERT INTO transfers (id, kind, debit_id, credit_id, amount, reason, asked, of_id, order_id, day, at) "
    "SELECT (SELECT max(id) + 1 FROM transfers), {kind}, {debit}, {credit}, {amount}, {reason}, asked, {of}, order_id, "
    "'2030-01-01', at FROM transfers WHERE reason = '{source}'"
)


def copy(source: str, **other: str) -> str:
    """A row like another, but for what is named."""
    columns = {"kind": "kind", "debit": "debit_id", "credit": "credit_id", "amount": "amount", "of": "of_id"}
    return COPY.format(source=source, **(columns | {"reason": f"'{source}:planted'"} | other))


ID = "(SELECT id FROM transfers WHERE reason = '{}')"
FAULTS: tuple[tuple[str, Callable[[Session], None]], ...] = (
    ("ledger sum", _run("UPDATE accounts SET balance = balance + 1 WHERE kind = 'wallet'")),
    ("ledger replay", _run("UPDATE accounts SET balance = balance + 1 WHERE kind = 'campaign'")),
    ("ledger replay", _run(copy("budget:7"))),
    ("ledger floor", _run(copy("order:1:1"))),
    ("ledger floor", _run(copy("budget:7", debit="credit_id", credit="debit_id", amount="amount * 9"))),
    ("ledger sides", _run("UPDATE accounts SET unit = 'points' WHERE kind = 'campaign'")),
    ("ledger sides", _run("UPDATE accounts SET shop_id = 9 WHERE kind = 'campaign'")),
    ("hold", _run(copy("r:3:paid", kind="'release'"))),
    ("hold", _run(copy("r:3:paid", of=ID.format("r:2"), amount="amount - 1"))),
    ("reversal", _run(copy("r:1:void"))),
    ("reversal", _run(copy("r:1:void", kind="'refund'", amount="1", reason="'r:1:more'"))),
    ("reversal", _run(copy("r:1:void", kind="'refund'", of=ID.format("r:2"), reason="'r:2:odd'"))),
    ("reason", _run(copy("budget:7", reason="'budget:7'"))),
    ("reason", _run("UPDATE transfers SET asked = 'x' WHERE reason = 'budget:7'")),
    ("chain", _run("UPDATE transfers SET amount = amount + 1 WHERE reason = 'budget:7'")),
    ("chain", _run("DELETE FROM transfers WHERE reason = 'budget:7'")),
    ("chain", _run(copy("budget:7"), "UPDATE transfers SET day = (SELECT min(day) FROM transfers)")),
    ("append-only", _run()),
    ("wallet payments", _run("UPDATE payments SET amount = amount - 1 WHERE method = 'wallet'")),
    ("wallet payments", _run(copy("order:1:1"))),
    ("points on an order", _run("UPDATE order_lines SET amount = amount - 1 WHERE kind = 'points'")),
    ("vouchers given", _run("UPDATE voucher_terms SET granted = granted + 1")),
    ("vouchers of a member", _run("UPDATE voucher_terms SET per_member = 0")),
    ("voucher use", _run("UPDATE vouchers SET order_id = 2 WHERE state = 'used'")),
    ("voucher use", _run("UPDATE vouchers SET state = 'granted', order_id = NULL")),
    ("state", _run("UPDATE vouchers SET state = 'lost', order_id = NULL")),
)


@pytest.mark.parametrize(("invariant", "plant"), FAULTS, ids=[f"{n}-{name}" for n, (name, _) in enumerate(FAULTS)])
def test_a_planted_fault_is_found(session: Session, invariant: str, plant: Callable[[Session], None]) -> None:
    busy(session)
    plant(session)
    assert invariant in {difference.invariant for difference in invariants.check(session)}


def test_a_credit_without_its_row_is_found(session: Session) -> None:
    deal = busy(session)
    deal.pays("Chen")
    wallet.credit(session, deal.order("Chen"), 100, "complaint:9", "complaint", deal.now)
    session.execute(text("UPDATE payments SET amount = 101 WHERE reason_key = 'complaint:9'"))
    assert "wallet credit" in {difference.invariant for difference in invariants.check(session)}


def test_too_many_vouchers_are_found(session: Session) -> None:
    deal = busy(session)
    deal.voucher("Bao", 300)
    session.commit()
    session.execute(text("PRAGMA ignore_check_constraints=ON"))
    session.execute(text("UPDATE voucher_terms SET total = 0"))
    assert "vouchers given" in {difference.invariant for difference in invariants.check(session)}


def test_every_check_of_the_ledger_has_a_planted_fault() -> None:
    names = {
        "sums_to_zero": "ledger sum", "equals_the_replay": "ledger replay", "never_below_zero": "ledger floor",
        "sides_match": "ledger sides", "holds_resolve_once": "hold", "reversed_once": "reversal", "one_reason_one_row": "reason",
        "rows_never_change": "chain", "wallet_payments": "wallet payments", "points_of_orders": "points on an order",
        "voucher_limits": "vouchers given", "voucher_uses": "voucher use",
    }  # fmt: skip
    assert {check.__name__ for check in checks.CHECKS} == set(names)
    assert set(names.values()) <= {name for name, _ in FAULTS}
