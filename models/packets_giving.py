"""Taking a share: one tap, once a member; who taps in the first seconds is drawn, so that being first gains nothing.

Invariants: whoever gets a share may take part at that moment (checked again when it is drawn); a share is paid through the
ledger under a reason that names the packet and the person; a coupon is opened by all of its friends or by nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from models import boards, eligible, ledger, packets_split, vouchers
from models.errors import DomainError
from models.facts import AnyFact, PersonFact, PointsCredited
from models.orders import ENDED, order_table
from models.packets import Packet, PacketClaim, PacketKind, Pays, claims, packets
from models.packets_opening import LIVE, end, purse, unit_of
from models.people import person_table
from models.rows import fresh, hold, load
from models.states import PACKET, PacketState, advance
from models.vouchers import Terms, Worth

_CLAIM = select(claims.c.id).where(
    claims.c.packet_id == bindparam("packet_id"), claims.c.person_id == bindparam("person_id")
)
_REFUSALS = {"left": "not_a_member", "erased": "not_a_member", "new": "packet_newcomer", "owner": "packet_owner"}


@dataclass(frozen=True, slots=True)
class Taken:
    """What a tap came to: "in" (it will be drawn, or waits for friends), "got" (a share) or "missed" (drawn among others).

    `new` is False for a tap that told only what was so already. `amount` is minor units, points or percent.
    """

    news: str
    new: bool
    kind: str
    pays: str
    worth: str
    amount: int
    seconds: int  # until it is drawn
    missing: int  # friends, until a coupon opens
    tapped: int


def tap(
    session: Session, packet_id: int, circle_id: int | None, person_id: int, now: datetime
) -> tuple[Taken, list[AnyFact]]:
    """Takes part. Raises gone, old_button, packet_gone, packet_over, not_a_member, packet_newcomer, packet_owner, packet_had."""
    packet = hold(session, Packet, packet_id)
    if packet.circle_id != circle_id:
        raise DomainError("old_button")
    known = _claim(session, packet, person_id)
    if known is not None:
        return _told(packet, known, now, new=False), []
    _require(session, packet, person_id, now)
    claim = PacketClaim(packet_id=packet_id, person_id=person_id, at=now)
    session.add(claim)  # the packet is held, so nobody adds one for them beside
    packet.tapped += 1
    session.flush()
    facts = _taken(session, packet, claim, now)
    session.flush()
    boards.mark(session, packet.subject, now)
    return _told(packet, claim, now, new=True), facts


def draw(session: Session, packet_id: int, now: datetime) -> list[AnyFact]:
    """The first seconds are over: shares go to those who tapped, in the order of the draw; what is left goes tap by tap."""
    packet = hold(session, Packet, packet_id)
    if packet.state != PacketState.COLLECTING or packet.drawn_at is None or packet.drawn_at > now:
        return []
    waiting = {one.person_id: one for one in fresh(session, select(PacketClaim).where(claims.c.packet_id == packet_id))}
    packet.state = advance(PACKET, packet.state, PacketState.GIVING)
    facts: list[AnyFact] = []
    for person_id in packets_split.drawn(packet.seed, waiting):
        if packet.state == PacketState.GIVING and _why_not(session, packet, person_id, now) is None:
            facts += _paid(session, packet, waiting[person_id], now)
    session.flush()
    boards.mark(session, packet.subject, now)
    return _heard(session, facts)


def _require(session: Session, packet: Packet, person_id: int, now: datetime) -> None:
    if packet.why_ended == "all":
        raise DomainError("packet_gone", kind=packet.kind)
    if packet.state not in LIVE or packet.closes_at <= now:
        raise DomainError("packet_over", kind=packet.kind)
    why = _why_not(session, packet, person_id, now)
    if why is not None:
        raise DomainError(_REFUSALS[why], days=-(-packet.standing // 86_400))
    if packet.kind == PacketKind.DROP and _had(session, packet, person_id) >= packet.per_member:
        raise DomainError("packet_had", most=packet.per_member)


def _taken(session: Session, packet: Packet, claim: PacketClaim, now: datetime) -> list[AnyFact]:
    if packet.state == PacketState.GIVING:
        told = _paid(session, packet, claim, now)
        return [fact for fact in told if getattr(fact, "person_id", None) != claim.person_id]  # the tap's answer says it
    if packet.kind == PacketKind.COUPON:
        return _opened(session, packet, now) if packet.tapped == packet.shares else []
    if packet.drawn_at is None:
        packet.drawn_at = min(now + timedelta(seconds=packet.window), packet.closes_at)
    return []


def _opened(session: Session, packet: Packet, now: datetime) -> list[AnyFact]:
    """Enough friends: newcomers to the shop get a larger part. Whoever may no longer take part makes room for another."""
    friends = [
        one for one in fresh(session, select(PacketClaim).where(claims.c.packet_id == packet.id).order_by(claims.c.id))
        if _why_not(session, packet, one.person_id, now) is None
    ]  # fmt: skip
    if len(friends) < (packet.shares or 0):
        packet.tapped = _dropped(session, packet, friends)
        return []
    known = _buyers(session, packet.shop_id, [one.person_id for one in friends])
    packet.amounts = packets_split.weighed(packet.total, [one.person_id not in known for one in friends])
    packet.state = advance(PACKET, packet.state, PacketState.GIVING)
    return _heard(session, [fact for friend in friends for fact in _paid(session, packet, friend, now)])


def _dropped(session: Session, packet: Packet, friends: list[PacketClaim]) -> int:
    """Takes out who left before it was opened; how many are in."""
    staying = [one.id for one in friends]
    session.execute(claims.delete().where(claims.c.packet_id == packet.id, claims.c.id.not_in(staying)))
    return len(staying)


def _paid(session: Session, packet: Packet, claim: PacketClaim, now: datetime) -> list[AnyFact]:
    """Gives the next share; the packet ends with its last."""
    amount = packet.amounts[packet.claimed] if packet.amounts else packet.value
    packet.claimed += 1
    packet.paid += amount if packet.kind != PacketKind.DROP or packet.worth == Worth.AMOUNT else 0
    claim.place, claim.amount = packet.claimed, amount
    session.flush()
    facts = _booked(session, packet, claim.person_id, amount, now)
    if packet.claimed == packet.shares:
        facts += end(session, packet, "all", now)
    return facts


def _heard(session: Session, facts: list[AnyFact]) -> list[AnyFact]:
    """What those who pressed start hear; a hundred lines in the circle for the others would tell all who got something."""
    people = [fact.person_id for fact in facts if isinstance(fact, PersonFact)]
    started = person_table.c.started_at.is_not(None), person_table.c.unreachable_at.is_(None)
    there = set(session.scalars(select(person_table.c.id).where(person_table.c.id.in_(people), *started)))
    return [fact for fact in facts if not isinstance(fact, PersonFact) or fact.person_id in there]


def _booked(session: Session, packet: Packet, person_id: int, amount: int, now: datetime) -> list[AnyFact]:
    reason = reason_of(packet, person_id)
    if packet.pays == Pays.POINTS:
        credit = ledger.points(packet.shop_id, person_id)
        ledger.transfer(session, reason=reason, debit=purse(packet), credit=credit, amount=amount, now=now)
        return [PointsCredited(person_id, None, packet.shop_id, amount, packet.kind)]
    if packet.kind != PacketKind.DROP:
        credit = ledger.clearing(packet.shop_id, unit_of(packet))
        ledger.transfer(session, reason=reason, debit=purse(packet), credit=credit, amount=amount, now=now)
    voucher_id = vouchers.grant(session, _terms(session, packet, now), person_id, reason, now, value=amount)
    return [vouchers.granted(session, voucher_id)]


def reason_of(packet: Packet, person_id: int) -> str:
    """What a share stands under, in the ledger and among the vouchers."""
    return f"{packet.kind}:{packet.id}:{person_id}"


def _terms(session: Session, packet: Packet, now: datetime) -> int:
    terms = Terms(
        key=packet.subject, worth=Worth(packet.worth), value=packet.value or packet.total, most=packet.most,
        min_order=packet.min_order, valid_for=timedelta(seconds=packet.valid_for), total=packet.shares, per_member=1,
    )  # fmt: skip
    return vouchers.put(session, packet.shop_id, terms, now)


def _told(packet: Packet, claim: PacketClaim, now: datetime, *, new: bool) -> Taken:
    waits = packet.state == PacketState.COLLECTING
    seconds = max(1, -int((now - packet.drawn_at).total_seconds() // 1)) if waits and packet.drawn_at else 0
    news = "got" if claim.place is not None else "in" if waits else "missed"
    missing = max(0, (packet.shares or 0) - packet.tapped) if packet.kind == PacketKind.COUPON else 0
    return Taken(news, new, packet.kind, packet.pays, packet.worth, claim.amount or 0, seconds, missing, packet.tapped)


def _claim(session: Session, packet: Packet, person_id: int) -> PacketClaim | None:
    """Core first: most taps are of people who have none."""
    mine = {"packet_id": packet.id, "person_id": person_id}
    row_id = session.connection().execute(_CLAIM, mine).scalar_one_or_none()
    return None if row_id is None else load(session, PacketClaim, row_id)


def _why_not(session: Session, packet: Packet, person_id: int, now: datetime) -> str | None:
    return eligible.why_not(session, packet.shop_id, packet.circle_id, person_id, packet.standing, now)


def _had(session: Session, packet: Packet, person_id: int) -> int:
    """How many of the batch this person has, or waits for."""
    mine = packets.c.batch == packet.batch, claims.c.person_id == person_id
    query = select(func.count()).select_from(claims.join(packets, packets.c.id == claims.c.packet_id))
    return int(session.execute(query.where(*mine)).scalar_one())


def _buyers(session: Session, shop_id: int, people: Iterable[int]) -> set[int]:
    """Those who have bought in the shop before."""
    orders = order_table.c
    mine = orders.shop_id == shop_id, orders.person_id.in_(list(people)), orders.state.not_in(ENDED)
    return set(session.scalars(select(orders.person_id).where(*mine)))
