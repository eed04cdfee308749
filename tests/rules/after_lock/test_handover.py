"""Arrival, collecting, again or not, something is wrong, the shop's thanks."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from models import complaints, handover, ledger, locks, payments
from models.errors import DomainError
from models.facts import (
    BuyersThanked,
    CollectReminder,
    ComplaintRaised,
    ComplaintResolved,
    GoodsArrived,
    MoneyBackDue,
    OrderCollected,
    RoundEnded,
)
from models.states import ComplaintState, OrderState, RoundState
from tests.rules.after_lock.lock import Locked, of


def test_when_the_goods_arrive_everybody_whose_order_stands_is_told_once(session: Session) -> None:
    deal = Locked(session)
    deal.cannot("Bao")
    told = handover.arrive(session, deal.round, deal.owner, deal.now)
    assert told == [GoodsArrived(deal.round, deal.number(name), deal.person(name), 1) for name in ("Ann", "Chen")]
    assert deal.row.state == RoundState.SETTLING
    with pytest.raises(DomainError, match="already_arrived"):
        handover.arrive(session, deal.round, deal.owner, deal.now)


def test_only_the_owner_says_that_goods_arrived(session: Session) -> None:
    deal = Locked(session)
    with pytest.raises(DomainError, match="not_yours"):
        handover.arrive(session, deal.round, deal.person("Ann"), deal.now)


def test_nothing_arrives_of_what_was_stopped(session: Session) -> None:
    deal = Locked(session)
    locks.recall(session, deal.round, deal.owner, deal.now)
    with pytest.raises(DomainError, match="not_open"):
        handover.arrive(session, deal.round, deal.owner, deal.now)


def test_collected_and_paid_is_completed_in_either_order(session: Session) -> None:
    deal = Locked(session)
    deal.pays("Ann")
    assert deal.collects("Ann") == [OrderCollected(deal.round, deal.number("Ann"), deal.person("Ann"), completed=True)]
    assert deal.collects("Bao") == [OrderCollected(deal.round, deal.number("Bao"), deal.person("Bao"), completed=False)]
    deal.confirms("Bao")
    assert [deal.order(name).state for name in ("Ann", "Bao")] == [OrderState.COMPLETED] * 2


def test_who_has_the_goods_does_not_lapse(session: Session) -> None:
    deal = Locked(session)
    deal.collects("Bao")
    deal.later(days=2)
    assert deal.order("Bao").state == OrderState.AWAITING


def test_the_leader_hands_out_too_but_nobody_else(session: Session) -> None:
    deal = Locked(session)
    deal.collects("Bao", by="Ann")
    with pytest.raises(DomainError, match="not_yours"):
        deal.collects("Chen", by="Bao")
    with pytest.raises(DomainError, match="already_collected"):
        deal.collects("Bao")


def test_an_ended_order_is_not_handed_out(session: Session) -> None:
    deal = Locked(session)
    deal.cannot("Bao")
    with pytest.raises(DomainError, match="order_ended"):
        deal.collects("Bao")


def test_it_is_done_when_every_order_is_completed_or_ended(session: Session) -> None:
    deal = Locked(session)
    deal.cannot("Chen")
    deal.pays("Ann", "Bao")
    deal.collects("Ann")
    assert of(deal.collects("Bao"), RoundEnded) == [RoundEnded(deal.round)]
    assert (deal.row.state, deal.row.ended_at) == (RoundState.DONE, deal.now)


def test_goods_nobody_fetched_are_reminded_of_once_after_a_day(session: Session) -> None:
    deal = Locked(session)
    deal.pays("Ann", "Bao", "Chen")
    deal.now = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
    handover.arrive(session, deal.round, deal.owner, deal.now)
    deal.collects("Bao")
    assert deal.later(hours=23) == []
    reminded = {fact.person_id for fact in of(deal.later(hours=1), CollectReminder)}
    assert reminded == {deal.person("Ann"), deal.person("Chen")}
    assert deal.later(days=2) == []


def test_nobody_is_reminded_at_night(session: Session) -> None:
    evening = datetime(2026, 11, 22, 14, 30, tzinfo=UTC)  # 22:30 in Shanghai
    assert handover.awake(evening, "Asia/Shanghai") == datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    early = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)  # 06:00 in Shanghai
    assert handover.awake(early, "Asia/Shanghai") == datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    noon = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    assert handover.awake(noon, "Asia/Shanghai") == noon


def test_from_five_on_people_hear_how_many_would_buy_again(session: Session) -> None:
    names = ("Ann", "Bao", "Chen", "Dora", "Emil")
    deal = Locked(session, *names)
    for name in names:
        deal.collects(name)
    for name in names[:4]:
        handover.again(session, deal.number(name), deal.person(name), True, deal.now)
    assert handover.again_rate(session, deal.product) is None
    handover.again(session, deal.number("Emil"), deal.person("Emil"), False, deal.now)
    handover.again(session, deal.number("Ann"), deal.person("Ann"), False, deal.now)  # she thinks again
    assert handover.again_rate(session, deal.product) == (3, 5)


def test_who_has_not_collected_cannot_say(session: Session) -> None:
    deal = Locked(session)
    with pytest.raises(DomainError, match="not_collected"):
        handover.again(session, deal.number("Ann"), deal.person("Ann"), True, deal.now)
    with pytest.raises(DomainError, match="not_collected"):
        complaints.raise_(session, deal.number("Ann"), deal.person("Ann"), 1, "", None, deal.now)


def wrong(deal: Locked, pieces: int = 1) -> list:
    """Ann's oranges are bruised."""
    return complaints.raise_(session=deal.session, order_id=deal.number("Ann"), person_id=deal.person("Ann"),
                             pieces=pieces, words="bruised", photo_file_id="photo", now=deal.now)  # fmt: skip


