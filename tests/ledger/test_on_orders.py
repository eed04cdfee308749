"""A wallet, a voucher and points on an order: what is left to pay, and that all of it comes back when the order ends."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from models import discounts, invariants, locks, orders, payments
from models.catalogue import Product
from models.complaints import ComplaintState, raise_, resolve
from models.errors import DomainError
from models.facts import MoneyBackDone, MoneyBackDue, OrderSettledAtLock, PaidLess, VoucherReturned, WalletCredited
from models.shops import Shop
from models.states import OrderState
from models.vouchers import Voucher, VoucherTerms
from tests.ledger.deals import Deal, Upfront
from tests.rules.after_lock.lock import of


def settled(deal: Deal) -> None:
    """Nothing is wrong anywhere."""
    deal.tells()
    assert [str(difference) for difference in invariants.check(deal.session)] == []


def test_a_wallet_pays_a_part_and_the_rest_is_paid_as_before(session: Session) -> None:
    deal = Deal(session)
    deal.fills("Ann", 500)
    (told,) = of(deal.uses_wallet("Ann"), PaidLess)
    assert (told.by, told.amount, told.due, told.pay_by is None) == ("wallet", 500, 3100, False)
    assert deal.order("Ann").state == OrderState.AWAITING
    deal.pays("Ann")
    assert deal.payments("Ann") == [("charge", "confirmed", 500), ("charge", "confirmed", 3100)]
    assert (deal.order("Ann").state, deal.has(deal.wallet_of("Ann"))) == (OrderState.PAID, 0)
    settled(deal)


def test_a_full_wallet_pays_all_of_it_at_once(session: Session) -> None:
    deal = Deal(session)
    deal.fills("Ann", 5000)
    (told,) = of(deal.uses_wallet("Ann"), PaidLess)
    assert (told.amount, told.due, told.pay_by) == (3600, 0, deal.order("Ann").pay_by or told.pay_by)
    assert (deal.order("Ann").state, deal.has(deal.wallet_of("Ann"))) == (OrderState.PAID, 1400)
    with pytest.raises(DomainError, match="already_paid"):
        deal.uses_wallet("Ann")
    settled(deal)


def test_what_a_wallet_paid_comes_back_when_the_order_is_dropped(session: Session) -> None:
    deal = Deal(session)
    deal.fills("Ann", 500)
    deal.uses_wallet("Ann")
    (back,) = of(deal.cannot("Ann"), WalletCredited)
    assert (back.amount, back.why, deal.has(deal.wallet_of("Ann"))) == (500, "dropped", 500)
    settled(deal)


def test_a_lapsed_order_gives_back_wallet_voucher_and_points(session: Session) -> None:
    deal = Deal(session)
    deal.fills("Ann", 500)
    deal.points("Ann", 70)
    voucher = deal.voucher("Ann", 1000)
    deal.uses("Ann", voucher)
    deal.uses_points("Ann")
    deal.uses_wallet("Ann")
    assert (deal.order("Ann").total, payments.balance(session, deal.number("Ann")).due) == (2530, 2030)
    facts = deal.later(hours=25)
    assert len(of(facts, VoucherReturned)) == 1
    assert deal.order("Ann").state == OrderState.LAPSED
    assert (deal.state(voucher), deal.has(deal.points_of("Ann")), deal.has(deal.wallet_of("Ann"))) == ("granted", 70, 500)
    settled(deal)


def test_a_recalled_offer_gives_cash_back_in_cash_and_the_wallets_part_to_the_wallet(session: Session) -> None:
    deal = Deal(session)
    deal.fills("Ann", 500)
    deal.uses_wallet("Ann")
    deal.pays("Ann")
    facts = locks.recall(session, deal.round, deal.owner, deal.now)
    assert [(fact.amount, fact.kind) for fact in of(facts, MoneyBackDue)] == [(3100, "refund")]
    assert deal.has(deal.wallet_of("Ann")) == 500
    settled(deal)


def test_an_owner_refunds_cash_first_and_never_more_cash_than_came(session: Session) -> None:
    deal = Deal(session)
    deal.fills("Ann", 600)
    deal.uses_wallet("Ann")
    deal.pays("Ann")
    facts = deal.refunds("Ann", 2900)
    assert [fact.amount for fact in of(facts, MoneyBackDone)] == [2900]
    facts = deal.refunds("Ann", 300)
    assert [fact.amount for fact in of(facts, MoneyBackDone)] == [100]
    assert [fact.amount for fact in of(facts, WalletCredited)] == [200]
    facts = deal.refunds("Ann")
    assert (of(facts, MoneyBackDone), [fact.amount for fact in of(facts, WalletCredited)]) == ([], [400])
    assert (deal.order("Ann").state, deal.has(deal.wallet_of("Ann"))) == (OrderState.REFUNDED, 600)
    settled(deal)


def test_a_complaint_about_an_order_of_the_wallet_gives_back_to_the_wallet(session: Session) -> None:
    deal = Deal(session)
    deal.fills("Ann", 3600)
    deal.uses_wallet("Ann")
    deal.collects("Ann")
    raise_(session, deal.number("Ann"), deal.person("Ann"), 1, "bruised", None, deal.now)
    facts = resolve(session, deal.complaint("Ann").id or 0, deal.owner, ComplaintState.REFUNDED, deal.now)
    assert (of(facts, MoneyBackDue), deal.has(deal.wallet_of("Ann"))) == ([], 3600)
    settled(deal)


@pytest.mark.parametrize(
    ("terms", "off"),
    [
        ({"value": 500}, 500),
        ({"value": 9900}, 3600),  # no more than the goods cost
        ({"value": 15, "worth": "percent"}, 540),
        ({"value": 33, "worth": "percent"}, 1188),
        ({"value": 50, "worth": "percent", "most": 1000}, 1000),
        ({"value": 100, "worth": "percent"}, 3600),
    ],
)
def test_what_a_voucher_takes_off(session: Session, terms: dict[str, object], off: int) -> None:
    deal = Deal(session)
    voucher = deal.voucher("Ann", **terms)  # type: ignore[arg-type]  # value is among them
    assert [(one.voucher_id, one.off) for one in discounts.usable(session, deal.number("Ann"), deal.now)] == [(voucher, off)]
    (told,) = of(deal.uses("Ann", voucher), PaidLess)
    assert (told.amount, deal.order("Ann").total, deal.state(voucher)) == (off, 3600 - off, "used")
    assert deal.order("Ann").state == (OrderState.PAID if off == 3600 else OrderState.AWAITING)
    settled(deal)


def test_delivery_is_not_discounted_and_the_leaders_discount_comes_first(session: Session) -> None:
    deal = Deal(session, leader_discount=200, delivery_fee=500)
    voucher = deal.voucher("Ann", 100, worth="percent")
    deal.uses("Ann", voucher)
    assert [(line.kind, line.amount) for line in orders.lines_of(session, deal.number("Ann"))] == [
        ("piece", 3600), ("leader_discount", -200), ("delivery", 500), ("voucher", -3400)
    ]  # fmt: skip
    assert deal.order("Ann").total == 500
    settled(deal)


def test_the_best_voucher_comes_first_and_the_soonest_to_end_of_equals(session: Session) -> None:
    deal = Deal(session)
    small, late = deal.voucher("Ann", 100), deal.voucher("Ann", 500)
    soon = deal.voucher("Ann", 500, valid=timedelta(days=1))
    deal.voucher("Ann", 900, min_order=3601)
    assert [one.voucher_id for one in discounts.usable(session, deal.number("Ann"), deal.now)] == [soon, late, small]


@pytest.mark.parametrize(
    ("code", "terms"),
    [
        ("voucher_min", {"min_order": 3601}),
        ("voucher_scope", {"category": "fish"}),
        ("voucher_scope", {"product_id": 0}),
        ("voucher_expired", {"valid": timedelta(seconds=1)}),
    ],
)
def test_a_voucher_that_does_not_fit_says_why_and_nothing_moves(session: Session, code: str, terms: dict[str, object]) -> None:
    deal = Deal(session)
    if terms.get("product_id") == 0:
        other = deal._add(Product(
            shop_id=deal.shop, key="tea", title={"en": "Tea"}, price=100, stock_opening=None, stock_left=None, options=[]
        ))  # fmt: skip
        terms = {"product_id": other}
    voucher = deal.voucher("Ann", 500, **terms)  # type: ignore[arg-type]  # a test's shorthand
    deal.passes(seconds=2)
    assert discounts.usable(session, deal.number("Ann"), deal.now) == []
    with pytest.raises(DomainError) as refused:
        deal.uses("Ann", voucher)
    assert (refused.value.code, deal.order("Ann").total, deal.state(voucher)) == (code, 3600, "granted")
    settled(deal)


def test_another_shops_voucher_is_no_good_here(session: Session) -> None:
    deal = Deal(session)
    voucher, here = deal.voucher("Ann", 500), deal.shop
    elsewhere = deal._add(Shop(key="quay", name="Harbour Fish", currency="CNY", timezone="Asia/Shanghai"))
    session.execute(update(VoucherTerms).values(shop_id=elsewhere))
    session.execute(update(Voucher).values(shop_id=elsewhere))
    assert discounts.usable(session, deal.number("Ann"), deal.now) == []
    with pytest.raises(DomainError, match="voucher_elsewhere"):
        deal.uses("Ann", voucher)
    assert (deal.order("Ann").shop_id, deal.order("Ann").total, deal.state(voucher)) == (here, 3600, "granted")
    settled(deal)


def test_another_persons_voucher_a_second_one_and_one_that_is_no_more(session: Session) -> None:
    deal = Deal(session)
    baos, first, second = deal.voucher("Bao", 500), deal.voucher("Ann", 500), deal.voucher("Ann", 400)
    for voucher, code in ((baos, "not_yours"), (999, "not_yours")):
        with pytest.raises(DomainError, match=code):
            deal.uses("Ann", voucher)
    deal.uses("Ann", first)
    with pytest.raises(DomainError, match="voucher_one_an_order"):
        deal.uses("Ann", second)
    with pytest.raises(DomainError, match="not_yours"):
        discounts.use_voucher(session, deal.number("Bao"), deal.person("Ann"), second, deal.now)
    deal.claims("Bao")
    for deed in (lambda: deal.uses("Bao", baos), lambda: deal.uses_points("Bao"), lambda: deal.uses_wallet("Bao")):
        with pytest.raises(DomainError, match="already_claimed"):
            deed()
    deal.cannot("Chen")
    with pytest.raises(DomainError, match="order_ended"):
        deal.uses_wallet("Chen")
    with pytest.raises(DomainError, match="points_none"):
        deal.uses_points("Ann")
    with pytest.raises(DomainError, match="wallet_empty_order"):
        deal.uses_wallet("Ann")
    settled(deal)


def test_a_voucher_that_ran_out_on_a_recalled_order_has_three_more_days(session: Session) -> None:
    deal = Deal(session, pay_within=86_400 * 9)
    voucher = deal.voucher("Ann", 500)
    deal.uses("Ann", voucher)
    deal.passes(days=8)
    locks.recall(session, deal.round, deal.owner, deal.now)
    assert deal.state(voucher) == "granted"
    assert session.get_one(Voucher, voucher, populate_existing=True).valid_until == deal.now + timedelta(days=3)


def test_points_go_as_far_as_the_goods_and_come_back(session: Session) -> None:
    deal = Deal(session, delivery_fee=500)
    deal.points("Ann", 9000)
    (told,) = of(deal.uses_points("Ann"), PaidLess)
    assert (told.amount, told.due, deal.has(deal.points_of("Ann"))) == (3600, 500, 5400)
    deal.pays("Ann")
    deal.refunds("Ann")
    assert deal.has(deal.points_of("Ann")) == 9000
    settled(deal)


def test_upfront_the_difference_goes_to_the_wallet_whatever_paid_it(session: Session) -> None:
    deal = Upfront(session)
    deal.joins("Ann")
    deal.fills("Ann", 1000)
    deal.uses_wallet("Ann")
    deal.pays("Ann")
    for name in ("Bao", "Chen"):
        deal.joins(name)
    deal.lock_facts = deal.lock()
    (fact, *_) = of(deal.lock_facts, OrderSettledAtLock)
    assert (fact.total, fact.paid, fact.back) == (3600, 3990, 390)
    assert deal.has(deal.wallet_of("Ann")) == 390
    settled(deal)
    locks.recall(session, deal.round, deal.owner, deal.now)
    assert [payment.amount for payment in payments.due_back(session, deal.number("Ann"))] == [2990]
    assert deal.has(deal.wallet_of("Ann")) == 390 + 610
    settled(deal)


def test_upfront_a_voucher_follows_the_seat_and_comes_back_when_the_order_is_too_small(session: Session) -> None:
    deal = Upfront(session)
    voucher = deal.voucher("Ann", 10, worth="percent", min_order=7000)
    deal.joins("Ann", 2)
    deal.uses("Ann", voucher)
    assert deal.order("Ann").total == 7182
    deal.joins("Ann")
    assert deal.order("Ann").total == 10_773
    facts = deal.joins("Ann", -2)
    assert (len(of(facts, VoucherReturned)), deal.state(voucher), deal.order("Ann").total) == (1, "granted", 3990)
    assert [str(difference) for difference in invariants.check(session) if "card" not in difference.invariant] == []


def test_a_price_that_falls_below_the_vouchers_least_order_is_no_fault_of_the_member(session: Session) -> None:
    deal = Upfront(session)
    voucher = deal.voucher("Ann", 500, min_order=3900)
    deal.joins("Ann")
    deal.uses("Ann", voucher)
    for name in ("Bao", "Chen"):
        deal.joins(name)
    deal.lock_facts = deal.lock()
    assert (deal.order("Ann").total, deal.state(voucher)) == (3100, "used")
    settled(deal)


def test_upfront_fewer_pieces_give_the_wallets_part_back_at_once_and_points_too(session: Session) -> None:
    deal = Upfront(session)
    deal.points("Ann", 5000)
    deal.joins("Ann", 2)
    deal.uses_points("Ann")
    deal.fills("Ann", 9000)
    deal.uses_wallet("Ann")
    assert (deal.order("Ann").state, deal.has(deal.wallet_of("Ann"))) == (OrderState.PAID, 9000 - 2980)
    deal.joins("Ann", -1)
    assert deal.order("Ann").total == 0
    assert (deal.has(deal.points_of("Ann")), deal.has(deal.wallet_of("Ann"))) == (5000 - 3990, 9000)
    deal.leaves("Ann")
    assert (deal.has(deal.points_of("Ann")), deal.has(deal.wallet_of("Ann"))) == (5000, 9000)


def test_a_voucher_after_cash_was_paid_upfront_credits_what_is_too_much(session: Session) -> None:
    deal = Upfront(session)
    deal.joins("Ann")
    deal.pays("Ann")
    deal.joins("Ann")
    voucher = deal.voucher("Ann", 5000)
    deal.uses("Ann", voucher)
    assert (deal.order("Ann").state, deal.has(deal.wallet_of("Ann"))) == (OrderState.PAID, 1010)
    deal.leaves("Ann")
    balance = payments.balance(session, deal.number("Ann"))
    assert (balance.paid, balance.back_due, deal.state(voucher)) == (0, 2980, "granted")
