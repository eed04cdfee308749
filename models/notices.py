"""The one table from fact to message: who hears of it, in which words, how soon, how often.

Invariants: every fact has a row here or is silent on purpose; a message stands in the transaction of what it tells of;
its `dedup` key is made of what happened, so telling the same thing twice says it once. Nobody in a circle is told of
another's money: amounts go to the member in private and to the owners.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from models import facts as f
from models import outbox
from models.cards import Card
from models.columns import table_of
from models.facts import AnyFact
from models.group_buys import Round
from models.hearers import Audience, Hearer, Hearers
from models.outbox import Message, Priority, Route


@dataclass(frozen=True)
class Notice:
    """One message a fact makes. `key` is its dedup key, filled with the fact's fields; `buttons` names its keyboard."""

    to: Audience
    template: str
    key: str
    buttons: str | None = None
    priority: Priority = Priority.TRANSACTIONAL


A, NOW = Audience, Priority.OWN_ACTION

NOTICES: dict[type, tuple[Notice, ...]] = {
    f.RoundOpened: (),  # the card says it
    f.SeatTaken: (),  # the tap's answer says it
    f.SeatLeft: (),
    f.StepReached: (Notice(A.CIRCLE, "step_reached", "step_reached:{round_id}:{at}"),),
    f.LeaderChanged: (Notice(A.PERSON, "leader_changed", "leader_changed:{round_id}:{person_id}:{now}"),),
    f.RoundShort: (Notice(A.OWNERS, "round_short", "round_short:{round_id}", "decide"),),
    f.RoundLocked: (
        Notice(A.OWNERS, "round_locked_owner", "round_locked:{round_id}", "pick_list"),
        Notice(A.LEADER, "round_locked_leader", "round_locked_leader:{round_id}", "pick_list"),
    ),
    f.RoundFailed: (
        Notice(A.OWNERS, "round_failed_owner", "round_failed_owner:{round_id}", "again"),
        Notice(A.BUYERS, "round_failed", "round_failed:{round_id}"),
    ),
    f.RoundRecalled: (Notice(A.BUYERS, "round_recalled", "round_recalled:{round_id}"),),
    f.RoundEnded: (Notice(A.OWNERS, "round_ended", "round_ended:{round_id}", "ended"),),
    f.PaymentAsked: (Notice(A.PERSON, "payment_asked", "payment_asked:{order_id}:{pay_by}:{due}", "pay", NOW),),
    f.OrderSettledAtLock: (
        Notice(A.PERSON, "order_settled_at_lock", "order_settled_at_lock:{order_id}:{total}:{paid}"),
        Notice(A.OWNERS_IF_BACK, "order_settled_at_lock_owner", "order_settled_at_lock_owner:{order_id}", "back"),
    ),
    f.PaymentClaimed: (Notice(A.OWNERS, "payment_claimed", "payment_claimed:{order_id}:{now}", "claimed", NOW),),
    f.PaymentConfirmed: (Notice(A.PERSON, "payment_confirmed", "payment_confirmed:{order_id}:{now}", None, NOW),),
    f.PaymentDenied: (Notice(A.PERSON, "payment_denied", "payment_denied:{order_id}:{now}", "pay", NOW),),
    f.PaymentReminder: (Notice(A.PERSON, "payment_reminder", "payment_reminder:{order_id}:{pay_by}", "pay"),),
    f.MoneyBackDue: (
        Notice(A.PERSON_OF_MONEY_BACK, "money_back_due", "money_back_due:{order_id}:{why}:{amount}:{now}"),
        Notice(A.OWNERS, "money_back_due_owner", "money_back_due_owner:{order_id}:{why}:{amount}:{now}", "back"),
    ),
    f.MoneyBackDone: (Notice(A.PERSON, "money_back_done", "money_back_done:{order_id}:{kind}:{now}", None, NOW),),
    f.OrderLapsed: (Notice(A.PERSON, "order_lapsed", "order_lapsed:{order_id}"),),
    f.OrderDropped: (Notice(A.OWNERS, "order_dropped", "order_dropped:{order_id}"),),
    f.OfferMade: (Notice(A.PERSON, "offer_made", "offer_made:{waiting_id}:{until}", "offer"),),
    f.OfferEnded: (Notice(A.PERSON_WHO_LET_IT_PASS, "offer_ended", "offer_ended:{waiting_id}:{now}"),),
    f.WaitlistClosed: (Notice(A.PERSON, "waitlist_closed", "waitlist_closed:{round_id}:{person_id}"),),
    f.GoodsArrived: (Notice(A.PERSON, "goods_arrived", "goods_arrived:{order_id}"),),
    f.CollectReminder: (Notice(A.PERSON, "collect_reminder", "collect_reminder:{order_id}"),),
    f.OrderCollected: (Notice(A.PERSON, "order_collected", "order_collected:{order_id}", "collected", NOW),),
    f.ComplaintRaised: (Notice(A.OWNERS, "complaint_raised", "complaint_raised:{complaint_id}", "complaint", NOW),),
    f.ComplaintResolved: (Notice(A.PERSON, "complaint_resolved", "complaint_resolved:{complaint_id}", None, NOW),),
    f.GiftArrived: (Notice(A.FRIEND, "gift_arrived", "gift_arrived:{gift_id}"),),
    f.GiftAccepted: (Notice(A.GIVER, "gift_accepted", "gift_accepted:{gift_id}"),),
    f.BuyersThanked: (Notice(A.PERSON, "buyers_thanked", "buyers_thanked:{order_id}"),),
    f.CircleAsked: (
        Notice(A.ALL_OWNERS, "circle_asked_owner", "circle_asked:{circle_id}:{now}", "circle", NOW),
        Notice(A.CIRCLE, "circle_asked", "circle_asked_here:{circle_id}:{now}", None, NOW),
    ),
    f.CircleApproved: (Notice(A.OWNERS, "circle_approved", "circle_approved:{circle_id}:{now}", None, NOW),),
    f.CircleRefused: (Notice(A.LEAVING, "leave_chat", "leave_chat:{circle_id}:{now}", None, NOW),),
    f.RightsMissing: (Notice(A.OWNERS, "rights_missing", "rights_missing:{circle_id}:{now}"),),
}