def resolved(deal: Locked, how: ComplaintState) -> list:
    return complaints.resolve(deal.session, deal.complaint("Ann").id or 0, deal.owner, how, deal.now)


def test_bruised_oranges_are_credited_to_the_wallet_by_the_piece(session: Session) -> None:
    deal = Locked(session, pieces={"Ann": 3})
    deal.pays("Ann")
    deal.collects("Ann")
    wrong(deal, 2)
    facts = resolved(deal, ComplaintState.CREDITED)
    assert [fact.amount for fact in of(facts, ComplaintResolved)] == [7200]
    assert of(facts, MoneyBackDue) == []
    assert ledger.balance(session, ledger.wallet(deal.shop, deal.person("Ann"))) == 7200
    balance = payments.balance(session, deal.number("Ann"))
    assert (balance.paid, balance.back_due) == (3600, 0)


def test_bruised_oranges_are_paid_back_by_the_piece(session: Session) -> None:
    deal = Locked(session, pieces={"Ann": 3})
    deal.pays("Ann")
    deal.collects("Ann")
    assert of(wrong(deal, 2), ComplaintRaised)
    facts = resolved(deal, ComplaintState.REFUNDED)
    assert [fact.amount for fact in of(facts, ComplaintResolved)] == [7200]
    assert [(fact.amount, fact.kind, fact.why) for fact in of(facts, MoneyBackDue)] == [(7200, "refund", "complaint")]
    assert payments.balance(session, deal.number("Ann")).back_due == 7200


def test_a_replacement_costs_nothing(session: Session) -> None:
    deal = Locked(session)
    deal.collects("Ann")
    wrong(deal)
    assert of(resolved(deal, ComplaintState.REPLACED), MoneyBackDue) == []
    with pytest.raises(DomainError, match="complaint_closed"):
        resolved(deal, ComplaintState.REFUNDED)


def test_a_complaint_names_pieces_that_were_bought_and_stands_once(session: Session) -> None:
    deal = Locked(session)
    deal.pays("Ann")
    deal.collects("Ann")
    for pieces in (0, 2):
        with pytest.raises(DomainError, match="complaint_pieces"):
            wrong(deal, pieces)
    wrong(deal)
    with pytest.raises(DomainError, match="complaint_open"):
        wrong(deal)


def test_nothing_goes_back_that_was_never_paid(session: Session) -> None:
    deal = Locked(session)
    deal.collects("Ann")
    wrong(deal)
    with pytest.raises(DomainError, match="not_paid"):
        resolved(deal, ComplaintState.REFUNDED)


def test_the_shop_thanks_everybody_who_collected_once(session: Session) -> None:
    deal = Locked(session)
    with pytest.raises(DomainError, match="nobody_to_thank"):
        handover.thank(session, deal.round, deal.owner, deal.now)
    deal.collects("Ann")
    assert len(of(handover.thank(session, deal.round, deal.owner, deal.now), BuyersThanked)) == 1
    with pytest.raises(DomainError, match="already_thanked"):
        handover.thank(session, deal.round, deal.owner, deal.now)


def test_a_recall_leaves_what_was_collected_and_gives_the_rest_back(session: Session) -> None:
    deal = Locked(session, stock=20)
    deal.pays("Ann", "Bao")
    deal.collects("Ann")
    facts = locks.recall(session, deal.round, deal.owner, deal.now)
    assert [(fact.person_id, fact.why) for fact in of(facts, MoneyBackDue)] == [(deal.person("Bao"), "recalled")]
    states = [deal.order(name).state for name in ("Ann", "Bao", "Chen")]
    assert states == [OrderState.COMPLETED, OrderState.CANCELLED, OrderState.CANCELLED]
    assert (deal.stock_left, deal.row.members) == (19, 1)
