"""A shop that thanks for invitations, on a real database: who brings whom, buys, is paid, gives back; days pass."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import circles, deadlines, group_buys, handover, joins, ledger, locks, notices, payments, referral_binding
from models.campaigns import Campaign, Run
from models.catalogue import Product
from models.errors import DomainError
from models.facts import AnyFact
from models.group_buys import Terms
from models.invariants import check
from models.orders import Order, order_table
from models.outbox import OUTBOX
from models.people import Person
from models.referrals import Offer, Referral, ReferralLink, Way, referrals
from models.seats import Way as SeatWay
from models.wishes import Change, How
from tests.rules.scene import Scene

PRICE = 2000


class Bazaar(Scene):
    """Orchard Lane gives 5.00 to who invites and 3.00 to the friend, for a first order of 20.00."""

    def __init__(self, session: Session, **terms: object) -> None:
        super().__init__(session)
        notices.notify(session, self.opened, self.now)
        self.product = self._add(Product(shop_id=self.shop, key="pears", title={"en": "Pears"}, price=PRICE))
        self.offer = self.gives(**terms)

    def gives(self, key: str = "friends", **terms: object) -> int:
        """A campaign's offer, its budget set aside."""
        campaign = self._add(
            Campaign(key=key, shop_id=self.shop, kind="referral", digest="", first_loaded_at=self.now)
        )
        run = self._add(Run(campaign_id=campaign, slot=self.now, state="done", started_at=self.now, all_decided=True))
        usual: dict[str, object] = {
            "reward": 500, "friend_reward": 300, "window": 14 * 86_400, "hold": 7 * 86_400, "per_day": 100,
            "per_month": 300, "budget": 100_000, "ends_at": self.now + timedelta(days=60),
        }  # fmt: skip
        row = Offer(
            run_id=run, campaign_id=campaign, shop_id=self.shop, circles=[self.circle], starts_at=self.now, **(usual | terms)
        )
        offer_id = self._add(row)
        ledger.transfer(
            self.session, reason=f"referral_budget:{offer_id}", debit=ledger.shop(self.shop),
            credit=ledger.campaign(campaign), amount=row.budget, now=self.now,
        )  # fmt: skip
        return offer_id

    def link(self, name: str) -> ReferralLink:
        return referral_binding.link(self.session, self.circle, self.person(name), self.now)

    def brings(self, inviter: str, friend: str, way: Way = Way.LINK) -> Referral:
        """The friend comes by the inviter's link and is in the circle from then on. Raises what binding raises."""
        link, friend_id = self.link(inviter), self.person(friend, member=False)
        with self.session.begin_nested():
            row, facts = referral_binding.bind(self.session, link, friend_id, way, self.now)
            self.tell(facts)
        circles.join(self.session, self.circle, friend_id, self.now)
        return row

    def refused(self, inviter: str, friend: str) -> str:
        """The code of the refusal, of which nothing is kept."""
        try:
            self.brings(inviter, friend)
        except DomainError as error:
            return error.code
        return ""

    def tell(self, facts: list[AnyFact]) -> None:
        notices.notify(self.session, facts, self.now)

    def orders(self, *names: str) -> None:
        """They join a group buy of pears that locks an hour later."""
        terms = Terms(
            shop_id=self.shop, circle_id=self.circle, product_id=self.product, price=PRICE, ladder=(),
            closes_at=self.now + timedelta(hours=1), minimum=1, per_member=5,
        )  # fmt: skip
        round_id, facts = group_buys.open_round(self.session, terms, self.now)
        self.tell(facts)
        for name in names:
            how = How(SeatWay.TAPPED)
            self.tell(joins.change(self.session, round_id, self.person(name), Change("add", 1), how, self.now))
        self.passes(hours=1)
        self.tell(locks.close(self.session, round_id, self.now))

    def completes(self, *names: str) -> None:
        """They pay and collect."""
        for name in names:
            self.tell(payments.confirm(self.session, self.number(name), self.owner, self.now))
            self.tell(handover.collect(self.session, self.number(name), self.owner, self.now))

    def buys(self, *names: str) -> None:
        self.orders(*names)
        self.completes(*names)

    def gives_back(self, *names: str) -> None:
        """The owner refunds their latest order whole."""
        for name in names:
            self.tell(payments.refund(self.session, self.number(name), self.owner, self.now))

    def leaves_chat(self, *names: str) -> None:
        for name in names:
            circles.leave(self.session, self.circle, self.person(name), self.now)

    def waits(self, **time: float) -> None:
        """Time passes, and what falls due is done."""
        self.passes(**time)
        while facts := deadlines.sweep(self.session, self.now):
            self.tell(facts)

    def number(self, name: str) -> int:
        mine = order_table.c.person_id == self.person(name)
        return int(self.session.scalars(select(order_table.c.id).where(mine).order_by(order_table.c.id.desc())).first() or 0)

    def order(self, name: str) -> Order:
        return self.session.get_one(Order, self.number(name), populate_existing=True)

    def of(self, friend: str) -> Referral:
        """The friend's latest referral."""
        mine = referrals.c.friend_id == self.person(friend)
        query = select(Referral).where(mine).order_by(referrals.c.id.desc()).execution_options(populate_existing=True)
        self.session.flush()
        return self.session.scalars(query).first()  # type: ignore[return-value]  # a test asks for one that is there

    def has(self, name: str) -> tuple[int, int, int]:
        """What is in a wallet, what is pending for it, what is owed."""
        wallet = ledger.wallet(self.shop, self.person(name))
        balance = ledger.balance(self.session, wallet), ledger.balance(self.session, ledger.pending_of(wallet))
        return *balance, ledger.owed(self.session, self.shop, self.person(name))

    def left(self) -> int:
        """What the campaign still has."""
        offer = self.session.get_one(Offer, self.offer, populate_existing=True)
        return ledger.balance(self.session, ledger.campaign(offer.campaign_id))

    def promised(self) -> int:
        return self.session.get_one(Offer, self.offer, populate_existing=True).promised

    def told(self, name: str) -> list[str]:
        """The templates of what somebody heard of invitations, in their order."""
        mine = OUTBOX.c.person_id == self.person(name), OUTBOX.c.template.startswith("referral_")
        return list(self.session.scalars(select(OUTBOX.c.template).where(*mine).order_by(OUTBOX.c.id)))

    def wrong(self) -> list[str]:
        return [str(one) for one in check(self.session)]

    def named(self, name: str) -> Person:
        return self.session.get_one(Person, self.person(name))
