"""Opening and ending what a shop hands out: the amount is put aside when it opens, the rest goes back once when it ends."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import boards, ledger, packets_split
from models.columns import Texts
from models.errors import DomainError
from models.facts import AnyFact, PacketEnded
from models.ledger import Account, Unit
from models.packets import Packet, PacketKind, Pays, packets
from models.rows import fresh, hold, number_of
from models.states import PACKET, PacketState, advance
from models.vouchers import Worth

MOST_SHARES = 1_000
LIVE = (PacketState.COLLECTING, PacketState.GIVING)


@dataclass(frozen=True, kw_only=True)
class NewPacket:
    """What is to be handed out. `key` opens it once; amounts are minor units, of points one point each."""

    key: str
    batch: str
    kind: PacketKind
    shop_id: int
    circle_id: int
    opens_at: datetime
    closes_at: datetime
    by_id: int | None = None
    title: Texts = field(default_factory=dict)
    pays: Pays = Pays.VOUCHER
    total: int = 0
    shares: int | None = None
    equal: bool = False
    worth: Worth = Worth.AMOUNT
    value: int = 0
    most: int | None = None
    min_order: int = 0
    valid_for: timedelta = timedelta(days=60)
    per_member: int = 1
    standing: timedelta = timedelta(days=3)
    window: timedelta = timedelta(seconds=30)


def open_packet(session: Session, new: NewPacket, now: datetime) -> int:
    """Opens it, or will when `opens_at` has come; its id. The same key again opens nothing. Raises packet_too_small."""
    known = fresh(session, select(Packet).where(packets.c.key == new.key))
    if known:
        return number_of(known[0].id)
    if new.kind != PacketKind.DROP and not 0 < (new.shares or 0) <= new.total:
        raise DomainError("packet_too_small", shares=new.shares or 0)
    row = _row(new)
    session.add(row)
    session.flush()
    if new.opens_at <= now:
        begin(session, number_of(row.id), now)
    return number_of(row.id)


def begin(session: Session, packet_id: int, now: datetime) -> list[AnyFact]:
    """Its circle has room for it now: the amount is put aside, and the board posted."""
    packet = hold(session, Packet, packet_id)
    if packet.state != PacketState.SCHEDULED or packet.opens_at > now:
        return []
    collects = packet.kind == PacketKind.COUPON or (packet.window > 0 and packet.shares is not None)
    packet.state = advance(PACKET, packet.state, PacketState.COLLECTING if collects else PacketState.GIVING)
    session.flush()
    if packet.total:
        ledger.transfer(
            session, reason=f"{packet.kind}_funded:{packet.id}", debit=ledger.shop(packet.shop_id, unit_of(packet)),
            credit=purse(packet), amount=packet.total, now=now,
        )  # fmt: skip
    boards.post(session, packet.circle_id, packet.subject, now)
    return []


def expire(session: Session, packet_id: int, now: datetime) -> list[AnyFact]:
    """Its time is over."""
    packet = hold(session, Packet, packet_id)
    if packet.state not in LIVE or packet.closes_at > now:
        return []
    return end(session, packet, "few" if packet.kind == PacketKind.COUPON else "over", now)


def end(session: Session, packet: Packet, why: str, now: datetime) -> list[AnyFact]:
    """Nobody takes of it any more; the rest goes back where it came from, once."""
    packet.state, packet.why_ended, packet.ended_at = advance(PACKET, packet.state, PacketState.ENDED), why, now
    session.flush()
    rest = packet.total - packet.paid if packet.kind != PacketKind.DROP else 0
    if rest:
        ledger.transfer(
            session, reason=f"{packet.kind}_rest:{packet.id}", debit=purse(packet),
            credit=ledger.shop(packet.shop_id, unit_of(packet)), amount=rest, now=now,
        )  # fmt: skip
    boards.mark(session, packet.subject, now)
    if packet.by_id is None:
        return []
    return [PacketEnded(packet.by_id, None, number_of(packet.id), why, packet.claimed, rest)]


def unit_of(packet: Packet) -> Unit:
    return Unit.POINTS if packet.pays == Pays.POINTS else Unit.MONEY


def purse(packet: Packet) -> Account:
    """Where what is left of it stands."""
    return ledger.packet(number_of(packet.id), unit_of(packet))


def _row(new: NewPacket) -> Packet:
    seed = secrets.token_hex(32)
    return Packet(
        key=new.key, batch=new.batch, kind=new.kind, shop_id=new.shop_id, circle_id=new.circle_id, by_id=new.by_id,
        state=PacketState.SCHEDULED, title=dict(new.title), pays=new.pays, total=new.total, shares=new.shares,
        amounts=_amounts(new, seed), equal=new.equal, worth=new.worth, value=new.value, most=new.most,
        min_order=new.min_order, valid_for=_seconds(new.valid_for), per_member=new.per_member,
        standing=_seconds(new.standing), window=_seconds(new.window), seed=secrets.token_hex(32), opens_at=new.opens_at,
        closes_at=new.closes_at,
    )  # fmt: skip


def _amounts(new: NewPacket, seed: str) -> list[int]:
    if new.kind != PacketKind.PACKET or new.shares is None:
        return []
    return packets_split.equal(new.total, new.shares) if new.equal else packets_split.at_random(new.total, new.shares, seed)


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())
