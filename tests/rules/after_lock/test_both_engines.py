"""The whole way after the lock in one story, on SQLite and on PostgreSQL, messages and invariants included."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import complaints, deadlines, gifts, handover, invariants, ledger, notices, picklist, shares
from models.columns import table_of
from models.outbox import Outbox
from models.states import ComplaintState, OrderState, RoundState
from tests.rules.after_lock.lock import Locked

OUTBOX = table_of(Outbox)


def test_from_the_lock_to_the_last_orange(both: Session) -> None:
    deal = Locked(both, "Ann", "Bao", "Chen", "Dora", pieces={"Ann": 2}, stock=5, leader_discount=200, delivery_fee=500)
    notices.notify(both, deal.lock_facts, deal.now)
    assert invariants.check(both) == []
    deal.waits("Emil", 2)
    token = gifts.give(both, deal.round, deal.person("Ann"), 1, deal.now)
    gifts.accept(both, token, deal.person("Fang"), "", None, deal.now)
    assert shares.link(both, deal.round, deal.person("Bao"), deal.now) == shares.link(
        both, deal.round, deal.person("Bao"), deal.now
    )
    deal.pays("Ann", "Bao")
    notices.notify(both, deal.cannot("Chen"), deal.now)
    notices.notify(both, deal.takes("Emil"), deal.now)
    assert invariants.check(both) == []
    deal.pays("Emil")
    notices.notify(both, deal.later(hours=24), deal.now)
    assert deal.order("Dora").state == OrderState.LAPSED
    assert deal.row.state == RoundState.SETTLING
    notices.notify(both, handover.arrive(both, deal.round, deal.owner, deal.now), deal.now)
    rows = picklist.rows(both, round_id=deal.round)
    assert [(row.member, row.quantity, row.state) for row in rows] == [
        ("Fang", 1, "paid"), ("Ann", 1, "paid"), ("Bao", 1, "paid"), ("Emil", 1, "paid")
    ]  # fmt: skip
    assert sum(row.total for row in rows) == sum(deal.order(name).total for name in ("Ann", "Bao", "Emil"))
    notices.notify(both, deal.later(days=2), deal.now)
    for name in ("Ann", "Bao", "Emil"):
        notices.notify(both, deal.collects(name, by="Ann"), deal.now)
    assert (deal.row.state, deal.stock_left) == (RoundState.DONE, 1)
    notices.notify(
        both, complaints.raise_(both, deal.number("Bao"), deal.person("Bao"), 1, "", "photo", deal.now), deal.now
    )
    resolved = complaints.resolve(both, deal.complaint("Bao").id or 0, deal.owner, ComplaintState.CREDITED, deal.now)
    notices.notify(both, resolved, deal.now)
    assert ledger.balance(both, ledger.wallet(deal.shop, deal.person("Bao"))) == 3600
    assert deadlines.next_due(both) is None
    assert invariants.check(both) == []
    said = both.scalars(select(OUTBOX.c.template).order_by(OUTBOX.c.id)).all()
    assert {"payment_asked", "round_locked_owner", "offer_made", "goods_arrived", "collect_reminder", "round_ended"} <= set(said)
