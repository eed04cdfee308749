"""Friends who come by each way, and what their first orders bring: the part of machine_of_deals that is thanked for."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from sqlalchemy import select

from models import ledger, referral_binding, referral_rewards
from models import referrals as referral_book
from models.campaigns import Campaign, Run
from models.facts import AnyFact
from models.referrals import Offer, ReferralLink, Way, links, offers, referrals
from models.rows import fresh
from tests.ledger import model_invitations
from tests.ledger.buying import Buying
from tests.ledger.machine_run import same
from tests.ledger.machine_stage import PICK, RETURNED_WITHIN, STRANGERS, SURE, WHO, YES
from tests.ledger.model_invitations import BOUND, FLAGGED, Bond, Invitations

DAY = timedelta(days=1)
MOST_OFFERS = 2
_REFERRALS = select(*(referrals.c[name] for name in (
    "id", "offer_id", "inviter_id", "friend_id", "reward", "friend_reward", "state", "order_id", "due_at", "why"
)))  # fmt: skip


class Inviting(Buying):
    """Orchard Lane gives 5.00 to who invites and 3.00 to the friend, for three friends in all; later perhaps something else."""

    def __init__(self) -> None:
        super().__init__()
        self.invitations = Invitations(self.model)
        self._gives(reward=500, friend_reward=300, per_day=2, per_month=3, budget=2500, ends_at=self.now + 9 * DAY)

    def _gives(self, **terms: object) -> None:
        """A campaign's offer, its budget set aside."""
        key, shop = self.next_key(), self.scene.shop
        campaign = Campaign(key=key, shop_id=shop, kind="referral", digest="", first_loaded_at=self.now)
        self.session.add(campaign)
        self.session.flush()
        run = Run(campaign_id=campaign.id or 0, slot=self.now, state="done", started_at=self.now, all_decided=True)
        self.session.add(run)
        self.session.flush()
        row = Offer(
            run_id=run.id or 0, campaign_id=campaign.id or 0, shop_id=shop, circles=[self.scene.circle], starts_at=self.now,
            window=int((4 * DAY).total_seconds()), hold=int(DAY.total_seconds()), **terms,
        )  # fmt: skip
        self.session.add(row)
        self.session.flush()
        ledger.transfer(
            self.session, reason=f"referral_budget:{row.id}", debit=ledger.shop(shop), credit=ledger.campaign(row.campaign_id),
            amount=row.budget, now=self.now,
        )  # fmt: skip
        self.model.move(("shop", 0), ("campaign", row.campaign_id), row.budget)
        self.invitations.offers[row.id or 0] = model_invitations.Offer(
            row.campaign_id, row.reward, row.friend_reward, 4 * DAY, max(DAY, RETURNED_WITHIN), row.per_day, row.per_month,
            row.budget, row.ends_at,
        )  # fmt: skip

    @precondition(lambda self: len(self.invitations.offers) < MOST_OFFERS)
    @rule(both=YES)
    def thanks_for_more(self, both: bool) -> None:
        """Another campaign, which gives to one side only, or to both."""
        self._gives(reward=200, friend_reward=100 * both, per_day=6, per_month=7, budget=2000, ends_at=self.now + 12 * DAY)

    # Coming

    def asks_for_a_link(self, inviter: str) -> None:
        """The member's link; asked for again it is the same."""
        person, code = self.people[inviter], self.invitations.link_refusal(self.people[inviter])
        offer = self.invitations.live()
        if self.does(code, lambda: self._link(person)) and offer is not None and (offer, person) not in self.invitations.links:
            self.invitations.links.append((offer, person))

    def _link(self, person: int) -> list[AnyFact]:
        """The link, and the circle's own that Telegram makes for it."""
        link = referral_binding.link(self.session, self.scene.circle, person, self.now)
        referral_binding.keep_url(self.session, self.scene.circle, person, f"https://t.me/+{link.token}")
        return []

    @initialize(inviter=WHO, way=st.sampled_from(Way), buys=YES)
    def strangers_come(self, inviter: str, way: Way, buys: bool) -> None:
        self.a_friend_comes(inviter, "", way, buys, True)

    @rule(inviter=WHO, friend=WHO, way=st.sampled_from(Way), buys=YES, all_of_them=SURE)
    def a_friend_comes(self, inviter: str, friend: str, way: Way, buys: bool, all_of_them: bool) -> None:
        """Somebody gives their link or a card to a friend, or to all strangers, who may come to buy."""
        for one in STRANGERS if all_of_them else [friend]:
            if way == Way.CARD:
                self.shares_a_card(inviter, one)
            else:
                self.brings(inviter, one, way)
            if buys:
                self.joins(one, len(self.model.deals) - 1)

    def brings(self, inviter: str, friend: str, way: Way) -> None:
        self.asks_for_a_link(inviter)
        offer, person = self.invitations.live(), self.people[inviter]
        if offer is not None and (offer, person) in self.invitations.links:
            self._comes(offer, person, self.people[friend], way, True)

    @precondition(lambda self: self.invitations.links)
    @rule(which=PICK, friend=WHO, stays=YES)
    def comes_by_an_old_link(self, which: int, friend: str, stays: bool) -> None:
        offer, inviter = self.invitations.links[which % len(self.invitations.links)]
        self._comes(offer, inviter, self.people[friend], Way.LINK, stays)

    def _comes(self, offer: int, inviter: int, friend: int, way: Way, stays: bool) -> None:
        again = self.invitations.again(offer, inviter, friend)
        code = None if again else self.invitations.refusal(offer, inviter, friend)
        if self.does(code, lambda: self._binds(offer, inviter, friend, way)) and not again:
            self._bound(offer, inviter, friend)
        if stays:
            self.enters_circle(friend)

    def _binds(self, offer: int, inviter: int, friend: int, way: Way) -> list[AnyFact]:
        mine = links.c.offer_id == offer, links.c.person_id == inviter
        link: ReferralLink | None = fresh(self.session, select(ReferralLink).where(*mine))[0]
        assert link is not None
        if way == Way.LINK or link.url is None:
            link = referral_book.by_token(self.session, link.token)
        else:
            link = referral_book.by_url(self.session, link.url)
        return referral_binding.bind(self.session, link, friend, way, self.now)[1]

    def _bound(self, offer: int, inviter: int, friend: int) -> None:
        mine = referrals.c.friend_id == friend, referrals.c.state == BOUND
        self.invitations.binds(self.session.execute(select(referrals.c.id).where(*mine)).scalar_one(), offer, inviter, friend)

    def shares_a_card(self, inviter: str, friend: str) -> None:
        """A friend who came by a member's group buy is bound if that can be; if not, nothing is said."""
        giver, taker, offer = self.people[inviter], self.people[friend], self.invitations.live()
        made = referral_binding.bind_by_card(self.session, self.scene.circle, giver, taker, self.now)
        may = self.invitations.link_refusal(giver) is None and offer is not None
        if may and offer is not None and not self.invitations.again(offer, giver, taker):
            may = self.invitations.refusal(offer, giver, taker) is None
            if may:
                self.does(None, lambda: made[1] if made else [])
                self.invitations.links += [] if (offer, giver) in self.invitations.links else [(offer, giver)]
                self._bound(offer, giver, taker)
        assert (made is not None) == may
        self.enters_circle(taker)

    # What follows

    def happened(self) -> None:
        self.invitations.follows()

    def falls_due(self) -> None:
        """Rewards that were due are decided on before what became of orders at this moment is followed."""
        super().falls_due()
        for bond in self.invitations.due():
            self.invitations.comes_due(bond)
        self.invitations.ends()
        self.happened()
        while waiting := self.invitations.due():
            for bond in waiting:
                self.invitations.comes_due(bond)

    def forgets(self, person: int) -> None:
        super().forgets(person)
        self.invitations.forgets(person)

    def _flagged(self) -> list[Bond]:
        return [one for one in self.invitations.bonds.values() if one.state == FLAGGED]

    @precondition(lambda self: self.invitations.bonds)
    @rule(which=PICK, good=YES)
    def decides(self, which: int, good: bool) -> None:
        """The owner looks at what was flagged; by an old button, at what was decided, or never was to be."""
        among = self._flagged() or list(self.invitations.bonds.values())
        bond = among[which % len(among)]
        how = referral_rewards.approve if good else referral_rewards.refuse
        code = None if bond.state == FLAGGED else "referral_decided"
        if self.does(code, lambda: how(self.session, bond.number, self.scene.owner, self.now)):
            self.came("flagged and " + ("approved" if good else "refused"))
            if good:
                self.invitations.pays(bond)
            else:
                self.invitations.void(bond, "refused")

    # What must be so

    @invariant()
    def invitations_are_the_models(self) -> None:
        found = {row.id: tuple(row)[1:] for row in self.session.execute(_REFERRALS)}
        same(found, {number: self._told(bond) for number, bond in self.invitations.bonds.items()})
        promised = {row.id: row.promised for row in self.session.execute(select(offers.c.id, offers.c.promised))}
        same(promised, {number: offer.promised for number, offer in self.invitations.offers.items()})

    def _told(self, one: Bond) -> tuple[object, ...]:
        return (
            one.offer, one.inviter, one.friend, one.reward, one.friend_reward, one.state, one.order, one.due, one.why
        )  # fmt: skip

    def teardown(self) -> None:
        for bond in self.invitations.bonds.values():
            self.came(f"invitations {bond.state}" + (f" ({bond.why})" if bond.why else ""))
        super().teardown()


