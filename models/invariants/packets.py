"""What must be so of red packets, coupons and drops: what was paid is what was claimed, and the rest went back once."""

from collections.abc import Iterator

from sqlalchemy import Text, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from models.accounts import account_table
from models.invariants.difference import Check, Difference, each
from models.packets import PacketKind, Pays, claims, packets
from models.packets_opening import LIVE
from models.states import PACKET, PacketState
from models.transfers import transfer_table
from models.vouchers import Worth, voucher_table

_FUNDED = packets.c.kind != PacketKind.DROP
_OVER = packets.c.state == PacketState.ENDED
_GOT = claims.c.place.is_not(None)


def counted(session: Session) -> Iterator[Difference]:
    """What a packet says was taken is what its claims say, in places from 1 without a gap; taps are those that stand."""
    placed, summed = func.count(claims.c.place), func.coalesce(func.sum(claims.c.amount), 0)
    money = case((packets.c.worth == Worth.PERCENT, 0), else_=summed)
    query = (
        select(
            packets.c.id, packets.c.claimed, packets.c.paid, packets.c.tapped, placed.label("placed"), money.label("money"),
            func.coalesce(func.max(claims.c.place), 0).label("last"), func.count(claims.c.id).label("taps"),
        )
        .outerjoin(claims, claims.c.packet_id == packets.c.id).group_by(packets.c.id).order_by(packets.c.id)
    )  # fmt: skip
    for row in session.execute(query):
        said = (row.claimed, row.claimed, row.paid, row.tapped)
        found = (row.placed, row.last, int(row.money), row.taps)
        if said != found:
            yield Difference("packet", f"packet {row.id}", said, found)


def within(session: Session) -> Iterator[Difference]:
    """No more is paid than was put aside, nor to more than there are shares; each stands in a known state."""
    c = packets.c
    more = or_(and_(_FUNDED, c.paid > c.total), and_(c.shares.is_not(None), c.claimed > c.shares))
    yield from each(session, "packet paid", "packet", select(c.id, c.total, c.paid).where(more))
    unknown = select(c.id, literal("a known state"), c.state).where(c.state.not_in(sorted(PACKET.states)))
    yield from each(session, "state", "packet", unknown)


def purses(session: Session) -> Iterator[Difference]:
    """What stands in a packet's purse is what nobody took yet; once it is over it is empty: the rest went back, once."""
    expected = case((packets.c.state.in_(LIVE), packets.c.total - packets.c.paid), else_=0)
    there = func.coalesce(account_table.c.balance, 0)
    key = literal("packet:") + _number(packets.c.id)
    query = (
        select(packets.c.id, expected, there).outerjoin(account_table, account_table.c.key == key)
        .where(_FUNDED, expected != there)
    )  # fmt: skip
    yield from each(session, "packet purse", "packet", query)


def went_back(session: Session) -> Iterator[Difference]:
    """The rest of a packet that is over went back in one row of that amount."""
    reason = packets.c.kind + literal("_rest:") + _number(packets.c.id)
    back = func.coalesce(transfer_table.c.amount, 0)
    expected = case((_OVER, packets.c.total - packets.c.paid), else_=0)
    query = (
        select(packets.c.id, expected, back).outerjoin(transfer_table, transfer_table.c.reason == reason)
        .where(_FUNDED, expected != back)
    )  # fmt: skip
    yield from each(session, "packet rest", "packet", query)


def given(session: Session) -> Iterator[Difference]:
    """Each share of vouchers is a voucher of that worth of that person; each share of a purse is a row of the ledger."""
    reason = packets.c.kind + literal(":") + _number(packets.c.id) + literal(":") + _number(claims.c.person_id)
    shares = claims.join(packets, packets.c.id == claims.c.packet_id)
    v, t = voucher_table.c, transfer_table.c
    same = and_(v.reason == reason, v.value == claims.c.amount, v.person_id == claims.c.person_id)
    bare = select(claims.c.id, claims.c.amount, literal("no voucher")).select_from(shares.outerjoin(voucher_table, same))
    yield from each(session, "packet voucher", "claim", bare.where(_GOT, packets.c.pays == Pays.VOUCHER, v.id.is_(None)))
    booked = and_(t.reason == reason, t.amount == claims.c.amount)
    unpaid = select(claims.c.id, claims.c.amount, literal("no row")).select_from(shares.outerjoin(transfer_table, booked))
    yield from each(session, "packet share", "claim", unpaid.where(_GOT, _FUNDED, t.id.is_(None)))
    yield from _unclaimed(session)


def _unclaimed(session: Session) -> Iterator[Difference]:
    """A voucher of a packet belongs to a share of it."""
    v = voucher_table.c
    of_kind = or_(*(v.reason.startswith(f"{kind}:") for kind in PacketKind))
    reason = packets.c.kind + literal(":") + _number(packets.c.id) + literal(":") + _number(claims.c.person_id)
    share = select(claims.c.id).select_from(claims.join(packets, packets.c.id == claims.c.packet_id))
    query = select(v.id, literal("a share"), literal("none")).where(of_kind, ~share.where(_GOT, reason == v.reason).exists())
    yield from each(session, "packet voucher", "voucher", query)


def _number(column: ColumnElement[int]) -> ColumnElement[str]:
    return cast(column, Text)


CHECKS: tuple[Check, ...] = (counted, within, purses, went_back, given)