# What changes what a card shows: its step, roster, price, state, and whether a seat may be waited for.
MARKS: frozenset[type] = frozenset({
    f.RoundOpened, f.SeatTaken, f.SeatLeft, f.LeaderChanged, f.RoundShort, f.RoundLocked, f.RoundFailed, f.RoundRecalled,
    f.RoundEnded, f.OrderLapsed, f.OrderDropped, f.PaymentAsked, f.MoneyBackDone, f.GoodsArrived, f.GiftAccepted,
})  # fmt: skip

_CARD = select(table_of(Card).c.id, table_of(Card).c.message_id, table_of(Round).c.thread_id).join(
    table_of(Round), table_of(Round).c.id == table_of(Card).c.round_id
).where(table_of(Card).c.round_id == bindparam("of_round"))  # fmt: skip


def notify(session: Session, facts: Iterable[AnyFact], now: datetime) -> None:
    """Queues what these facts make people hear, and marks the cards they change."""
    facts = list(facts)
    session.flush()
    told = [(fact, notice) for fact in facts for notice in NOTICES[type(fact)]]
    if told:
        hearers = Hearers(session)
        outbox.enqueue(session, [message for fact, notice in told for message in _said(session, hearers, fact, notice, now)], now)
    for round_id in dict.fromkeys(fact.round_id for fact in facts if isinstance(fact, f.Fact) and type(fact) in MARKS):
        outbox.mark_card(session, round_id, now)


def _said(session: Session, hearers: Hearers, fact: AnyFact, notice: Notice, now: datetime) -> list[Message]:
    params = {key: _plain(value) for key, value in asdict(fact).items()}
    key = notice.key.format(**params, now=_plain(now))
    said = params if notice.buttons is None else params | {"buttons": notice.buttons}
    return [_message(session, fact, notice, key, said, hearer) for hearer in hearers.of(fact, notice.to)]


def _message(
    session: Session, fact: AnyFact, notice: Notice, key: str, params: dict[str, object], hearer: Hearer
) -> Message:
    card = _card(session, fact.round_id) if notice.to is A.CIRCLE and isinstance(fact, f.Fact) else None
    return Message(
        route=_route(notice.to), template=notice.template, params=params, person_id=hearer.person_id,
        circle_id=hearer.circle_id, priority=notice.priority,
        dedup=key if hearer.person_id is None else f"{key}:{hearer.person_id}",
        reply_to=card.message_id if card is not None else None, thread_id=card.thread_id if card is not None else None,
    )  # fmt: skip


def _route(to: Audience) -> Route:
    return {A.CIRCLE: Route.CIRCLE, A.LEAVING: Route.ACT}.get(to, Route.PRIVATE)


def _card(session: Session, round_id: int) -> "Row[int, int | None, int | None] | None":
    return session.execute(_CARD, {"of_round": round_id}).one_or_none()


def _plain(value: object) -> object:
    """A fact's value as JSON keeps it: instants as ISO text, tuples as lists."""
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
